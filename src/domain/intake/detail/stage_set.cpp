#include "domain/intake/detail/stage_set.h"

#include "base/problem.h"

namespace outpost::intake {

projects::Stage StageSet::Of(std::int64_t project) {
  auto at = known_.find(project);
  if (at == known_.end()) {
    Known known{projects::Stage::kFrozen, true};
    const auto rows = batch_.connection().Query(
        "SELECT stage, is_suspended FROM projects WHERE id = $1", {project});
    if (rows->Next()) {
      known.stage = projects::StageOf(rows->Text(0)).value_or(projects::Stage::kFrozen);
      known.is_suspended = rows->Int(1) != 0;
    }
    at = known_.emplace(project, known).first;
  }
  if (at->second.is_suspended || at->second.stage == projects::Stage::kFrozen) {
    throw Problem(ProblemKind::kPaused, "Service Temporarily Unavailable");
  }
  return at->second.stage;
}

}  // namespace outpost::intake
