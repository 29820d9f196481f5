#include "domain/apps/detail/resource_edits.h"

#include <algorithm>

#include "base/text.h"
#include "engine/suite/resource.h"
#include "format/xml/write.h"

namespace outpost::apps::detail {
namespace {

using Kind = xml::SourceTags::Kind;

std::string Escaped(std::string_view text) {
  std::string out;
  xml::AppendText(out, text);
  return out;
}

xml::SourceRange WithoutBlanks(std::string_view source, xml::SourceRange range) {
  const auto trimmed = Trim(source.substr(range.offset, range.length));
  if (trimmed.empty()) return {range.offset, 0};
  return {static_cast<std::size_t>(trimmed.data() - source.data()), trimmed.size()};
}

}  // namespace

void ResourceEdits::Begin(const xml::SourceTags& tags, xml::SourceEdits& edits) {
  locations_.clear();
  const auto id = tags.Value("id");
  const auto* version = tags.Find("version");
  if (!id || version == nullptr) return;
  if (const auto found = versions_.resources.find(*id); found != versions_.resources.end()) {
    edits.Replace(version->value, std::to_string(found->second));
  }
}

std::string ResourceEdits::ArchivePath() const {
  for (const bool is_local : {true, false}) {
    for (const auto& location : locations_) {
      if (location.is_local != is_local) continue;
      const auto uri =
          xml::DecodeReferences(source_.substr(location.text.offset, location.text.length));
      auto path = suite::LocalPath(uri, path_);
      if (!path.empty() && !address_of_(path).empty()) return path;
    }
  }
  return {};
}

void ResourceEdits::Finish(const xml::SourceTags& tags, xml::SourceEdits& edits) {
  const auto path = ArchivePath();
  if (path.empty()) return;
  const auto address = Escaped(address_of_(path));
  bool has_remote = false;
  for (const auto& location : locations_) {
    if (location.is_local) continue;
    // Of several remote places one is enough: all would be the same.
    edits.Replace(location.text, address);
    has_remote = true;
  }
  if (!has_remote) {
    edits.Insert(tags.range().offset, "<location authority=\"remote\">" + address + "</location>");
  }
}

void ResourceEdits::See(Kind kind, const xml::SourceTags& tags, xml::SourceEdits& edits) {
  if (kind == Kind::kText) {
    if (open_) open_->text = WithoutBlanks(source_, tags.range());
  } else if (tags.name() == "resource") {
    if (kind != Kind::kEnd) Begin(tags, edits);
    if (kind == Kind::kEnd) Finish(tags, edits);
  } else if (tags.name() == "location") {
    if (kind == Kind::kStart) {
      open_ = Location{EqualsIgnoreCase(tags.Value("authority").value_or(""), "local"),
                       {tags.range().end(), 0}};
    } else if (kind == Kind::kEnd && open_) {
      locations_.push_back(*open_);
      open_.reset();
    }
  }
}

}  // namespace outpost::apps::detail
