#pragma once

#include <cstdint>
#include <span>

#include "domain/sync/case_xml.h"
#include "domain/sync/detail/restore_output.h"
#include "domain/sync/network.h"
#include "domain/sync/sync_plan.h"
#include "store/sql/connection.h"

namespace outpost::sync::detail {

/// How many ledger blocks the cases have: one for each case and section.
std::int64_t CountLedgerBlocks(sql::Connection& connection, const Network& network,
                               std::span<const CaseToSend> sends);

/// Reads the cases and writes them, a thousand at a time, the ledgers of each thousand before it
/// (restore document 6.1). `attachments_at`: address of the project's case attachments, up to the
/// case id; "" sends none.
void WriteCases(sql::Connection& connection, const Network& network,
                std::span<const CaseToSend> sends, Version version, std::string_view attachments_at,
                RestoreOutput& out);

}  // namespace outpost::sync::detail
