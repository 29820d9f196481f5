#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/settings.h"

/// One running server: every room made and joined in one visible place, torn down in reverse.
namespace outpost::cli {

struct ServeOptions {
  Settings settings;
  /// Lets tests set the clock and look into the stores over the admin socket.
  bool has_test_doors = false;
};

class ServerProcess {
 public:
  /// Opens the data folder and the stores, binds the addresses.
  /// @throws Problem with a remedy
  explicit ServerProcess(ServeOptions options);
  ~ServerProcess();

  /// "http://127.0.0.1:8000", …
  std::vector<std::string> addresses() const;
  /// The one-time link for the first administrator; empty when there is one.
  std::string setup_link() const;
  /// Serves until SIGTERM or SIGINT, then stops gracefully.
  void RunUntilSignalled();
  /// The program that is to go on in this process, when an upgrade has asked for one; after
  /// RunUntilSignalled.
  std::optional<std::string> successor() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace outpost::cli
