#pragma once

#include <string>
#include <vector>

#include "base/seeded_random.h"
#include "operations/phones/phone_form.h"

namespace outpost::phones::testing::detail {

/// What somebody fills in: random forms that a phone allows. Cases are numbered as they are made
/// and point only at earlier ones, so that no two phones can close a ring.
class FormMaker {
 public:
  FormMaker(std::uint64_t seed, SeededRandom& random);

  std::string NewFormId();
  /// Adds one to three blocks. `usable`: the cases that the user sees; `owners`: whom cases may be
  /// given to. `is_gentle`: no change of owner or index, which a restore under way may undo.
  void AddChanges(PhoneForm& form, const PhoneCases& cases, const std::vector<std::string>& usable,
                  const std::vector<std::string>& owners, bool is_gentle);

 private:
  CaseChange NewCase(const std::vector<std::string>& targets,
                     const std::vector<std::string>& owners);
  CaseChange ChangeOf(const std::string& case_id, const PhoneCases& cases,
                      const std::vector<std::string>& usable,
                      const std::vector<std::string>& owners, bool is_gentle);
  CaseIndex IndexTo(const std::vector<std::string>& targets);
  const std::string& Any(const std::vector<std::string>& texts);

  std::string prefix_;
  SeededRandom& random_;
  int cases_ = 0, forms_ = 0, values_ = 0;
};

}  // namespace outpost::phones::testing::detail
