#pragma once

#include <filesystem>

#include "format/sheets/table.h"

namespace outpost::sheets {

inline constexpr std::size_t kSheetNameMax = 31;  // characters; the format's limit

/// Writes a workbook: a sheet per Sheet, titles in bold, header rows in bold with a frozen look,
/// numbers as numbers, text never as a formula. Sheet names are cut to 31 characters and made
/// unique where the cut makes two of them equal.
/// @throws Problem kInternal when the file cannot be written.
void WriteXlsx(const Workbook& workbook, const std::filesystem::path& file);

}  // namespace outpost::sheets
