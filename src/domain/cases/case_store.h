#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/cases/case.h"
#include "domain/cases/detail/sync_marks.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Cases on disk. Writing happens inside a batch of the one writer, reading anywhere.
namespace outpost::cases {

/// The cases that jobs of one batch look up and change. A case that many forms of a batch touch is
/// loaded once and written once; its transactions and change records are one per form.
class CaseSet final : public sql::BatchState {
 public:
  explicit CaseSet(sql::Batch& batch) : batch_(batch) {}

  /// Announces a look-up, so that all of a batch are made in one go.
  void Want(std::int64_t project, std::string_view case_id);
  /// The case as the batch has it so far, or null. Good until the next Put of the same case.
  const Case* Find(std::int64_t project, std::string_view case_id);

  /// Records a changed or new case and the transaction that changed it, under the next position;
  /// fills row, indexed_on and the transaction's seq.
  void Put(std::int64_t project, Case changed, Transaction transaction);

  /// Records a changed or new case that no form changed: a deletion, or its reversal.
  void PutAlone(std::int64_t project, Case changed);

  /// Removes a case with its indices and transactions, as if it had never been.
  void Remove(std::int64_t project, std::string_view case_id);

  /// Ids of the open cases that have an extension index to this one. Writes what was changed so
  /// far, so that the stores know it.
  std::vector<std::string> OpenExtensionsOf(std::int64_t project, std::string_view host_id);

  /// Ids of the project's cases that have this external id and are not deleted, by id; with what
  /// the batch has changed so far. Writes nothing.
  std::vector<std::string> IdsWithExternalId(std::int64_t project, const std::string& external_id);

  void Flush(sql::Batch&) override;

 private:
  using Key = std::pair<std::int64_t, std::string>;
  struct Entry {
    std::optional<Case> value;
    CaseStanding stored;  // as the stores have it
    bool is_stored = false;
    bool is_changed = false;
  };
  void LoadWanted();
  void LoadIndices(const std::vector<Entry*>& loaded);
  void Keep(std::int64_t project, Case changed, sql::Stamp stamp);
  void WriteCase(std::int64_t project, const Case& c, bool is_stored);
  void WriteIndices(std::int64_t project, Entry& entry);
  void WriteMarks();

  sql::Batch& batch_;
  std::vector<Key> wanted_;
  std::map<Key, Entry> known_;
  std::vector<std::pair<std::int64_t, Entry*>> changed_;  // in order of the first Put
  SyncMarks marks_;
};

/// Revokes a form's transactions on a case, or lets them count again.
void SetRevoked(sql::Batch& batch, std::int64_t case_row, std::int64_t form_row, bool is_revoked);

std::optional<Case> FindCase(sql::Connection& connection, const sql::Database& database,
                             std::int64_t project, std::string_view case_id);
/// The same by its row.
std::optional<Case> FindCaseByRow(sql::Connection& connection, std::int64_t project,
                                  std::int64_t row);
/// Many at once: one answer for each id, in their order.
std::vector<std::optional<Case>> FindCases(sql::Connection& connection,
                                           const sql::Database& database, std::int64_t project,
                                           std::span<const std::string> case_ids);
/// Whether the case is there and not deleted.
bool IsThere(sql::Connection& connection, const sql::Database& database, std::int64_t project,
             std::string_view case_id);
/// Ids of the project's cases that have this external id and are not deleted, oldest case first;
/// none for an empty one. Exact at once: read from the primary database. A date with time is found
/// as it was stored: forms bring it in one shape.
std::vector<std::string> IdsWithExternalId(sql::Connection& connection, std::int64_t project,
                                           const std::string& external_id);
/// Many at once: one answer for each external id, in their order.
std::vector<std::vector<std::string>> IdsWithExternalIds(sql::Connection& connection,
                                                         std::int64_t project,
                                                         std::span<const std::string> external_ids);
/// All transactions of a case, in the order they were made.
std::vector<Transaction> ListTransactions(sql::Connection& connection, std::int64_t case_row);
/// Form ids of the transactions' forms, in the same order; "" for rebuilds.
std::vector<std::string> FormIdsOf(sql::Connection& connection,
                                   const std::vector<Transaction>& transactions);

}  // namespace outpost::cases
