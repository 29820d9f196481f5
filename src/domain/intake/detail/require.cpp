#include "domain/intake/detail/require.h"

#include "base/problem.h"
#include "domain/cases/case_store.h"
#include "domain/forms/form_store.h"

namespace outpost::intake {

forms::FormRecord RequireForm(sql::Batch& batch, std::int64_t project, std::string_view form_id) {
  const auto* form = batch.State<forms::FormSet>().Find(project, form_id);
  if (form == nullptr) {
    throw Problem(ProblemKind::kNotFound, "There is no form " + std::string(form_id) + ".");
  }
  return *form;
}

cases::Case RequireCase(sql::Batch& batch, std::int64_t project, std::string_view case_id) {
  const auto* found = batch.State<cases::CaseSet>().Find(project, case_id);
  if (found == nullptr) {
    throw Problem(ProblemKind::kNotFound, "There is no case " + std::string(case_id) + ".");
  }
  return *found;
}

}  // namespace outpost::intake
