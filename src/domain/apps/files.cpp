#include "domain/apps/files.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace outpost::apps {
namespace {

constexpr std::string_view kFileColumns =
    "SELECT path, kind, resource_id, version, content_type, length, blob, original, "
    "packed FROM app_files ";

File FileOf(const sql::Rows& row) {
  File file;
  file.path = row.String(0);
  file.kind = static_cast<FileKind>(row.Int(1));
  file.resource_id = row.String(2);
  file.version = row.Int(3);
  file.content_type = row.String(4);
  file.length = row.Int(5);
  file.blob = row.String(6);
  file.original = row.String(7);
  file.packed = row.String(8);
  return file;
}

struct Extension {
  std::string_view name;
  MediaType type;
  bool is_packed;
};
constexpr std::string_view kImage = "CommCareImage";
constexpr std::string_view kAudio = "CommCareAudio";
constexpr std::string_view kVideo = "CommCareVideo";
constexpr std::string_view kAny = "CommCareMultimedia";
constexpr std::array kExtensions{
    Extension{"png", {"image/png", kImage}, true},
    Extension{"jpg", {"image/jpeg", kImage}, true},
    Extension{"jpeg", {"image/jpeg", kImage}, true},
    Extension{"gif", {"image/gif", kImage}, true},
    Extension{"webp", {"image/webp", kImage}, true},
    Extension{"svg", {"image/svg+xml", kImage}, false},
    Extension{"mp3", {"audio/mpeg", kAudio}, true},
    Extension{"ogg", {"audio/ogg", kAudio}, true},
    Extension{"m4a", {"audio/mp4", kAudio}, true},
    Extension{"amr", {"audio/amr", kAudio}, true},
    Extension{"wav", {"audio/wav", kAudio}, false},
    Extension{"mp4", {"video/mp4", kVideo}, true},
    Extension{"3gp", {"video/3gpp", kVideo}, true},
    Extension{"webm", {"video/webm", kVideo}, true},
    Extension{"html", {"text/html; charset=utf-8", kAny}, false},
    Extension{"htm", {"text/html; charset=utf-8", kAny}, false},
    Extension{"txt", {"text/plain; charset=utf-8", kAny}, false},
    Extension{"xml", {"application/xml", kAny}, false},
    Extension{"ccpr", {"commcare/profile", kAny}, false},
};

const Extension* ExtensionOf(std::string_view path) {
  const auto dot = path.find_last_of("./");
  if (dot == std::string_view::npos || path[dot] == '/') return nullptr;
  const auto name = ToLower(path.substr(dot + 1));
  const auto found = std::find_if(kExtensions.begin(), kExtensions.end(),
                                  [&](const Extension& known) { return known.name == name; });
  return found == kExtensions.end() ? nullptr : &*found;
}

}  // namespace

std::optional<File> FindFile(sql::Connection& connection, const Build& build,
                             std::string_view path) {
  const auto rows = connection.Query(std::string(kFileColumns) + "WHERE build = $1 AND path = $2",
                                     {build.row, path});
  if (!rows->Next()) return std::nullopt;
  return FileOf(*rows);
}

std::vector<File> ListFiles(sql::Connection& connection, const Build& build) {
  std::vector<File> files;
  const auto rows =
      connection.Query(std::string(kFileColumns) + "WHERE build = $1 AND kind < $2 ORDER BY path",
                       {build.row, static_cast<std::int64_t>(FileKind::kVariant)});
  while (rows->Next()) files.push_back(FileOf(*rows));
  return files;
}

std::optional<Media> FindMedia(sql::Connection& connection, std::string_view kind,
                               std::string_view media_id) {
  const auto rows = connection.Query(
      "SELECT content_type, length, blob FROM app_media WHERE media_id = $1 AND kind = $2",
      {media_id, kind});
  if (!rows->Next()) return std::nullopt;
  return Media{std::string(media_id), std::string(kind), rows->String(0), rows->Int(1),
               rows->String(2)};
}

MediaType MediaTypeOf(std::string_view path) {
  const auto* known = ExtensionOf(path);
  return known == nullptr ? MediaType{"application/octet-stream", kAny} : known->type;
}

bool IsPacked(std::string_view path) {
  const auto* known = ExtensionOf(path);
  return known != nullptr && known->is_packed;
}

}  // namespace outpost::apps
