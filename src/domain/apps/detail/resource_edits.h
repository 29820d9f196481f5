#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/apps/detail/rewrite.h"
#include "format/xml/source_tags.h"

/// The part that profiles and suites have in common: <resource> with its <location>s. Private to
/// this room.
namespace outpost::apps::detail {

/// Told every tag and text in order; edits version and remote locations at the end of each
/// resource.
class ResourceEdits {
 public:
  ResourceEdits(std::string_view source, std::string_view path, const NewVersions& versions,
                const AddressOf& address_of)
      : source_(source), path_(path), versions_(versions), address_of_(address_of) {}

  void See(xml::SourceTags::Kind kind, const xml::SourceTags& tags, xml::SourceEdits& edits);

 private:
  struct Location {
    bool is_local = false;
    xml::SourceRange text;  // without blanks around
  };

  void Begin(const xml::SourceTags& tags, xml::SourceEdits& edits);
  void Finish(const xml::SourceTags& tags, xml::SourceEdits& edits);
  std::string ArchivePath() const;

  std::string_view source_;
  std::string path_;
  const NewVersions& versions_;
  const AddressOf& address_of_;
  std::vector<Location> locations_;
  std::optional<Location> open_;
};

}  // namespace outpost::apps::detail
