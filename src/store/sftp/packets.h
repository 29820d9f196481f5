#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Packets of SFTP version 3 (draft-ietf-secsh-filexfer-02, OpenSSH's PROTOCOL): pure, any thread.
/// Numbers are big-endian, texts have their length in front. Answers come from outside.
namespace outpost::sftp {

/// A whole packet, its length in front not counted; OpenSSH's own limit is 256 KiB.
inline constexpr std::size_t kPacketBytesMax = 256u * 1024u;

enum class Kind : std::uint8_t {
  kInit = 1,
  kVersion = 2,
  kOpen = 3,
  kClose = 4,
  kRead = 5,
  kWrite = 6,
  kFstat = 8,
  kOpendir = 11,
  kReaddir = 12,
  kRemove = 13,
  kMkdir = 14,
  kStat = 17,
  kRename = 18,
  kStatus = 101,
  kHandle = 102,
  kData = 103,
  kName = 104,
  kAttributes = 105,
  kExtended = 200,
  kExtendedReply = 201,
};

/// Codes of a status.
inline constexpr std::uint32_t kOk = 0;
inline constexpr std::uint32_t kEndOfFile = 1;
inline constexpr std::uint32_t kNoSuchFile = 2;
inline constexpr std::uint32_t kPermissionDenied = 3;
inline constexpr std::uint32_t kFailure = 4;

/// How a file is opened.
inline constexpr std::uint32_t kOpenRead = 1;
inline constexpr std::uint32_t kOpenNew = 0x02 | 0x08 | 0x20;  // write, create, must be absent

class Packet {
 public:
  Packet(Kind kind, std::uint32_t id);  // of kInit: the version
  Packet& Number(std::uint32_t number);
  Packet& LargeNumber(std::uint64_t number);
  Packet& Text(std::string_view text);
  /// Nothing but permissions.
  Packet& Permissions(std::uint32_t permissions);
  /// With its length in front.
  std::string Bytes() const;

 private:
  std::string body_;
};

struct Attributes {
  std::optional<std::uint64_t> bytes;
  std::optional<std::uint32_t> permissions;  // with the kind of file

  bool is_folder() const { return permissions && (*permissions & 0170000U) == 0040000U; }
  bool is_file() const { return permissions && (*permissions & 0170000U) == 0100000U; }
};

struct Named {
  std::string name;
  Attributes attributes;
};

struct Version {
  std::uint32_t version = 0;
  std::map<std::string, std::string> extensions;
};
struct Status {
  std::uint32_t code = 0;
  std::string words;
};
struct Handle {
  std::string handle;
};
struct Data {
  std::string bytes;
};
struct Names {
  std::vector<Named> names;
};
struct Extended {
  std::string bytes;
};

struct Answer {
  std::uint32_t id = 0;
  std::variant<Version, Status, Handle, Data, Names, Attributes, Extended> body;
};

/// One packet without its length. @throws Problem kMalformed
Answer ReadAnswer(std::string_view packet);

/// Of an answer to statvfs@openssh.com: bytes that are free for us. @throws Problem kMalformed
std::int64_t FreeBytesOf(const Extended& answer);

/// The length that stands before a packet: four bytes. @throws Problem kMalformed above the limit
std::size_t LengthOf(std::string_view four_bytes);

}  // namespace outpost::sftp
