#include "transition/sizing/detail/values.h"

#include <fmt/format.h>

#include "transition/sizing/read_config.h"

namespace outpost::sizing::detail {

std::uint64_t SizeOf(const tree::Node& node, const std::string& file, const std::string& path) {
  const auto text = TextOf(node, file, path);
  const auto size = ParseSize(text);
  if (!size) {
    Refuse(
        file, node.at, path,
        fmt::format("'{}' is not a size: write whole bytes, or a whole number of KB, MB, GB or TB",
                    text));
  }
  return *size;
}

NumberOrVariable NumberOrVariableOf(const tree::Node& node, const std::string& file,
                                    const std::string& path) {
  const auto text = TextOf(node, file, path);
  NumberOrVariable value;
  value.at = node.at;
  if (text.size() > 2 && text.front() == '{' && text.back() == '}') {
    value.variable = text.substr(1, text.size() - 2);
    return value;
  }
  const auto number = tree::ParseDecimal(text);
  if (!number) {
    Refuse(file, node.at, path, fmt::format("'{}' is neither a number nor a '{{variable}}'", text));
  }
  value.number = *number;
  return value;
}

std::uint64_t SizeOr(MapReader& reader, std::string_view key, std::uint64_t fallback) {
  const auto* node = reader.Optional(key);
  return node == nullptr ? fallback : SizeOf(*node, reader.file(), reader.PathOf(key));
}

}  // namespace outpost::sizing::detail
