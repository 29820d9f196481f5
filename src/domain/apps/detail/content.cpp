#include "domain/apps/detail/content.h"

#include "base/problem.h"
#include "domain/apps/files.h"

namespace outpost::apps::detail {
namespace {

constexpr std::string_view kProfileNames[] = {"profile.ccpr", "profile.xml"};

bool IsJunk(std::string_view name) {
  const auto slash = name.rfind('/');
  const auto last = slash == std::string_view::npos ? name : name.substr(slash + 1);
  return name.starts_with("__MACOSX/") || last == ".DS_Store" || last.starts_with("._");
}

/// "" for a profile at the root, "app/" for one in the only top folder.
std::string FolderOfProfile(const zip::Archive& archive) {
  for (const auto name : kProfileNames) {
    if (archive.Find(name) != nullptr) return {};
  }
  std::string folder;
  for (const auto& entry : archive.entries()) {
    if (IsJunk(entry.name)) continue;
    const auto top = entry.name.substr(0, entry.name.find('/') + 1);
    if (top.empty() || (!folder.empty() && folder != top)) return {};
    folder = top;
  }
  return folder;
}

}  // namespace

ArchiveContent::ArchiveContent(const zip::Archive& archive, const blobs::BlobStore& blobs)
    : archive_(archive), blobs_(blobs), folder_(FolderOfProfile(archive)) {
  for (const auto& entry : archive.entries()) {
    if (IsJunk(entry.name)) continue;
    files_[entry.name.substr(folder_.size())] = entry.length;
  }
}

const zip::Entry& ArchiveContent::EntryOf(std::string_view path) const {
  const auto* entry = archive_.Find(folder_ + std::string(path));
  OUTPOST_CHECK(entry != nullptr);
  return *entry;
}

std::string ArchiveContent::Read(std::string_view path) const {
  return archive_.Read(EntryOf(path));
}

Bytes ArchiveContent::Take(std::string_view path) const {
  auto found = taken_.find(path);
  if (found == taken_.end()) {
    const auto& entry = EntryOf(path);
    found =
        taken_
            .emplace(std::string(path), blobs_.Prepare(archive_.file(), entry.offset, entry.length))
            .first;
  }
  return {found->second, false};
}

BuildContent::BuildContent(sql::Connection& connection, const blobs::BlobStore& blobs,
                           const Build& build)
    : connection_(connection), blobs_(blobs) {
  for (const auto& file : ListFiles(connection, build)) {
    if (file.kind == FileKind::kPlainProfile || file.kind == FileKind::kArchive) continue;
    const auto path = file.kind == FileKind::kProfile ? std::string(kPlainProfilePath) : file.path;
    files_[path] = file.length;
    blob_of_[path] = file.original.empty() ? file.blob : file.original;
  }
}

std::string BuildContent::Read(std::string_view path) const {
  return blobs_.Read(connection_, blob_of_.find(path)->second);
}

Bytes BuildContent::Take(std::string_view path) const {
  blobs::Prepared blob;
  blob.id = blob_of_.find(path)->second;
  blob.length = files_.find(path)->second;
  return {std::move(blob), true};
}

}  // namespace outpost::apps::detail
