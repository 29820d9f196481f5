#include "operations/pg_backup/unpack.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::pg_backup {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockBytes = 512;
constexpr int kEmptyBlocksAtEnd = 2;
// Where what stands in a head.
constexpr std::size_t kNameLength = 100;
constexpr std::size_t kSizeAt = 124, kSizeLength = 12;
constexpr std::size_t kSumAt = 148, kSumLength = 8;
constexpr std::size_t kKindAt = 156;
constexpr std::size_t kPrefixAt = 345, kPrefixLength = 155;

[[noreturn]] void Refuse(const std::string& what) {
  throw Problem(ProblemKind::kUnprocessable, "The base cannot be unpacked: " + what);
}

std::string_view TextAt(std::string_view head, std::size_t at, std::size_t length) {
  const auto field = head.substr(at, length);
  return field.substr(0, field.find('\0'));
}

/// Octal digits, or base 256 for what is too large for them.
std::optional<std::int64_t> NumberAt(std::string_view head, std::size_t at, std::size_t length) {
  const auto field = head.substr(at, length);
  std::int64_t number = 0;
  if ((static_cast<std::uint8_t>(field[0]) & 0x80) != 0) {
    for (std::size_t i = field.size() - 8; i < field.size(); ++i) {
      number = number << 8 | static_cast<std::uint8_t>(field[i]);
    }
    return number < 0 ? std::nullopt : std::optional(number);
  }
  const auto digits = Trim(TextAt(head, at, length));
  const auto* end = digits.data() + digits.size();
  if (digits.empty()) return std::nullopt;
  const auto [stop, error] = std::from_chars(digits.data(), end, number, 8);
  if (error != std::errc() || stop != end || number < 0) return std::nullopt;
  return number;
}

std::int64_t SumOf(std::string_view head) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < head.size(); ++i) {
    const bool is_sum = i >= kSumAt && i < kSumAt + kSumLength;
    sum += is_sum ? ' ' : static_cast<std::uint8_t>(head[i]);
  }
  return sum;
}

/// Below the folder, whatever stands there.
bool IsInner(std::string_view name) {
  if (name.empty() || name.front() == '/') return false;
  for (const auto part : Split(name, '/')) {
    if (part.empty() || part == "..") return false;
  }
  return true;
}

}  // namespace

Unpacker::Unpacker(fs::path folder) : folder_(std::move(folder)) {
  fs::create_directories(folder_);
  fs::permissions(folder_, fs::perms::owner_all);
}

void Unpacker::Take(std::string_view piece) {
  while (!piece.empty()) {
    if (left_ > 0) {
      piece.remove_prefix(TakeBody(piece));
    } else if (padding_ > 0) {
      const auto skipped = std::min<std::size_t>(static_cast<std::size_t>(padding_), piece.size());
      padding_ -= static_cast<std::int64_t>(skipped);
      piece.remove_prefix(skipped);
    } else {
      const auto taken = std::min(kBlockBytes - head_.size(), piece.size());
      head_ += piece.substr(0, taken);
      piece.remove_prefix(taken);
      if (head_.size() == kBlockBytes) TakeHead();
    }
  }
}

std::size_t Unpacker::TakeBody(std::string_view piece) {
  const auto taken = std::min<std::size_t>(static_cast<std::size_t>(left_), piece.size());
  backup::WriteAll(file_.number(), piece.substr(0, taken), path_);
  left_ -= static_cast<std::int64_t>(taken);
  if (left_ == 0) file_ = backup::Descriptor();
  return taken;
}

void Unpacker::TakeHead() {
  const std::string head = std::exchange(head_, {});
  if (head.find_first_not_of('\0') == std::string::npos) {
    ++empty_blocks_;
    return;
  }
  const auto sum = NumberAt(head, kSumAt, kSumLength);
  const auto bytes = NumberAt(head, kSizeAt, kSizeLength);
  if (empty_blocks_ > 0 || !sum || !bytes || *sum != SumOf(head)) Refuse("it is damaged.");
  std::string name(TextAt(head, 0, kNameLength));
  const auto prefix = TextAt(head, kPrefixAt, kPrefixLength);
  if (!prefix.empty()) name = std::string(prefix) + "/" + name;
  Begin(name, head[kKindAt], *bytes);
}

void Unpacker::Begin(const std::string& name, char kind, std::int64_t bytes) {
  const bool is_folder = kind == '5';
  std::string_view inner(name);
  if (inner.starts_with("./")) inner.remove_prefix(2);
  if (is_folder && inner.ends_with('/')) inner.remove_suffix(1);
  if (inner.empty() && is_folder) return;
  if (!IsInner(inner)) Refuse("it has the name \"" + name + "\".");
  if (!is_folder && kind != '0' && kind != '\0') {
    Refuse("\"" + name + "\" is neither a file nor a folder.");
  }
  path_ = folder_ / inner;
  if (is_folder) {
    if (::mkdir(path_.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
      backup::ThrowFileProblem(path_, errno);
    }
    padding_ = bytes;
    return;
  }
  // Nothing is ever written twice, and no link is followed: there are none.
  file_ = backup::Descriptor(::open(
      path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (file_.number() < 0) backup::ThrowFileProblem(path_, errno);
  ++files_;
  left_ = bytes;
  const auto block = static_cast<std::int64_t>(kBlockBytes);
  padding_ = (block - bytes % block) % block;
  if (bytes == 0) file_ = backup::Descriptor();
}

void Unpacker::Finish() {
  if (left_ > 0 || padding_ > 0 || !head_.empty() || empty_blocks_ < kEmptyBlocksAtEnd) {
    Refuse("it ends too early.");
  }
  if (files_ == 0) Refuse("it is empty.");
}

}  // namespace outpost::pg_backup
