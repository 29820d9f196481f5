#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/apps/apps.h"

/// The files of a build, by their path in the archive, and media by content.
namespace outpost::apps {

enum class FileKind : std::uint8_t {
  kProfile = 1,       // "media_profile.ccpr": the profile with every suite
  kPlainProfile = 2,  // "profile.ccpr": without the media suite
  kSuite = 3,
  kMediaSuite = 4,
  kForm = 5,
  kStrings = 6,
  kMedia = 7,
  kPracticeRestore = 8,
  kOther = 9,
  kArchive = 10,  // "CommCare.ccz", made when first asked for
  kVariant = 11,  // "{build profile}/suite.xml", of one build profile: variants.h
  kLeftOut = 12,  // the build profile does without it
};

struct File {
  std::string path;
  FileKind kind = FileKind::kOther;
  std::string resource_id;   // "" when no suite names it
  std::int64_t version = 0;  // of the resource
  std::string content_type;
  std::int64_t length = 0;
  std::string blob;
  std::string original;  // blob of the bytes that were imported; "" when they are served
  std::string packed;    // blob of the served bytes in gzip; "" where that is of no use
};

inline constexpr std::string_view kProfilePath = "media_profile.ccpr";
inline constexpr std::string_view kPlainProfilePath = "profile.ccpr";
/// Names under which archives with and without media are kept.
inline constexpr std::string_view kArchivePath = "CommCare.ccz";
inline constexpr std::string_view kSlimArchivePath = "CommCare.ccz/without-media";

std::optional<File> FindFile(sql::Connection& connection, const Build& build,
                             std::string_view path);
/// By path, without those of build profiles.
std::vector<File> ListFiles(sql::Connection& connection, const Build& build);

/// A media file wherever it is used: addresses name it by its content.
struct Media {
  std::string media_id;  // 32 hex digits of the SHA-256 of its bytes
  std::string kind;      // "CommCareImage", "CommCareAudio", "CommCareVideo", "CommCareMultimedia"
  std::string content_type;
  std::int64_t length = 0;
  std::string blob;
};
std::optional<Media> FindMedia(sql::Connection& connection, std::string_view kind,
                               std::string_view media_id);

/// By the extension of a file: "image/png" and "CommCareImage".
struct MediaType {
  std::string_view content_type;
  std::string_view kind;
};
MediaType MediaTypeOf(std::string_view path);
/// Whether the bytes are compressed as they are.
bool IsPacked(std::string_view path);

}  // namespace outpost::apps
