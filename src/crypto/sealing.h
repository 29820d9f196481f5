#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// Secrets at rest: sealed with the key of this installation, authenticated.
namespace outpost::crypto {

/// The installation's key. Kept in its own file as 64 hex digits, mode 0600, created on first use.
/// Lost with the file: what is sealed cannot be read without it. Threads: any.
class ServerKey {
 public:
  /// @throws Problem kInternal when the file is unreadable, too open, or of the wrong length.
  static ServerKey LoadOrCreate(const std::filesystem::path& file);

  /// `context` says what is sealed ("digest", "totp"): a secret cannot be moved elsewhere.
  std::string Seal(std::string_view context, std::string_view secret) const;
  /// Empty when it was altered or sealed under another key or context.
  std::optional<std::string> Unseal(std::string_view context, std::string_view sealed) const;
  /// A key of 32 bytes for one purpose, derived from this one.
  std::string Derive(std::string_view purpose) const;

 private:
  explicit ServerKey(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

}  // namespace outpost::crypto
