#include "domain/apps/ccz.h"

#include <unistd.h>

#include "base/problem.h"
#include "base/spooled_bytes.h"
#include "domain/apps/variants.h"
#include "format/zip/zip.h"

namespace outpost::apps {
namespace {

/// The name in the archive; "" leaves the file out.
std::string NameInArchive(const File& file, bool with_media) {
  switch (file.kind) {
    case FileKind::kProfile:
      return std::string(kPlainProfilePath);
    case FileKind::kPlainProfile:
    case FileKind::kArchive:
    case FileKind::kVariant:
    case FileKind::kLeftOut:
      return {};
    case FileKind::kMedia:
      return with_media ? file.path : std::string();
    default:
      return file.path;
  }
}

void AddFile(zip::Writer& writer, const std::string& name, blobs::BlobStore::Opened opened) {
  if (opened.file < 0) {
    writer.Add(name, opened.bytes, IsPacked(name));
    return;
  }
  const std::unique_ptr<const int, void (*)(const int*)> closes(
      &opened.file, [](const int* file) { close(*file); });
  writer.Add(name, opened.file, 0, opened.length, IsPacked(name));
}

}  // namespace

File Archives::Get(const Build& build, bool with_media, std::string_view profile_id) {
  std::string name(with_media ? kArchivePath : kSlimArchivePath);
  if (!profile_id.empty()) name = std::string(profile_id) + "/" + name;
  const auto known = [&] { return FindFile(*stores_.database.Read(), build, name); };
  if (const auto file = known()) return *file;
  const std::unique_lock lock(making_, kPatience);
  if (!lock.owns_lock()) {
    throw Problem(ProblemKind::kBusy, "Archives of other apps are being made. Try again soon.");
  }
  if (const auto file = known()) return *file;
  return Make(build, name, with_media, profile_id);
}

File Archives::Make(const Build& build, std::string_view name, bool with_media,
                    std::string_view profile_id) {
  SpooledBytes bytes(spool_);
  {
    const auto lease = stores_.database.Read();
    zip::Writer writer([&](std::string_view piece) { bytes.Append(piece); });
    for (const auto& file : profile_id.empty() ? ListFiles(*lease, build)
                                               : ListVariantFiles(*lease, build, profile_id)) {
      const auto in_archive = NameInArchive(file, with_media);
      if (!in_archive.empty()) {
        AddFile(writer, in_archive, stores_.blobs.Open(*lease, file.blob));
      }
    }
    writer.Finish();
  }
  blobs::Prepared blob;
  if (bytes.in_memory()) {
    blob = stores_.blobs.Prepare(bytes.bytes());
  } else {
    blob = stores_.blobs.Prepare(bytes.file(), 0, bytes.length());
  }
  File made;
  made.path = name;
  made.kind = FileKind::kArchive;
  made.content_type = "application/zip";
  made.length = blob.length;
  made.blob = blob.id;
  stores_.writer.Run(0, [&](sql::Batch& batch) {
    stores_.blobs.Keep(batch, blob);
    batch.connection().Execute(
        "INSERT INTO app_files (build, path, kind, resource_id, version, content_type, length, "
        "blob, original, packed) VALUES ($1, $2, $3, '', 0, $4, $5, $6, '', '') "
        "ON CONFLICT (build, path) DO NOTHING",
        {build.row, std::string_view(made.path), static_cast<std::int64_t>(made.kind),
         std::string_view(made.content_type), made.length, std::string_view(made.blob)});
  });
  return made;
}

std::string ArchiveName(std::string_view project, const Build& build) {
  return std::string(project) + " - " + build.name + " - v" + std::to_string(build.version) +
         ".ccz";
}

}  // namespace outpost::apps
