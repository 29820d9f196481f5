#include "store/sftp/packets.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/problem.h"

namespace outpost::sftp {
namespace {

constexpr std::uint32_t kHasSize = 0x1, kHasOwner = 0x2, kHasPermissions = 0x4, kHasTimes = 0x8,
                        kHasMore = 0x80000000U;
/// Longer ones are not shown.
constexpr std::size_t kWordsBytesMax = 300;

template <class Number>
void Append(std::string& out, Number number) {
  for (int shift = static_cast<int>(sizeof number) * 8 - 8; shift >= 0; shift -= 8) {
    out += static_cast<char>((number >> shift) & 0xff);
  }
}

/// Takes the front away.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  template <class Number>
  Number Take() {
    const auto bytes = Bytes(sizeof(Number));
    Number number = 0;
    for (const char c : bytes) {
      number = static_cast<Number>((number << 7) << 1) | static_cast<unsigned char>(c);
    }
    return number;
  }
  std::string_view Text() { return Bytes(Take<std::uint32_t>()); }
  std::string_view Bytes(std::size_t count) {
    if (count > left_.size()) throw Problem("The packet is cut short.", {});
    const auto taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }
  bool is_empty() const { return left_.empty(); }

 private:
  std::string_view left_;
};

Attributes TakeAttributes(Reader& reader) {
  Attributes found;
  const auto flags = reader.Take<std::uint32_t>();
  if (flags & kHasSize) found.bytes = reader.Take<std::uint64_t>();
  if (flags & kHasOwner) reader.Bytes(8);
  if (flags & kHasPermissions) found.permissions = reader.Take<std::uint32_t>();
  if (flags & kHasTimes) reader.Bytes(8);
  if (flags & kHasMore) {
    for (auto left = reader.Take<std::uint32_t>(); left > 0; --left) {
      reader.Text();
      reader.Text();
    }
  }
  return found;
}

std::string Words(std::string_view text) {
  std::string out(text.substr(0, kWordsBytesMax));
  std::replace_if(
      out.begin(), out.end(),
      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return out;
}

Status TakeStatus(Reader& reader) {
  Status status;
  status.code = reader.Take<std::uint32_t>();
  if (!reader.is_empty()) status.words = Words(reader.Text());  // old servers send none
  return status;
}

Names TakeNames(Reader& reader) {
  Names found;
  for (auto left = reader.Take<std::uint32_t>(); left > 0; --left) {
    Named named;
    named.name = reader.Text();
    reader.Text();  // as a line of `ls -l`
    named.attributes = TakeAttributes(reader);
    found.names.push_back(std::move(named));
  }
  return found;
}

Version TakeVersion(Reader& reader) {
  Version version;
  while (!reader.is_empty()) {
    const std::string name(reader.Text());
    version.extensions[name] = reader.Text();
  }
  return version;
}

}  // namespace

Packet::Packet(Kind kind, std::uint32_t id) {
  body_ += static_cast<char>(kind);
  Append(body_, id);
}
Packet& Packet::Number(std::uint32_t number) {
  Append(body_, number);
  return *this;
}
Packet& Packet::LargeNumber(std::uint64_t number) {
  Append(body_, number);
  return *this;
}
Packet& Packet::Text(std::string_view text) {
  Append(body_, static_cast<std::uint32_t>(text.size()));
  body_ += text;
  return *this;
}
Packet& Packet::Permissions(std::uint32_t permissions) {
  return Number(kHasPermissions).Number(permissions);
}
std::string Packet::Bytes() const {
  std::string out;
  Append(out, static_cast<std::uint32_t>(body_.size()));
  return out + body_;
}

Answer ReadAnswer(std::string_view packet) {
  Reader reader(packet);
  Answer answer;
  const auto kind = static_cast<Kind>(reader.Take<std::uint8_t>());
  answer.id = reader.Take<std::uint32_t>();
  switch (kind) {
    case Kind::kVersion: {
      auto version = TakeVersion(reader);
      version.version = std::exchange(answer.id, 0);
      answer.body = std::move(version);
      return answer;
    }
    case Kind::kStatus:
      answer.body = TakeStatus(reader);
      return answer;
    case Kind::kHandle:
      answer.body = Handle{std::string(reader.Text())};
      return answer;
    case Kind::kData:
      answer.body = Data{std::string(reader.Text())};
      return answer;
    case Kind::kName:
      answer.body = TakeNames(reader);
      return answer;
    case Kind::kAttributes:
      answer.body = TakeAttributes(reader);
      return answer;
    case Kind::kExtendedReply:
      answer.body = Extended{std::string(packet.substr(5))};
      return answer;
    default:
      throw Problem("The packet is of a kind that nobody asked for.", {});
  }
}

std::int64_t FreeBytesOf(const Extended& answer) {
  Reader reader(answer.bytes);
  reader.Bytes(8);  // size of a block
  const auto unit = reader.Take<std::uint64_t>();
  reader.Bytes(16);  // blocks, free ones
  const auto blocks = reader.Take<std::uint64_t>();
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (unit != 0 && blocks > kMost / unit) return static_cast<std::int64_t>(kMost);
  return static_cast<std::int64_t>(unit * blocks);
}

std::size_t LengthOf(std::string_view four_bytes) {
  const auto length = Reader(four_bytes).Take<std::uint32_t>();
  if (length == 0 || length > kPacketBytesMax) {
    throw Problem("The length of a packet is none that SFTP has.", {});
  }
  return length;
}

}  // namespace outpost::sftp
