#include "conformance/case_forms.h"

#include <boost/json.hpp>
#include <set>

#include "base/text.h"

namespace outpost::tests {
namespace {

using boost::json::object;

std::string TextOf(const object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  return found == nullptr || !found->is_string() ? "" : std::string(found->get_string());
}

std::string Leaf(std::string_view name, std::string_view text) {
  return "<" + std::string(name) + ">" + EscapeMarkup(text) + "</" + std::string(name) + ">";
}

std::string BlockStart(const std::string& case_id, const std::string& date) {
  return "<g><case xmlns=\"http://commcarehq.org/case/transaction/v2\" case_id=\"" +
         EscapeMarkup(case_id) + "\" date_modified=\"" +
         (date.empty() ? "2024-01-01T00:00:00.000000Z" : date) + "\" user_id=\"corpus\">";
}

std::string Create(const std::string& type, const std::string& name, const std::string& owner) {
  return "<create>" + Leaf("case_type", type) + Leaf("case_name", name) + Leaf("owner_id", owner) +
         "</create>";
}

std::string BlockOf(const object& c) {
  std::string xml = BlockStart(TextOf(c, "case_id"), TextOf(c, "last_modified"));
  xml += Create(TextOf(c, "case_type"), TextOf(c, "case_name"), TextOf(c, "owner_id"));
  xml += "<update>" + Leaf("external_id", TextOf(c, "external_id"));
  if (c.contains("date_opened")) xml += Leaf("date_opened", TextOf(c, "date_opened"));
  for (const auto& [name, value] : c.at("properties").as_object()) {
    xml += Leaf(name, value.as_string().c_str());
  }
  xml += "</update>";
  if (const auto* indices = c.if_contains("indices"); indices && !indices->as_object().empty()) {
    xml += "<index>";
    for (const auto& [name, index] : indices->as_object()) {
      xml += "<" + std::string(name) + " case_type=\"" + TextOf(index.as_object(), "case_type") +
             "\" relationship=\"" + TextOf(index.as_object(), "relationship") + "\">" +
             TextOf(index.as_object(), "case_id") + "</" + std::string(name) + ">";
    }
    xml += "</index>";
  }
  const auto* closed = c.if_contains("closed");
  if (closed != nullptr && closed->as_bool()) xml += "<close/>";
  return xml + "</case></g>";
}

}  // namespace

std::string FormOfCases(const std::vector<object>& cases) {
  std::string xml = "<data xmlns=\"http://example.org/corpus\">";
  std::set<std::string> made;
  for (const auto& c : cases) {
    xml += BlockOf(c);
    made.insert(TextOf(c, "case_id"));
  }
  for (const auto& c : cases) {
    const auto* indices = c.if_contains("indices");
    if (indices == nullptr) continue;
    for (const auto& [name, index] : indices->as_object()) {
      const auto id = TextOf(index.as_object(), "case_id");
      if (!made.insert(id).second) continue;
      xml += BlockStart(id, "") +
             Create(TextOf(index.as_object(), "case_type"), std::string(name), "corpus") +
             "</case></g>";
    }
  }
  return xml + "</data>";
}

}  // namespace outpost::tests
