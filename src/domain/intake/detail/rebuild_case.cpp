#include "domain/intake/detail/rebuild_case.h"

#include "domain/cases/case_store.h"

namespace outpost::intake {

void RebuildCase(StoredForms& stored, std::string_view case_id, const RebuildPlan& plan,
                 RebuildReason reason) {
  auto& known = stored.batch().State<cases::CaseSet>();
  const auto* before = known.Find(stored.project(), case_id);
  if (before == nullptr) return;
  auto rebuilt = Rebuild(stored, *before,
                         cases::ListTransactions(stored.batch().connection(), before->row), plan);
  rebuilt.value.server_modified_on = plan.now;
  cases::Transaction transaction;
  transaction.type = reason.type;
  transaction.server_date = plan.now;
  transaction.details = std::move(reason.details);
  known.Put(stored.project(), std::move(rebuilt.value), std::move(transaction));
}

}  // namespace outpost::intake
