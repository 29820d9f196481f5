#include "format/json/text_map.h"

#include <boost/json.hpp>

#include "format/json/writer.h"

namespace outpost::json {
namespace {

boost::json::value Parse(std::string_view json) {
  boost::system::error_code error;
  auto value = boost::json::parse({json.data(), json.size()}, error);
  return error ? boost::json::value() : value;
}

}  // namespace

TextMap ReadTextMap(std::string_view json) {
  TextMap map;
  const auto value = Parse(json);
  if (!value.is_object()) return map;
  for (const auto& member : value.get_object()) {
    if (!member.value().is_string()) continue;
    map.emplace(std::string_view(member.key()), std::string_view(member.value().get_string()));
  }
  return map;
}

std::string RenderTextMap(const TextMap& map) {
  std::string text;
  Writer out(text);
  out.BeginObject();
  for (const auto& [key, value] : map) out.Member(key, value);
  out.EndObject();
  return text;
}

std::vector<std::string> ReadTextList(std::string_view json) {
  std::vector<std::string> list;
  const auto value = Parse(json);
  if (!value.is_array()) return list;
  for (const auto& entry : value.get_array()) {
    if (entry.is_string()) list.emplace_back(std::string_view(entry.get_string()));
  }
  return list;
}

std::string RenderTextList(const std::vector<std::string>& list) {
  std::string text;
  Writer out(text);
  out.BeginArray();
  for (const auto& entry : list) out.String(entry);
  out.EndArray();
  return text;
}

}  // namespace outpost::json
