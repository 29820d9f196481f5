#pragma once

#include <vector>

#include "format/sheets/table.h"
#include "transition/plan/document.h"
#include "transition/plan/plan.h"

namespace outpost::plan {

/// All documents of a plan, in reading order: architecture, inventory, sizing, names and
/// certificates, installation, monitoring, backup, maintenance, service levels, disaster recovery,
/// on-call, move (when there is something to move), request for proposals.
std::vector<Document> DocumentsOf(const Plan& plan);

/// A bidder's answer to every checkpoint and question, as a workbook to fill in. The column "This
/// software today" is honest about what is not there yet.
sheets::Workbook AnswerMatrixOf(const Plan& plan);

}  // namespace outpost::plan
