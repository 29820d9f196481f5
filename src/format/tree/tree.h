#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"

/// format/tree reads the configuration files that people write (YAML of the resource model and of
/// environment folders, TOML of plans) into one plain tree that remembers where everything stood,
/// so that whoever judges the content can name the line. The libraries stay behind these doors.
namespace outpost::tree {

inline constexpr std::size_t kBytesMax = 2u << 20;
inline constexpr std::size_t kNodesMax = 200'000;  // also stops aliases that multiply
inline constexpr int kDepthMax = 32;

enum class Kind : std::uint8_t { kNull, kScalar, kList, kMap };

struct Member;

/// One node. Members of a YAML map keep the order of the file; those of a TOML table are sorted.
struct Node {
  Kind kind = Kind::kNull;
  std::string text;             // of a scalar, without its quotes
  std::vector<Node> items;      // of a list
  std::vector<Member> members;  // of a map
  Position at;

  const Node* Find(std::string_view key) const;  // nullptr when absent or not a map
};

/// A key with its value.
struct Member {
  std::string first;
  Node second;
};

/// A key that occurs twice is refused.
/// Threads: pure functions.
/// @throws Problem kMalformed with line and column; kTooLarge above the limits.
Node ReadYaml(std::string_view text);
/// Dates become text, numbers keep the spelling that reads back as the same number.
Node ReadToml(std::string_view text);

}  // namespace outpost::tree
