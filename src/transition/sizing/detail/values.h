#pragma once

#include <string>

#include "format/tree/map_reader.h"
#include "transition/sizing/model.h"

/// Values that only the resource model knows: sizes, and numbers that a set fills in.
namespace outpost::sizing::detail {

using tree::DecimalOf;
using tree::IntegerOf;
using tree::MapReader;
using tree::Refuse;
using tree::TextOf;

std::uint64_t SizeOf(const tree::Node& node, const std::string& file, const std::string& path);
std::uint64_t SizeOr(MapReader& reader, std::string_view key, std::uint64_t fallback);
NumberOrVariable NumberOrVariableOf(const tree::Node& node, const std::string& file,
                                    const std::string& path);

}  // namespace outpost::sizing::detail
