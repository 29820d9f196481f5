#pragma once

#include <string>

#include "base/instant.h"
#include "format/sheets/table.h"
#include "transition/checkpoints/state.h"

namespace outpost::transition {

/// Progress by phase, all checkpoints, all questions, the other items, and the audit trail.
sheets::Workbook ProgressWorkbook(const Tracker& tracker, Instant now, const std::string& title);
std::string ReportText(const Tracker& tracker, Instant now, const std::string& only_phase);
std::string ReportMarkdown(const Tracker& tracker, Instant now, const std::string& title);
/// A printable page.
std::string ReportHtml(const Tracker& tracker, Instant now, const std::string& title);
/// Every item with its state, evidence, blockers: for machines.
std::string ReportJson(const Tracker& tracker, Instant now);
/// Everything that is known about one item.
std::string ItemText(const Tracker& tracker, std::string_view id, Instant now);

}  // namespace outpost::transition
