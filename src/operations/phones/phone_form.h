#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "operations/phones/phone_store.h"

/// A form with case blocks, as a phone fills it: its bytes, and its effect on the phone itself
/// (submission document 14.1; the phone's own rules).
namespace outpost::phones {

/// One case block. Blocks are applied in order; inside one: create, update, index, close.
struct CaseChange {
  struct Create {
    std::string type, name;
    std::optional<std::string> owner_id;  // absent: the user; never empty
  };

  std::string case_id;
  std::optional<Create> create = {};
  std::optional<std::string> name = {}, owner_id = {};  // of the update
  std::map<std::string, std::string> properties = {};   // of the update
  std::vector<CaseIndex> indices = {};                  // an empty target removes
  bool closes = false;
};

struct PhoneForm {
  std::string form_id;
  std::string user_id, username;
  std::string device_id;
  Instant filled_on;  // by the phone's clock
  std::vector<CaseChange> changes;
};

/// The form's XML.
std::string RenderForm(const PhoneForm& form);

/// What the phone does to its own cases when the form is complete. Empty, or why the phone does not
/// allow the form; then nothing is changed.
std::optional<std::string> ApplyForm(const PhoneForm& form, PhoneStore& store,
                                     Keep keep = Keep::kEverything);

}  // namespace outpost::phones
