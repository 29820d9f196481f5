#include "transition/plan/scale.h"

#include "base/problem.h"
#include "transition/sizing/read_config.h"

namespace outpost::plan {

sizing::QuickQuestions QuestionsOf(const Plan& plan) {
  OUTPOST_CHECK(!plan.environments.empty());
  sizing::QuickQuestions questions;
  questions.users = plan.scale.users;
  questions.users_target = plan.scale.users_target;
  questions.years = plan.scale.years;
  questions.forms_per_user = plan.scale.forms_per_user;
  questions.new_cases_per_user = plan.scale.new_cases_per_user;
  questions.attachment_kb_per_form = plan.scale.attachment_kb_per_form;
  questions.standby = plan.environments.front().topology == Topology::kPair;
  questions.start = *sizing::ParseYearMonth(plan.scale.start);
  return questions;
}

}  // namespace outpost::plan
