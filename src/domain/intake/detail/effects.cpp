#include "domain/intake/detail/effects.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"
#include "domain/ledgers/ledger_store.h"

namespace outpost::intake {
namespace {

using ledgers::Movement;
using MovementsByKey = std::map<ledgers::Key, std::vector<const Movement*>>;

MovementsByKey GroupByKey(const std::vector<Movement>& movements) {
  MovementsByKey grouped;
  for (const auto& movement : movements) grouped[movement.key].push_back(&movement);
  return grouped;
}

/// Marks the cases of ledger lines; those that the form has no block for join the changes.
std::optional<cases::ContentError> MarkLedgers(std::vector<CaseChange>& changes,
                                               const std::vector<Movement>& movements,
                                               const CaseLookup& lookup) {
  std::vector<CaseChange> joining;
  std::set<std::string> seen;
  for (const auto& movement : movements) {
    const auto& case_id = movement.key.case_id;
    if (!seen.insert(case_id).second) continue;
    if (auto* change = FindChange(changes, case_id)) {
      change->type_bits |= cases::kLedgerTransaction;
      continue;
    }
    const cases::Case* stored = lookup(case_id);
    if (stored == nullptr) {
      return cases::ContentError{
          "IllegalCaseId", "Ledger transaction references invalid Case ID \"" + case_id + "\""};
    }
    joining.push_back({*stored, cases::kFormTransaction | cases::kLedgerTransaction, {}, true});
  }
  changes.insert(changes.end(), std::make_move_iterator(joining.begin()),
                 std::make_move_iterator(joining.end()));
  std::sort(changes.begin(), changes.end(), [](const CaseChange& a, const CaseChange& b) {
    return a.value.case_id < b.value.case_id;
  });
  return std::nullopt;
}

/// Balances as the batch has them; cases that this form makes have none yet.
std::vector<std::optional<std::int64_t>> BalancesOf(sql::Batch& batch,
                                                    const MovementsByKey& grouped,
                                                    const CaseLookup& lookup) {
  std::vector<ledgers::Place> places;
  places.reserve(grouped.size());
  for (const auto& group : grouped) {
    const auto* stored = lookup(group.first.case_id);
    places.push_back({group.first, stored == nullptr ? 0 : stored->row});
  }
  return ledgers::ReadBalances(batch.connection(), places);
}

std::vector<ledgers::Transaction> MoveAll(const std::vector<const Movement*>& movements,
                                          std::int64_t balance, Instant received_on) {
  std::vector<ledgers::Transaction> lines;
  lines.reserve(movements.size());
  for (const auto* movement : movements) {
    auto line = ledgers::Move(*movement, balance, received_on);
    line.step = static_cast<std::int64_t>(lines.size());
    balance = line.updated_balance;
    lines.push_back(std::move(line));
  }
  return lines;
}

void WriteCase(sql::Batch& batch, std::int64_t project, const forms::FormRecord& form,
               CaseChange change) {
  change.value.server_modified_on = form.received_on;
  cases::Transaction transaction;
  transaction.form_row = form.row;
  transaction.type = change.type_bits;
  transaction.server_date = form.received_on;
  transaction.client_date = change.client_date;
  // Without a token the next sync sends case and ledgers back even to the phone that sent them.
  if (!change.is_ledger_only) transaction.sync_log_id = form.request.last_sync_token;
  batch.State<cases::CaseSet>().Put(project, std::move(change.value), std::move(transaction));
}

}  // namespace

CaseChange* FindChange(std::vector<CaseChange>& changes, const std::string& case_id) {
  const auto at = std::lower_bound(
      changes.begin(), changes.end(), case_id,
      [](const CaseChange& change, const std::string& id) { return change.value.case_id < id; });
  return at != changes.end() && at->value.case_id == case_id ? &*at : nullptr;
}

Effects DecideEffects(sql::Batch& batch, const ParsedSubmission& parsed,
                      const forms::FormRecord& form) {
  if (parsed.found.error) return {{}, {}, parsed.found.error};
  cases::FormContext context{parsed.identity.user_id.value_or(""), form.received_on, form.form_id};
  const auto files = CaseFilesOf(batch.connection(), parsed, form.row);
  if (files) context.files = &*files;
  auto& known = batch.State<cases::CaseSet>();
  const std::int64_t project = parsed.submission.project->row;
  const auto lookup = [&](std::string_view id) { return known.Find(project, id); };
  auto applied = ApplyBlocks(parsed.found.blocks, context, lookup);
  if (applied.error) return {{}, {}, std::move(applied.error)};
  if (parsed.ledgers.error) return {{}, {}, parsed.ledgers.error};
  Effects effects;
  effects.cases = std::move(applied.changes);
  const auto& movements = parsed.ledgers.movements;
  if (movements.empty()) return effects;
  if (auto error = MarkLedgers(effects.cases, movements, lookup)) return {{}, {}, std::move(error)};
  const auto grouped = GroupByKey(movements);
  const auto balances = BalancesOf(batch, grouped, lookup);
  std::size_t i = 0;
  for (const auto& group : grouped) {
    effects.ledgers.push_back(
        {group.first, MoveAll(group.second, balances[i++].value_or(0), context.now)});
  }
  return effects;
}

void WriteEffects(sql::Batch& batch, std::int64_t project, const forms::FormRecord& form,
                  Effects effects) {
  for (auto& change : effects.cases) WriteCase(batch, project, form, std::move(change));
  auto& known = batch.State<cases::CaseSet>();
  for (auto& change : effects.ledgers) {
    for (auto& line : change.transactions) line.form_row = form.row;
    const auto case_row = known.Find(project, change.key.case_id)->row;
    ledgers::Append(batch, project, {change.key, case_row}, change.transactions, form.received_on);
  }
}

std::set<std::string> TouchedCases(const std::vector<cases::CaseBlock>& blocks,
                                   const std::vector<Movement>& movements) {
  std::set<std::string> ids;
  for (const auto& block : blocks) ids.insert(block.case_id);
  for (const auto& movement : movements) ids.insert(movement.key.case_id);
  return ids;
}

std::vector<LedgerChange> LinesOf(const std::vector<Movement>& movements,
                                  const forms::FormRecord& form) {
  std::vector<LedgerChange> changes;
  for (const auto& group : GroupByKey(movements)) {
    LedgerChange change{group.first, MoveAll(group.second, 0, form.received_on)};
    for (auto& line : change.transactions) line.form_row = form.row;
    changes.push_back(std::move(change));
  }
  return changes;
}

std::optional<std::vector<forms::Attachment>> CaseFilesOf(sql::Connection& connection,
                                                          const ParsedSubmission& parsed,
                                                          std::int64_t form_row) {
  if (!parsed.submission.project->settings.keeps_case_attachments) return std::nullopt;
  std::vector<forms::Attachment> files;
  const bool names_files =
      std::any_of(parsed.found.blocks.begin(), parsed.found.blocks.end(),
                  [](const cases::CaseBlock& block) { return !block.attachments.empty(); });
  if (!names_files) return files;
  for (const auto& file : parsed.submission.attachments) {
    files.push_back({file.name, file.content_type, file.blob.length, file.blob.id});
  }
  // Files that a new version brings again come before those of the old one.
  if (form_row != 0) {
    for (auto& file : forms::ListAttachments(connection, form_row)) {
      files.push_back(std::move(file));
    }
  }
  return files;
}

}  // namespace outpost::intake
