#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/tree/tree.h"

/// Reads the keys of one map, and refuses with file, line and key what does not fit.
namespace outpost::tree {

/// Ends reading: "file:line: key: what".
/// @throws Problem kMalformed; the text has the line, so the problem carries no position beside it.
[[noreturn]] void Refuse(const std::string& file, Position at, const std::string& key,
                         const std::string& what);

inline constexpr std::int64_t kIntegerMax = 100'000'000;  // keeps sums of counts far from the edge

/// The whole text as a finite number. Empty when it is anything else.
std::optional<double> ParseDecimal(std::string_view text);

/// Reads one map. It remembers which keys were asked for, so that the rest can be refused.
class MapReader {
 public:
  /// `path` names the map in messages: "services.app". Refuses a node that is no map.
  MapReader(const Node& node, std::string path, const std::string& file);

  bool Has(std::string_view key);
  const Node& Required(std::string_view key);
  const Node* Optional(std::string_view key);

  std::string Text(std::string_view key);
  std::string TextOr(std::string_view key, std::string fallback);
  double Decimal(std::string_view key);
  double DecimalOr(std::string_view key, double fallback);
  std::optional<double> OptionalDecimal(std::string_view key);
  int IntegerOr(std::string_view key, int fallback);
  int Integer(std::string_view key);
  bool BoolOr(std::string_view key, bool fallback);

  std::string PathOf(std::string_view key) const;
  /// Keys that nobody asked for.
  std::vector<std::pair<std::string, Position>> Unread() const;
  void RefuseUnread() const;

  const std::string& file() const { return file_; }

 private:
  [[noreturn]] void RefuseMissing(std::string_view key) const;

  const Node& node_;
  std::string path_;
  const std::string& file_;
  std::vector<std::string> asked_;
};

std::string TextOf(const Node& node, const std::string& file, const std::string& path);
double DecimalOf(const Node& node, const std::string& file, const std::string& path);
int IntegerOf(const Node& node, const std::string& file, const std::string& path);

}  // namespace outpost::tree
