#include "format/tree/map_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace outpost::tree {
namespace {

std::optional<int> ParseWhole(std::string_view text) {
  const auto value = ParseInt(text);
  if (!value || *value < 0 || *value > kIntegerMax) return {};
  return static_cast<int>(*value);
}

std::vector<std::string_view> NamesOf(const std::vector<std::pair<std::string, Position>>& keys) {
  std::vector<std::string_view> names;
  names.reserve(keys.size());
  for (const auto& key : keys) names.emplace_back(key.first);
  return names;
}

}  // namespace

std::optional<double> ParseDecimal(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

void Refuse(const std::string& file, Position at, const std::string& key, const std::string& what) {
  const auto line = at.line == 0 ? std::string() : fmt::format(":{}", at.line);
  throw Problem(ProblemKind::kMalformed, fmt::format("{}{}: {}: {}", file, line, key, what));
}

MapReader::MapReader(const Node& node, std::string path, const std::string& file)
    : node_(node), path_(std::move(path)), file_(file) {
  if (node.kind != Kind::kMap) {
    Refuse(file_, node.at, path_.empty() ? "file" : path_, "keys with values are expected here");
  }
}

bool MapReader::Has(std::string_view key) { return Optional(key) != nullptr; }

const Node* MapReader::Optional(std::string_view key) {
  if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.emplace_back(key);
  const auto* found = node_.Find(key);
  return found == nullptr || found->kind == Kind::kNull ? nullptr : found;
}

const Node& MapReader::Required(std::string_view key) {
  const auto* found = Optional(key);
  if (found == nullptr) RefuseMissing(key);
  return *found;
}

/// A misspelt key is absent under its right name: the reader is led to where it stands.
void MapReader::RefuseMissing(std::string_view key) const {
  const auto unread = Unread();
  const std::vector<std::string_view> names = NamesOf(unread);
  const auto nearest = NearestWord(key, names);
  if (!nearest) Refuse(file_, node_.at, PathOf(key), "this key is required");
  const auto* meant = node_.Find(*nearest);
  Refuse(file_, meant->at, PathOf(key),
         fmt::format("this key is required; is it meant by '{}'?", *nearest));
}

std::string MapReader::Text(std::string_view key) {
  return TextOf(Required(key), file_, PathOf(key));
}

std::string MapReader::TextOr(std::string_view key, std::string fallback) {
  const auto* node = Optional(key);
  return node == nullptr ? std::move(fallback) : TextOf(*node, file_, PathOf(key));
}

double MapReader::Decimal(std::string_view key) {
  return DecimalOf(Required(key), file_, PathOf(key));
}

double MapReader::DecimalOr(std::string_view key, double fallback) {
  return OptionalDecimal(key).value_or(fallback);
}

std::optional<double> MapReader::OptionalDecimal(std::string_view key) {
  const auto* node = Optional(key);
  if (node == nullptr) return {};
  return DecimalOf(*node, file_, PathOf(key));
}

int MapReader::Integer(std::string_view key) {
  return IntegerOf(Required(key), file_, PathOf(key));
}

int MapReader::IntegerOr(std::string_view key, int fallback) {
  const auto* node = Optional(key);
  return node == nullptr ? fallback : IntegerOf(*node, file_, PathOf(key));
}

bool MapReader::BoolOr(std::string_view key, bool fallback) {
  const auto* node = Optional(key);
  if (node == nullptr) return fallback;
  const auto text = ToLower(TextOf(*node, file_, PathOf(key)));
  if (text == "true" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "no" || text == "off") return false;
  Refuse(file_, node->at, PathOf(key), fmt::format("'{}' is not yes or no", node->text));
}

std::string MapReader::PathOf(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

std::vector<std::pair<std::string, Position>> MapReader::Unread() const {
  std::vector<std::pair<std::string, Position>> unread;
  for (const auto& member : node_.members) {
    if (std::find(asked_.begin(), asked_.end(), member.first) == asked_.end()) {
      unread.emplace_back(member.first, member.second.at);
    }
  }
  return unread;
}

void MapReader::RefuseUnread() const {
  const auto unread = Unread();
  if (unread.empty()) return;
  const std::vector<std::string_view> known(asked_.begin(), asked_.end());
  const auto nearest = NearestWord(unread[0].first, known);
  Refuse(file_, unread[0].second, PathOf(unread[0].first),
         nearest ? fmt::format("unknown key; did you mean '{}'?", *nearest) : "unknown key");
}

std::string TextOf(const Node& node, const std::string& file, const std::string& path) {
  if (node.kind != Kind::kScalar) Refuse(file, node.at, path, "a single value is expected");
  return node.text;
}

double DecimalOf(const Node& node, const std::string& file, const std::string& path) {
  const auto text = TextOf(node, file, path);
  const auto value = ParseDecimal(text);
  if (!value) Refuse(file, node.at, path, fmt::format("'{}' is not a number", text));
  return *value;
}

int IntegerOf(const Node& node, const std::string& file, const std::string& path) {
  const auto text = TextOf(node, file, path);
  const auto value = ParseWhole(text);
  if (!value) {
    Refuse(file, node.at, path, fmt::format("'{}' is not a whole number (0 or more)", text));
  }
  return *value;
}

}  // namespace outpost::tree
