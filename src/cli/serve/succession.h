#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "http/router.h"
#include "store/sql/database.h"

/// How a running server becomes another release of itself: it stops as always, and the same process
/// runs the program that then lies where it was started from. Whoever supervises it sees no change.
namespace outpost::cli {

class Succession {
 public:
  Succession(sql::Database& database, const Clock& clock);

  /// server.about, server.exec of the admin socket.
  void AddRoutes(http::Router& router);
  /// Where clients reach it, once that is known.
  void SetAddresses(std::vector<std::string> addresses);
  /// What is to run after this server has stopped, if anything.
  std::optional<std::string> successor() const;

 private:
  std::string About() const;
  std::string Exec();

  sql::Database& database_;
  const Instant started_;
  const std::string program_;
  mutable std::mutex mutex_;  // guards the next ones
  std::vector<std::string> addresses_;
  bool is_wanted_ = false;
};

/// Runs `program` in this process with the arguments of this one. Returns only when it cannot.
/// @throws Problem kInternal
[[noreturn]] void RunInstead(const std::string& program);

}  // namespace outpost::cli
