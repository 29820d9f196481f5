#pragma once

#include "store/sql/database.h"
#include "store/sql/writer.h"
#include "transition/checkpoints/store.h"

namespace outpost::operations {

/// The tracker in the server's database: a row per record, and an audit trail to which rows are
/// only added. Threads: any.
class SqlCheckpointStore final : public transition::CheckpointStore {
 public:
  /// Both must outlive it.
  SqlCheckpointStore(sql::Database& database, sql::Writer& writer)
      : database_(database), writer_(writer) {}
  /// @throws Problem kMalformed when the audit trail or a piece of evidence was changed by hand
  transition::Tracker Load() const override;
  /// One job of the writer. `change` finds all records and the last entry of the audit trail.
  void Update(const std::function<void(transition::Tracker&)>& change) override;

 private:
  sql::Database& database_;
  sql::Writer& writer_;
};

}  // namespace outpost::operations
