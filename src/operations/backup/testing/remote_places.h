#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

/// Places for backups behind a network, on this machine: for tests.
namespace outpost::backup::testing {

inline constexpr const char* kRemoteKinds[] = {"s3", "ssh"};
/// What no message may hold.
inline constexpr std::string_view kRemoteSecret = "s3cr3t/Key+of=the test";

class RemotePlace {
 public:
  virtual ~RemotePlace() = default;
  /// Why it cannot be had on this machine; else empty.
  virtual std::string missing() const { return {}; }
  virtual std::string where() const = 0;
  virtual void TakeAway() = 0;
  virtual void BringBack() = 0;
  /// Connections that are open end; the next one ends after so many bytes.
  virtual void CutNextAfter(std::int64_t bytes) = 0;
};

/// Of one of kRemoteKinds; keeps its files in `scratch`.
std::unique_ptr<RemotePlace> MakeRemotePlace(std::string_view kind,
                                             const std::filesystem::path& scratch);

}  // namespace outpost::backup::testing
