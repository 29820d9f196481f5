#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "domain/intake/intake.h"
#include "domain/projects/projects.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Fills the project space "demo" with a year of a made-up programme, through the rules of the
/// domain: what comes out is what phones would have made.
namespace outpost::demo {

inline constexpr std::string_view kProject = "demo";
inline constexpr std::string_view kAdministrator = "demo-admin@example.org";
inline constexpr std::int64_t kFormsMax = 2'000'000;

struct DemoOptions {
  std::uint64_t seed = 1;
  std::int64_t forms = 12'000;
  /// Of all demo accounts; empty: made up when the accounts are made, and otherwise left alone.
  std::string password;
};

struct DemoResult {
  std::int64_t forms_planned = 0;
  std::int64_t forms_added = 0;  // 0: all were there already
  std::int64_t households = 0, pregnancies = 0, children = 0;
  std::string worker;  // a user name to sign in with on a phone
  std::string administrator;
  std::string password;  // empty: as it was
};

/// Called now and then with how many of how many are there; false ends it early. What is there
/// then stays; the next run goes on.
using DemoProgress = std::function<bool(std::int64_t done, std::int64_t all)>;

/// Blocks; call from a thread that may wait. The year ends when the project space was made, so that
/// running it again, also on another day, finds everything in its place and adds what is missing.
/// A different seed or number of forms is a different programme and comes on top.
/// @throws Problem kBadRequest for a number of forms that makes no sense.
DemoResult FillDemo(intake::Intake& intake, sql::Database& database, sql::Writer& writer,
                    projects::Directory& directory, const DemoOptions& options,
                    const DemoProgress& progress = {});

/// FillDemo on a thread of its own, for the server: the command asks how far it is.
class DemoJob {
 public:
  /// All must outlive it.
  DemoJob(intake::Intake& intake, sql::Database& database, sql::Writer& writer,
          projects::Directory& directory);
  /// Stop().
  ~DemoJob();

  /// Admin commands. "demo.fill" {"seed", "forms", "password"}, all optional, starts unless one is
  /// running; "demo.status" {} only looks. Both answer
  /// {"state": "idle|running|done|failed", "done", "all", "error", "result": {…}}.
  /// @throws Problem kMalformed, kBadRequest
  std::string AnswerFill(std::string_view json);
  std::string AnswerStatus() const;

  /// Ends a running one early and waits for it. Before the writer stops.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// As it travels over the admin socket.
std::string JsonOf(const DemoResult& result);

}  // namespace outpost::demo
