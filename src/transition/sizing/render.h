#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "format/sheets/table.h"
#include "transition/sizing/evaluate.h"

/// The same figures in five forms. Sheets and their order are those of the workbook that people
/// know (spec 1.7).
namespace outpost::sizing {

/// All sheets of one set; with_raw adds Usage, Raw Data (<service>) and Config.
sheets::Workbook WorkbookOf(const SizingResult& result, const SetResult& set, bool with_raw);
/// Storage and compute over all sets. Requires result.sets_comparison.
sheets::Workbook ComparisonWorkbookOf(const SizingResult& result);

/// For a terminal: the tables without the raw sheets.
std::string TextOf(const SizingResult& result);
/// Months, usage, services by month, summaries and comparisons of every set.
std::string JsonOf(const SizingResult& result);
/// One page with plots and tables.
std::string HtmlOf(const SizingResult& result);
/// What stands on it, to go with something else on one page.
std::string PageBodyOf(const SizingResult& result);

/// Writes one CSV file per table into the folder (made if absent) and returns the file names.
/// @throws Problem kInternal when a file cannot be written.
std::vector<std::string> WriteCsvFiles(const sheets::Workbook& workbook,
                                       const std::filesystem::path& folder);

}  // namespace outpost::sizing
