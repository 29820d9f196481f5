#include "operations/phones/phone_form.h"

#include "base/text.h"
#include "format/xml/write.h"

namespace outpost::phones {
namespace {

constexpr std::string_view kFormNamespace = "http://openrosa.org/formdesigner/PHONE-SIMULATOR";
constexpr std::string_view kCaseNamespace = "http://commcarehq.org/case/transaction/v2";

void AppendCreate(std::string& out, const CaseChange::Create& create) {
  out += "<create>";
  xml::AppendElement(out, "case_type", create.type);
  xml::AppendElement(out, "case_name", create.name);
  if (create.owner_id) xml::AppendElement(out, "owner_id", *create.owner_id);
  out += "</create>";
}

void AppendUpdate(std::string& out, const CaseChange& change) {
  if (!change.name && !change.owner_id && change.properties.empty()) return;
  out += "<update>";
  if (change.name) xml::AppendElement(out, "case_name", *change.name);
  if (change.owner_id) xml::AppendElement(out, "owner_id", *change.owner_id);
  for (const auto& [name, value] : change.properties) xml::AppendElement(out, name, value);
  out += "</update>";
}

void AppendIndices(std::string& out, const CaseChange& change) {
  if (change.indices.empty()) return;
  out += "<index>";
  for (const auto& index : change.indices) {
    out += "<" + index.identifier;
    xml::AppendAttribute(out, "case_type", index.target_type);
    if (index.is_extension) xml::AppendAttribute(out, "relationship", "extension");
    out += ">";
    xml::AppendText(out, index.target);
    out += "</" + index.identifier + ">";
  }
  out += "</index>";
}

void AppendBlock(std::string& out, const PhoneForm& form, const CaseChange& change) {
  out += "<case";
  xml::AppendAttribute(out, "xmlns", kCaseNamespace);
  xml::AppendAttribute(out, "case_id", change.case_id);
  xml::AppendAttribute(out, "user_id", form.user_id);
  xml::AppendAttribute(out, "date_modified", FormatT6(form.filled_on));
  out += ">";
  if (change.create) AppendCreate(out, *change.create);
  AppendUpdate(out, change);
  AppendIndices(out, change);
  if (change.closes) out += "<close/>";
  out += "</case>";
}

std::optional<std::string> Apply(const PhoneForm& form, const CaseChange& change,
                                 PhoneCases& cases) {
  const auto known = cases.find(change.case_id);
  if (change.create) {
    if (known != cases.end()) return "the case " + change.case_id + " is there already";
    PhoneCase made;
    made.type = change.create->type;
    made.name = change.create->name;
    made.owner_id = change.create->owner_id.value_or(form.user_id);
    if (made.owner_id.empty()) return "the case " + change.case_id + " has no owner";
    cases.emplace(change.case_id, std::move(made));
  } else if (known == cases.end()) {
    return "the case " + change.case_id + " is not on the phone";
  }
  auto& held = cases.find(change.case_id)->second;
  if (change.name) held.name = Trim(*change.name);
  if (change.owner_id) held.owner_id = Trim(*change.owner_id);
  for (const auto& [name, value] : change.properties) held.properties[name] = Trim(value);
  for (const auto& index : change.indices) {
    if (index.target == change.case_id) return "the case " + change.case_id + " points at itself";
    SetIndex(held, index);
  }
  held.is_closed = held.is_closed || change.closes;
  return std::nullopt;
}

void DropForRules(const PhoneForm& form, PhoneCases& cases) {
  for (const auto& change : form.changes) {
    auto& held = cases.find(change.case_id)->second;
    held.type.clear();
    held.name.clear();
    held.properties.clear();
    for (auto& index : held.indices) index.target_type.clear();
  }
}

}  // namespace

std::string RenderForm(const PhoneForm& form) {
  std::string out = "<?xml version='1.0' ?><data";
  xml::AppendAttribute(out, "xmlns", kFormNamespace);
  out += " name=\"Simulated\" uiVersion=\"1\" version=\"1\">";
  for (const auto& change : form.changes) AppendBlock(out, form, change);
  out += "<orx:meta xmlns:orx=\"http://openrosa.org/jr/xforms\">";
  xml::AppendElement(out, "orx:deviceID", form.device_id);
  xml::AppendElement(out, "orx:timeStart", FormatT6(form.filled_on));
  xml::AppendElement(out, "orx:timeEnd", FormatT6(form.filled_on));
  xml::AppendElement(out, "orx:username", form.username);
  xml::AppendElement(out, "orx:userID", form.user_id);
  xml::AppendElement(out, "orx:instanceID", form.form_id);
  return out += "</orx:meta></data>";
}

std::optional<std::string> ApplyForm(const PhoneForm& form, PhoneStore& store, Keep keep) {
  auto cases = store.cases;
  for (const auto& change : form.changes) {
    if (auto why = Apply(form, change, cases)) return why;
  }
  if (keep == Keep::kRules) DropForRules(form, cases);
  store.cases = std::move(cases);
  return std::nullopt;
}

}  // namespace outpost::phones
