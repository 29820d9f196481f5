#pragma once

#include <string>
#include <string_view>

#include "format/sheets/table.h"

namespace outpost::sheets {

/// One field: quoted when it has to be. Text that a spreadsheet would run as a formula (it begins
/// with = + - @, tab or carriage return and is not a number) gets an apostrophe in front.
std::string CsvField(std::string_view text);

/// Header row and rows, lines end in CR LF (RFC 4180). The title is not part of it.
std::string CsvOf(const Table& table);

}  // namespace outpost::sheets
