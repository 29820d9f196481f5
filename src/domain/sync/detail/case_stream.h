#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "domain/sync/case_xml.h"
#include "domain/sync/detail/restore_output.h"
#include "domain/sync/network.h"
#include "domain/sync/sync_plan.h"
#include "store/sql/connection.h"

namespace outpost::sync::detail {

/// How many ledger blocks the cases have: one for each case and section.
std::int64_t CountLedgerBlocks(sql::Connection& connection, const Network& network,
                               std::span<const CaseToSend> sends);

struct CaseStyle {
  const Network& network;
  Version version = Version::kV2;
  /// Address of the project's case attachments, up to the case id; "" sends none.
  std::string attachments_at;
};

/// Reads the cases and writes them, a thousand at a time, the ledgers of each thousand before it
/// (restore document 6.1). `wrote` is told of each thousand.
void WriteCases(sql::Connection& connection, const CaseStyle& style,
                std::span<const CaseToSend> sends, RestoreOutput& out,
                const std::function<void(std::size_t cases)>& wrote);

}  // namespace outpost::sync::detail
