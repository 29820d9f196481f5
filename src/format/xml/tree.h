#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"
#include "format/xml/xml.h"

/// How a Document is kept: flat arrays, texts in one buffer. Private to this room.
namespace outpost::xml {

/// A range of Tree::text.
struct Range {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

inline constexpr std::uint32_t kNoNode = 0xffffffff;

struct Node {
  std::uint32_t uri = 0;  // index of Tree::uris
  Range name;
  Range text;  // before the first child element
  std::uint32_t first_attribute = 0;
  std::uint32_t attribute_count = 0;
  std::uint32_t first_child = kNoNode;
  std::uint32_t next_sibling = kNoNode;
  std::uint32_t source_offset = 0;
};

struct AttributeNode {
  std::uint32_t uri = 0;
  Range name;
  Range value;
};

struct Document::Tree {
  std::vector<Node> nodes;
  std::vector<AttributeNode> attributes;
  std::vector<std::string> uris{std::string()};  // few; [0] is "no namespace"
  std::string text;
  bool keeps_tails = false;
  std::vector<Range> tails;              // by node, as far as one has a tail
  std::vector<std::uint32_t> line_ends;  // offsets of line feeds in the source

  std::string_view View(Range range) const {
    return std::string_view(text).substr(range.offset, range.length);
  }
};

}  // namespace outpost::xml
