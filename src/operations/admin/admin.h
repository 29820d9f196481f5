#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "crypto/sealing.h"
#include "domain/intake/intake.h"
#include "domain/people/authenticator.h"
#include "domain/projects/projects.h"
#include "http/router.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// What an operator at this machine may ask: project spaces, people, roles. The commands of
/// `outpost project` and `outpost user` are these, asked over the admin socket of the running
/// server, or in the command's own process when none runs.
namespace outpost::operations {

/// Threads: any. Blocks until a change is committed; passwords are hashed before the writer.
class Admin {
 public:
  /// All must outlive it.
  Admin(sql::Database& database, sql::Writer& writer, projects::Directory& directory,
        people::Authenticator& authenticator, const crypto::ServerKey& key, const Clock& clock,
        intake::Intake& intake);
  ~Admin();

  /// `json_arguments`: an object with the command's arguments (README.md has the table); "" for
  /// none. @returns a JSON object.
  /// @throws Problem kNotFound for an unknown command, kMalformed for bytes that are not a JSON
  ///         object, kBadRequest for a missing, unknown or unfitting argument, and what the rules
  ///         of projects and people throw.
  std::string Run(std::string_view command, std::string_view json_arguments);

  /// `told` is called after each command that succeeded, on its thread. Before the first.
  void TellAfterEach(std::function<void()> told);

  static std::vector<std::string_view> Commands();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// POST /admin/<command> for each command, body and answer as for Run; what is refused is
/// {"error": …, "kind": "not-found", "number": "404.1"}. Only for the router of the admin socket:
/// nobody is asked who they are. `admin` must outlive the router.
void AddAdminRoutes(http::Router& router, Admin& admin);

/// The same for a command of another room: `run` takes the body and gives a JSON object.
using CommandRun = std::function<std::string(std::string_view json)>;
void AddCommandRoute(http::Router& router, std::string_view name, CommandRun run,
                     std::int64_t body_bytes_max = std::int64_t{http::kBodyInMemoryBytesMax});

}  // namespace outpost::operations
