#include "format/tree/tree.h"

#include <algorithm>

namespace outpost::tree {

const Node* Node::Find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [key](const auto& member) { return member.first == key; });
  return found == members.end() ? nullptr : &found->second;
}

}  // namespace outpost::tree
