#pragma once

#include <map>

#include "domain/projects/projects.h"
#include "store/sql/writer.h"

namespace outpost::intake {

/// The stage of each project as of this transaction. The request's own copy may be a second old;
/// what decides whether a form is applied or held is read under the writer.
class StageSet final : public sql::BatchState {
 public:
  explicit StageSet(sql::Batch& batch) : batch_(batch) {}

  /// @throws Problem kPaused when the project is frozen, suspended or gone.
  projects::Stage Of(std::int64_t project);
  void Flush(sql::Batch&) override {}

 private:
  struct Known {
    projects::Stage stage;
    bool is_suspended;
  };
  sql::Batch& batch_;
  std::map<std::int64_t, Known> known_;
};

}  // namespace outpost::intake
