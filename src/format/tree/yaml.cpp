#include "format/tree/tree.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <unordered_set>

namespace outpost::tree {
namespace {

Position PositionOf(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
}

class Copier {
 public:
  Node Copy(const YAML::Node& from, int depth) {
    const auto at = PositionOf(from.Mark());
    if (++count_ > kNodesMax || depth > kDepthMax) {
      throw Problem(ProblemKind::kTooLarge, "The YAML file is nested or repeated too much.");
    }
    Node node;
    node.at = at;
    switch (from.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null:
        break;
      case YAML::NodeType::Scalar:
        node.kind = Kind::kScalar;
        node.text = from.Scalar();
        break;
      case YAML::NodeType::Sequence:
        node.kind = Kind::kList;
        for (const auto& item : from) node.items.push_back(Copy(item, depth + 1));
        break;
      case YAML::NodeType::Map:
        node.kind = Kind::kMap;
        CopyMembers(from, depth, &node);
        break;
    }
    return node;
  }

 private:
  void CopyMembers(const YAML::Node& from, int depth, Node* node) {
    std::unordered_set<std::string> seen;
    for (const auto& member : from) {
      if (!member.first.IsScalar() && !member.first.IsNull()) {
        throw Problem("A key must be a plain word.", PositionOf(member.first.Mark()));
      }
      const std::string key = member.first.IsNull() ? "" : member.first.Scalar();
      if (!seen.insert(key).second) {
        throw Problem(fmt::format("The key '{}' occurs twice.", key),
                      PositionOf(member.first.Mark()));
      }
      auto value = Copy(member.second, depth + 1);
      value.at = PositionOf(member.first.Mark());  // the key's line is where people look
      node->members.push_back({key, std::move(value)});
    }
  }

  std::size_t count_ = 0;
};

}  // namespace

Node ReadYaml(std::string_view text) {
  if (text.size() > kBytesMax) {
    throw Problem(ProblemKind::kTooLarge, "The YAML file is larger than 2 MB.");
  }
  try {
    return Copier().Copy(YAML::Load(std::string(text)), 0);
  } catch (const YAML::Exception& error) {
    throw Problem(fmt::format("This is not YAML: {}.", error.msg), PositionOf(error.mark));
  }
}

}  // namespace outpost::tree
