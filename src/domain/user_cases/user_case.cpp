#include "domain/user_cases/user_case.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "format/xml/write.h"

namespace outpost::user_cases {
namespace {

/// Names that mean something else in an update.
constexpr std::array<std::string_view, 11> kFieldNames = {
    "case_id",     "case_type",     "case_name",   "name",    "owner_id",   "external_id",
    "date_opened", "date_modified", "location_id", "user_id", "hq_user_id",
};

bool CanBeProperty(std::string_view key, std::string_view value) {
  const bool is_field = std::find(kFieldNames.begin(), kFieldNames.end(), key) != kFieldNames.end();
  return !is_field && xml::IsName(key) && intake::IsXmlText(value);
}

std::string NameOf(const people::Account& account, const people::Person& person) {
  const auto full = std::string(Trim(person.first_name + " " + person.last_name));
  if (full.empty() || !intake::IsXmlText(full)) return std::string(people::BareUsername(account));
  return std::string(FirstCharacters(full, cases::kFieldCharactersMax));
}

std::string TextOf(const cases::Case& c, std::string_view property) {
  const auto found = c.properties.find(property);
  return found == c.properties.end() || found->second.is_json ? "" : found->second.text;
}

/// Whether the case says so already. A property that is missing is not the same as an empty one.
bool Says(const cases::Case& c, std::string_view property, std::string_view value) {
  return c.properties.contains(property) && TextOf(c, property) == value;
}

intake::CaseUpdate UpdateOf(const Wanted& wanted, const cases::Case* present) {
  intake::CaseUpdate update;
  const bool is_new = present == nullptr;
  if (is_new) {
    update.case_type = kCaseType;
    update.external_id = wanted.user_id;
  }
  if (is_new || present->name != wanted.name) update.case_name = wanted.name;
  if (is_new || present->owner_id != wanted.user_id) update.owner_id = wanted.user_id;
  for (const auto& [key, value] : wanted.properties) {
    if (is_new || !Says(*present, key, value)) update.properties.emplace_back(key, value);
  }
  update.closes = !wanted.is_open;
  return update;
}

bool IsEmpty(const intake::CaseUpdate& update) {
  return !update.case_name && !update.owner_id && update.properties.empty() && !update.closes;
}

bool Leaves(const cases::Case& c, const std::string& name, const cases::PropertyValue& value) {
  if (name == "case_name") return c.name == value.text;
  if (name == "owner_id") return c.owner_id == value.text;
  const auto found = c.properties.find(name);
  return found != c.properties.end() && found->second == value;
}

}  // namespace

Wanted WantedOf(const people::Account& account, const people::UserData& data) {
  const auto person = people::PersonOf(account);
  Wanted wanted;
  wanted.user_id = account.user_id;
  wanted.name = NameOf(account, person);
  wanted.is_open = account.state == people::State::kActive;
  wanted.properties = data;
  wanted.properties["username"] = people::BareUsername(account);
  wanted.properties["first_name"] = person.first_name;
  wanted.properties["last_name"] = person.last_name;
  wanted.properties["email"] = person.email;
  wanted.properties["language"] = person.language;
  wanted.properties["phone_number"] =
      person.phone_numbers.empty() ? "" : person.phone_numbers.front();
  std::erase_if(wanted.properties, [](const auto& property) {
    return !CanBeProperty(property.first, property.second);
  });
  // The one name of a field that is wanted: it sets the external id as well.
  wanted.properties["hq_user_id"] = account.user_id;
  return wanted;
}

const cases::Case* Chosen(const std::vector<cases::Case>& of_worker) {
  const auto comes_first = [](const cases::Case& a, const cases::Case& b) {
    return a.is_closed != b.is_closed ? b.is_closed : a.row < b.row;
  };
  const auto first = std::min_element(of_worker.begin(), of_worker.end(), comes_first);
  return first == of_worker.end() ? nullptr : &*first;
}

Change ChangeFor(const Wanted& wanted, const cases::Case* present) {
  Change change;
  change.is_new = present == nullptr;
  if (!wanted.is_open && (present == nullptr || present->is_closed)) return change;
  if (present != nullptr && present->is_closed) {
    change.reopens = true;
    return change;
  }
  auto update = UpdateOf(wanted, present);
  if (!IsEmpty(update)) change.update = std::move(update);
  return change;
}

bool ChangesNothing(const cases::CaseBlock& block, const cases::Case& present) {
  return !block.closes &&
         std::all_of(block.update.begin(), block.update.end(),
                     [&](const auto& one) { return Leaves(present, one.first, one.second); });
}

}  // namespace outpost::user_cases
