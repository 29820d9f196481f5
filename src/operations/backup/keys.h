#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

/// The key of a backup, apart from the server's own key. It has three parts of 32 bytes:
///
///   check  proves that a parcel is whole and ours: who writes and who verifies has it
///   seal   the public half: enough to write backups
///   open   the secret half: who has it reads everything; without it nobody restores
///
/// A server needs `check` and `seal` only. Where `open` is taken off the server, the drill runs
/// where the key is. The file is text, mode 0600, one part a line.
namespace outpost::backup {

struct BackupKey {
  std::string check;  // 32 bytes
  std::string seal;   // X25519, public
  std::string open;   // X25519, secret; empty when it is kept elsewhere

  bool can_open() const { return !open.empty(); }
};

BackupKey NewBackupKey();

/// @throws Problem kNotFound when there is no such file, kInternal when it can be read by others
///         or is no backup key.
BackupKey LoadBackupKey(const std::filesystem::path& file);

/// Makes the file when it is absent; durable before it has its name. `is_new` says whether.
BackupKey LoadOrMakeBackupKey(const std::filesystem::path& file, bool* is_new = nullptr);

/// As it stands in the file; for a read of `open`, leave it out of `key`.
std::string TextOf(const BackupKey& key);
/// Empty when the text is no key.
std::optional<BackupKey> ParseBackupKey(std::string_view text);

}  // namespace outpost::backup
