#pragma once

#include <string>

#include "format/sheets/table.h"

namespace outpost::sheets {

/// Title and aligned columns for a terminal: text to the left, numbers to the right.
std::string TextOf(const Table& table);
/// A Markdown table without the title; bars in cells are escaped.
std::string MarkdownOf(const Table& table);

}  // namespace outpost::sheets
