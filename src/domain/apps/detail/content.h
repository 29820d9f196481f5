#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "domain/apps/apps.h"
#include "format/zip/zip.h"
#include "store/blobs/blobs.h"

/// The files that a new build is made of: of an archive, or of an earlier build. Private to this
/// room.
namespace outpost::apps::detail {

/// Bytes that a build refers to: prepared to be kept, or stored already.
struct Bytes {
  blobs::Prepared blob;
  bool is_stored = false;
};

class Content {
 public:
  virtual ~Content() = default;
  /// Path, relative to the profile's folder, to length.
  const std::map<std::string, std::int64_t, std::less<>>& files() const { return files_; }
  bool Has(std::string_view path) const { return files_.contains(path); }
  /// Only for a path that is there.
  virtual std::string Read(std::string_view path) const = 0;
  virtual Bytes Take(std::string_view path) const = 0;

 protected:
  std::map<std::string, std::int64_t, std::less<>> files_;
};

/// Without what desktop tools leave in archives; a single top folder is taken off. Threads: one.
class ArchiveContent : public Content {
 public:
  ArchiveContent(const zip::Archive& archive, const blobs::BlobStore& blobs);
  std::string Read(std::string_view path) const override;
  Bytes Take(std::string_view path) const override;

 private:
  const zip::Entry& EntryOf(std::string_view path) const;

  const zip::Archive& archive_;
  const blobs::BlobStore& blobs_;
  std::string folder_;  // "" or "app/"
  mutable std::map<std::string, blobs::Prepared, std::less<>> taken_;
};

/// As it was imported.
class BuildContent : public Content {
 public:
  BuildContent(sql::Connection& connection, const blobs::BlobStore& blobs, const Build& build);
  std::string Read(std::string_view path) const override;
  Bytes Take(std::string_view path) const override;

 private:
  sql::Connection& connection_;
  const blobs::BlobStore& blobs_;
  std::map<std::string, std::string, std::less<>> blob_of_;
};

}  // namespace outpost::apps::detail
