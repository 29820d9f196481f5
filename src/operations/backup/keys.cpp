#include "operations/backup/keys.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>

#include <array>
#include <fstream>
#include <iterator>
#include <string_view>

#include "base/ids.h"
#include "base/problem.h"
#include "base/text.h"
#include "operations/backup/files.h"

namespace outpost::backup {
namespace {

constexpr std::size_t kPartBytes = 32;
constexpr std::uintmax_t kFileBytesMax = 4'096;
constexpr std::string_view kHeading =
    "# Key of an Outpost backup. Keep a copy apart from server and backup: without the line "
    "\"open\"\n"
    "# nothing can be restored, and who has it can read everything.\n";

static_assert(kPartBytes == crypto_box_PUBLICKEYBYTES && kPartBytes == crypto_box_SECRETKEYBYTES);

std::string PartOf(std::string_view hex) {
  const auto bytes = BytesOfHex(hex);
  if (!bytes || bytes->size() != kPartBytes) return {};
  return {bytes->begin(), bytes->end()};
}

[[noreturn]] void Refuse(const std::filesystem::path& file, const std::string& what) {
  throw Problem(ProblemKind::kInternal, "The backup key " + file.string() + " " + what);
}

}  // namespace

BackupKey NewBackupKey() {
  OUTPOST_CHECK(sodium_init() >= 0);
  std::array<std::uint8_t, kPartBytes> seal{};
  std::array<std::uint8_t, kPartBytes> open{};
  std::array<std::uint8_t, kPartBytes> check{};
  crypto_box_keypair(seal.data(), open.data());
  FillRandom(check);
  const auto text = [](const auto& part) { return std::string(part.begin(), part.end()); };
  return {text(check), text(seal), text(open)};
}

std::string TextOf(const BackupKey& key) {
  std::string text(kHeading);
  text += "check " + HexOf(AsBytes(key.check)) + "\nseal  " + HexOf(AsBytes(key.seal)) + "\n";
  if (key.can_open()) text += "open  " + HexOf(AsBytes(key.open)) + "\n";
  return text;
}

std::optional<BackupKey> ParseBackupKey(std::string_view text) {
  BackupKey key;
  for (const auto raw : Split(text, '\n')) {
    const auto line = Trim(raw);
    if (line.empty() || line.front() == '#') continue;
    const auto blank = line.find(' ');
    const auto name = line.substr(0, blank);
    auto* const part = name == "check"  ? &key.check
                       : name == "seal" ? &key.seal
                       : name == "open" ? &key.open
                                        : nullptr;
    if (part == nullptr || !part->empty() || blank == std::string_view::npos) return std::nullopt;
    *part = PartOf(Trim(line.substr(blank)));
    if (part->empty()) return std::nullopt;
  }
  if (key.check.empty() || key.seal.empty()) return std::nullopt;
  return key;
}

BackupKey LoadBackupKey(const std::filesystem::path& file) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) {
    throw Problem(ProblemKind::kNotFound,
                  "There is no backup key " + file.string() +
                      ". Name it with --key; it was made beside the server's data.");
  }
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    Refuse(file, "can be read or changed by other users of this machine. Run: chmod 600 " +
                     file.string());
  }
  if (static_cast<std::uintmax_t>(facts.st_size) > kFileBytesMax) Refuse(file, "is no backup key.");
  const auto key = ParseBackupKey(ReadWhole(file));
  if (!key) Refuse(file, "is damaged: it must hold the lines check, seal and, to restore, open.");
  return *key;
}

BackupKey LoadOrMakeBackupKey(const std::filesystem::path& file, bool* is_new) {
  const bool is_absent = !std::filesystem::exists(file);
  if (is_new != nullptr) *is_new = is_absent;
  if (is_absent) WriteDurably(file, TextOf(NewBackupKey()));
  return LoadBackupKey(file);
}

}  // namespace outpost::backup
