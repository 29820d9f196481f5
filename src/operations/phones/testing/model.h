#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "operations/phones/phone_form.h"
#include "operations/phones/phone_store.h"

/// What a server should hold and give, the simple way: forms applied in the order of their commits
/// to a map of cases, and the live set found by asking every case again until nothing changes.
namespace outpost::phones::testing {

class Model {
 public:
  /// Applies a form that was acknowledged. False: it was applied before.
  bool Commit(const PhoneForm& form);
  const PhoneCases& cases() const { return cases_; }

 private:
  PhoneCases cases_;
  std::set<std::string> forms_;
};

/// The effect of one block on the server's case (submission document 16.3, 17).
void ApplyOnServer(const CaseChange& change, const std::string& user_id, PhoneCases& cases);

/// Step 4 of the rule takes away what the phone would purge. What then pointed at such a case may
/// go too, as it would on the phone; or the index may be left out of the restore (6.5), so that it
/// stays. Only deep zigzags of extensions and children tell the two apart: the first is the smaller
/// set.
enum class Dangling : std::uint8_t { kGoes, kStays };

/// Which cases belong on the phone of somebody with these owner ids (restore document 8.2).
std::set<std::string> LiveSet(const PhoneCases& cases, const OwnerIds& owners,
                              Dangling dangling = Dangling::kGoes);

}  // namespace outpost::phones::testing
