#include <map>

#include "base/text.h"
#include "engine/suite/detail/readers.h"
#include "engine/suite/suite.h"

namespace outpost::suite {
namespace {

class Reader {
 public:
  explicit Reader(Suite& suite) : suite_(suite) {}

  void Take(const Node& root) {
    if (!root.Is("suite")) root.Refuse("is no suite: the root must be <suite>");
    suite_.version = root.RequireInteger("version");
    suite_.descriptor = root.Get("descriptor");
    for (const Node& child : root.Children()) {
      const auto name = ToLower(child.name());
      if (!TakeResource(child, name)) TakePart(child, name);
    }
  }

 private:
  bool TakeResource(const Node& node, const std::string& name);
  void TakeMedia(const Node& node);
  void TakePart(const Node& node, const std::string& name);

  /// The later of one id takes the place of the earlier.
  template <class Part>
  void Keep(std::vector<Part>& parts, std::map<std::string, std::size_t>& by_id,
            const std::string& id, Part part) {
    const auto [at, is_new] = by_id.emplace(id, parts.size());
    if (is_new) {
      parts.push_back(std::move(part));
      return;
    }
    suite_.findings.push_back({Finding::Severity::kWarning, part.place,
                               "\"" + id + "\" replaces the one before it, at line " +
                                   std::to_string(parts[at->second].place.line)});
    parts[at->second] = std::move(part);
  }

  Suite& suite_;
  std::map<std::string, std::size_t> entries_, details_, endpoints_;
};

bool Reader::TakeResource(const Node& node, const std::string& name) {
  auto& resources = suite_.resources;
  if (name == "xform") {
    resources.push_back(ReadOnlyResource(node, ResourceKind::kForm));
  } else if (name == "xform-update-info") {
    resources.push_back(ReadOnlyResource(node, ResourceKind::kUpdateForm));
  } else if (name == "user-restore") {
    resources.push_back(ReadOnlyResource(node, ResourceKind::kPracticeRestore));
  } else if (name == "locale") {
    const auto language = node.RequireNonEmpty("language");
    resources.push_back(ReadOnlyResource(node, ResourceKind::kStrings));
    resources.back().language = language;
  } else if (name == "media") {
    TakeMedia(node);
  } else {
    return false;
  }
  return true;
}

void Reader::TakeMedia(const Node& node) {
  const auto path = node.Require("path");
  for (const Node& child : node.Children()) {
    if (!child.Is("resource")) continue;
    suite_.resources.push_back(ReadResource(child, ResourceKind::kMedia));
    suite_.resources.back().media_path = path;
  }
}

void Reader::TakePart(const Node& node, const std::string& name) {
  if (name == "menu") suite_.menus.push_back(ReadMenu(node));
  if (name == "fixture") suite_.fixtures.push_back(ReadFixture(node));
  if (name == "entry" || name == "view" || name == "remote-request") {
    auto entry = ReadEntry(node);
    const auto id = entry.command_id;
    Keep(suite_.entries, entries_, id, std::move(entry));
  }
  if (name == "detail") {
    const auto id = node.RequireNonEmpty("id");
    Keep(suite_.details, details_, id, ReadDetail(node));
  }
  if (name == "endpoint") {
    auto endpoint = ReadEndpoint(node);
    const auto id = endpoint.id;
    Keep(suite_.endpoints, endpoints_, id, std::move(endpoint));
  }
}

}  // namespace

Suite ReadSuite(std::string_view xml, std::string_view file) {
  Suite suite;
  suite.file = file;
  WithRoot(xml, suite.file, [&](const Node& root) { Reader(suite).Take(root); });
  return suite;
}

}  // namespace outpost::suite
