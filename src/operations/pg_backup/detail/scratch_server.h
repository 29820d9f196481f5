#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "operations/pg_backup/detail/child.h"
#include "operations/pg_backup/manifest.h"

/// A PostgreSQL on a restored folder, for a drill: on a socket that only we can reach, without
/// forcing anything to the disk, gone with its scope. It refuses to run as root, so root's drills
/// run it under the account postgres.
namespace outpost::pg_backup::detail {

/// Whether a drill can be held here at all. @throws Problem that says what is missing
void RequireServer(const Manifest& base);

class ScratchServer {
 public:
  /// Starts it and waits until it has replayed its log and serves. `wait` is called now and then
  /// and may throw to end it.
  /// @throws Problem kUnprocessable with the server's words when it gave up
  ScratchServer(const std::filesystem::path& restored, const Manifest& base,
                const std::function<void()>& wait);
  ~ScratchServer();
  ScratchServer(const ScratchServer&) = delete;
  ScratchServer& operator=(const ScratchServer&) = delete;

  /// For sql::DatabaseOptions.
  const std::string& location() const { return location_; }

 private:
  void Configure(const std::filesystem::path& restored);
  std::string Words() const;

  std::filesystem::path run_;  // socket, settings, log
  std::string location_;
  std::unique_ptr<Child> server_;
};

}  // namespace outpost::pg_backup::detail
