#include "crypto/sealing.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/ids.h"
#include "base/problem.h"
#include "base/text.h"
#include "crypto/digests.h"

namespace outpost::crypto {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

[[noreturn]] void Refuse(const std::filesystem::path& file, const std::string& what) {
  throw Problem(ProblemKind::kInternal, "The server key " + file.string() + " " + what);
}

/// A descriptor that is closed with its scope.
struct File {
  int descriptor = -1;
  explicit File(int opened) : descriptor(opened) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

/// The key's 32 bytes; empty when the file does not exist.
std::optional<std::string> Load(const std::filesystem::path& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.descriptor < 0) {
    if (errno == ENOENT) return std::nullopt;
    Refuse(path, std::string("cannot be read: ") + std::strerror(errno));
  }
  struct stat facts {};
  if (::fstat(file.descriptor, &facts) != 0) Refuse(path, std::strerror(errno));
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    Refuse(path, "can be read or changed by other users of this machine. Run: chmod 600 " +
                     path.string());
  }
  std::array<char, 2 * kKeyBytes + 2> text{};
  const auto length = ::read(file.descriptor, text.data(), text.size());
  if (length < 0) Refuse(path, std::string("cannot be read: ") + std::strerror(errno));
  const auto bytes = BytesOfHex(Trim({text.data(), static_cast<std::size_t>(length)}));
  if (!bytes || bytes->size() != kKeyBytes) {
    Refuse(path,
           "is damaged: it must hold 64 hex digits. Put it back from a backup: without it"
           " sealed secrets cannot be read.");
  }
  return std::string(bytes->begin(), bytes->end());
}

void WriteAll(const std::filesystem::path& path, std::string_view text) {
  const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  const bool is_written =
      file.descriptor >= 0 &&
      ::write(file.descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(file.descriptor) == 0;
  if (!is_written) Refuse(path, std::string("cannot be written: ") + std::strerror(errno));
}

/// Complete and durable before it has its name: a crash leaves a whole key or none.
void Create(const std::filesystem::path& path) {
  std::array<std::uint8_t, kKeyBytes> bytes{};
  FillRandom(bytes);
  const std::filesystem::path unnamed = path.string() + "." + NewHexId();
  WriteAll(unnamed, HexOf(bytes) + "\n");
  const int linked = ::link(unnamed.c_str(), path.c_str());
  const int error = errno;
  ::unlink(unnamed.c_str());
  if (linked != 0 && error != EEXIST) {
    Refuse(path, std::string("cannot be created: ") + std::strerror(error));
  }
  const auto parent = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const File folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.descriptor < 0 || ::fsync(folder.descriptor) != 0) {
    Refuse(path, std::string("cannot be made durable: ") + std::strerror(errno));
  }
}

}  // namespace

ServerKey ServerKey::LoadOrCreate(const std::filesystem::path& file) {
  auto bytes = Load(file);
  if (!bytes) {
    Create(file);
    bytes = Load(file);
  }
  if (!bytes) Refuse(file, "vanished while it was being created.");
  return ServerKey(std::move(*bytes));
}

std::string ServerKey::Seal(std::string_view context, std::string_view secret) const {
  std::string sealed(kNonceBytes + secret.size() + kTagBytes, '\0');
  auto* const out = reinterpret_cast<std::uint8_t*>(sealed.data());
  FillRandom({out, kNonceBytes});
  crypto_aead_xchacha20poly1305_ietf_encrypt(out + kNonceBytes, nullptr, AsBytes(secret).data(),
                                             secret.size(), AsBytes(context).data(), context.size(),
                                             nullptr, out, AsBytes(bytes_).data());
  return sealed;
}

std::optional<std::string> ServerKey::Unseal(std::string_view context,
                                             std::string_view sealed) const {
  if (sealed.size() < kNonceBytes + kTagBytes) return std::nullopt;
  std::string secret(sealed.size() - kNonceBytes - kTagBytes, '\0');
  const auto bytes = AsBytes(sealed);
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<std::uint8_t*>(secret.data()), nullptr, nullptr, bytes.data() + kNonceBytes,
      bytes.size() - kNonceBytes, AsBytes(context).data(), context.size(), bytes.data(),
      AsBytes(bytes_).data());
  if (opened != 0) return std::nullopt;
  return secret;
}

std::string ServerKey::Derive(std::string_view purpose) const {
  const auto derived = KeyedHash(bytes_, purpose);
  return {reinterpret_cast<const char*>(derived.data()), derived.size()};
}

}  // namespace outpost::crypto
