#pragma once

#include <string>
#include <string_view>

#include "format/tree/tree.h"
#include "transition/sizing/model.h"

namespace outpost::sizing {

inline constexpr std::size_t kSetsMax = 1000;  // combinations
inline constexpr std::size_t kServicesMax = 500;
inline constexpr std::size_t kUsageFieldsMax = 500;
inline constexpr int kMonthsMax = 1200;  // between the first and the last usage month

/// Reads a configuration. `file` only names it in messages.
///
/// Keys at the top that are not known become warnings, everywhere else they are refused: the same
/// as upstream, except that decimals and misspelt units in sizes ("1.5GB", "2K") are refused where
/// upstream silently read something else.
/// @throws Problem kMalformed; its text is "file:line: key: what is wrong".
SizingConfig ReadConfig(std::string_view text, const std::string& file);

/// Reads one usage model by itself; `node` holds its keys.
UsageModel ReadUsageModel(const tree::Node& node, const std::string& name, const std::string& file);

/// "10KB", "3 TB", "515" -> bytes. Empty when the text is anything else.
std::optional<std::uint64_t> ParseSize(std::string_view text);
/// "2024-03" or a whole date -> month. Empty when there is no such month.
std::optional<Month> ParseYearMonth(std::string_view text);

}  // namespace outpost::sizing
