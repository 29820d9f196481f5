#include "domain/intake/detail/rebuild_case.h"

#include "domain/cases/case_store.h"

namespace outpost::intake {

void RebuildCase(sql::Batch& batch, const blobs::BlobStore& blobs, std::int64_t project,
                 std::string_view case_id, const RebuildPlan& plan, RebuildReason reason) {
  auto& known = batch.State<cases::CaseSet>();
  const auto* before = known.Find(project, case_id);
  if (before == nullptr) return;
  auto rebuilt = Rebuild(batch, blobs, *before,
                         cases::ListTransactions(batch.connection(), before->row), plan);
  rebuilt.value.server_modified_on = plan.now;
  cases::Transaction transaction;
  transaction.type = reason.type;
  transaction.server_date = plan.now;
  transaction.details = std::move(reason.details);
  known.Put(project, std::move(rebuilt.value), std::move(transaction));
}

}  // namespace outpost::intake
