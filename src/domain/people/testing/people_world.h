#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "crypto/passwords.h"
#include "crypto/sealing.h"
#include "domain/people/access.h"
#include "domain/people/accounts.h"
#include "domain/projects/projects.h"
#include "store/sql/database.h"
#include "store/sql/testing/scratch_database.h"
#include "store/sql/writer.h"

namespace outpost::people_testing {

/// The stores of a small server with a scripted clock, and short ways to fill them.
class PeopleWorld {
 public:
  /// `scratch` must be available and outlive this.
  explicit PeopleWorld(const sql_testing::ScratchDatabase& scratch)
      : database(sql::Database::Open({scratch.location()})),
        writer(*database, clock, metrics),
        key(crypto::ServerKey::LoadOrCreate(scratch.folder() / "server.key")),
        directory(*database) {
    SetLogLevel(LogLevel::kWarning);
  }

  /// Runs `change` as a job of the writer and gives back what it returns.
  template <class Change>
  auto Write(Change change) {
    using Result = decltype(change(std::declval<sql::Batch&>()));
    if constexpr (std::is_void_v<Result>) {
      writer.Run(0, change);
    } else {
      std::optional<Result> result;
      writer.Run(0, [&](sql::Batch& batch) { result.emplace(change(batch)); });
      return std::move(*result);
    }
  }

  projects::Project AddProject(std::string_view name) {
    return Write([&](sql::Batch& batch) { return people::CreateProject(batch, name, ""); });
  }
  /// MD5 hashes as a migration brings them: quick, for tests that do not look at hashing.
  people::Account AddWorker(const projects::Project& project, const std::string& name,
                            const std::string& hash = {}) {
    return Write([&](sql::Batch& batch) {
      return people::CreateMobileWorker(batch, project, {name, hash, "", ""});
    });
  }
  people::Account AddWebUser(const std::string& name, const std::string& hash = {}) {
    return Write([&](sql::Batch& batch) {
      return people::CreateWebUser(batch, {name, hash, "", ""});
    });
  }
  people::Account Find(std::string_view username) {
    return people::RequireAccount(*database->Read(), username);
  }
  people::Access AccessOf(std::string_view username, const projects::Project& project) {
    return people::AccessOf(*database->Read(), Find(username), project.row);
  }

  ScriptedClock clock{Instant{1'700'000'000 * kMicrosPerSecond}};
  MetricRegistry metrics;
  std::unique_ptr<sql::Database> database;
  sql::Writer writer;
  crypto::ServerKey key;
  projects::Directory directory;
};

}  // namespace outpost::people_testing
