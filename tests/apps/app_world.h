#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "operations/phones/apps/app_client.h"
#include "store/sql/testing/scratch_folder.h"
#include "support/admin.h"
#include "support/server_process.h"

/// The real program with one project space for each test, and phones whose every request can be
/// made to fail.
namespace outpost::tests {

/// Addresses of apps name this server; phones are led to the one of the test, wherever it listens.
inline constexpr const char* kPublicUrl = "http://phones.example";

inline constexpr std::size_t kImageBytes = 600'000;
/// More than sockets hold: a server that is killed while it sends cannot have sent it all.
inline constexpr std::size_t kLargeImageBytes = 12'000'000;

class AppWorld {
 public:
  AppWorld(std::string program, std::string database);

  ServerProcess& server() { return server_; }
  /// Begins a test in a project space of its own.
  void NewProject();

  /// Imports a build of the app of the fixtures, with an image of noise.
  /// @param version also of the form and the image; @returns its id
  std::string Import(int version, std::size_t image_bytes = kImageBytes);
  void Release(const std::string& build, bool on);
  void Delete(bool on);
  /// What one file of a build is.
  std::string Download(const std::string& build, const std::string& path);
  std::string ProfileUrl(const std::string& build) const;

  /// What happens to requests whose address holds `part`; none: all get through.
  using Fault = std::function<std::optional<phones::FetchAnswer>(const std::string& target)>;
  void Break(std::string part, Fault fault);
  void Mend() { fault_ = nullptr; }
  void KillAndStart();

  phones::AppClient NewPhone();
  /// Targets that got through, since the last call.
  std::vector<std::string> TakeAsked();

 private:
  phones::FetchAnswer Answer(const std::string& address, const http::Headers& headers);

  sql_testing::ScratchFolder folder_;
  ServerProcess server_;
  std::unique_ptr<Admin> admin_;
  phones::Fetch online_;
  SystemClock clock_;
  std::string project_;
  int projects_ = 0;
  std::string broken_part_;
  Fault fault_;
  std::vector<std::string> asked_;
};

}  // namespace outpost::tests
