#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Small objects and lists of texts that stores keep as one JSON text.
namespace outpost::json {

using TextMap = std::map<std::string, std::string>;

/// Members that are texts; anything else in it is left out. Damaged text gives an empty map: it is
/// for what the program wrote itself.
TextMap ReadTextMap(std::string_view json);
std::string RenderTextMap(const TextMap& map);

std::vector<std::string> ReadTextList(std::string_view json);
std::string RenderTextList(const std::vector<std::string>& list);

}  // namespace outpost::json
