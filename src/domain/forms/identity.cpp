#include <array>
#include <utility>

#include "domain/forms/detail/meta.h"
#include "domain/forms/form_xml.h"

namespace outpost::forms {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kRenamed = {{
    {"TimeStart", "timeStart"},
    {"TimeEnd", "timeEnd"},
    {"chw_id", "userID"},
    {"DeviceID", "deviceID"},
    {"uid", "instanceID"},
}};

std::string ChildText(const std::optional<xml::Element>& parent, std::string_view name) {
  const auto child = parent ? parent->child(name) : std::nullopt;
  return child ? std::string(child->text()) : std::string();
}

}  // namespace

std::string_view NewMetaName(std::string_view name) {
  for (const auto& [old_name, new_name] : kRenamed) {
    if (name == old_name) return new_name;
  }
  return name;
}

std::optional<xml::Element> FindMeta(const xml::Element& root) {
  const bool is_old = root.child("Meta").has_value();
  const std::string_view name = is_old ? "Meta" : "meta";
  for (auto child = root.first_child(); child; child = child->next_sibling()) {
    if (child->name() == name && IsObject(*child, root.uri())) return child;
  }
  return root.child(name);
}

FormIdentity ReadIdentity(const xml::Document& form) {
  const auto root = form.root();
  const auto meta = FindMeta(root);
  FormIdentity identity;
  identity.xmlns = root.uri();
  identity.form_id = ChildText(meta, "uid");
  if (identity.form_id.empty()) identity.form_id = ChildText(meta, "instanceID");
  identity.device_id = ChildText(meta, "deviceID");
  identity.has_old_meta = meta && meta->name() == "Meta";
  const char* user_name = identity.has_old_meta ? "user_id" : "userID";
  const auto user = meta ? meta->child(user_name) : std::nullopt;
  if (user) identity.user_id = std::string(user->text());
  return identity;
}

}  // namespace outpost::forms
