#include "conformance/list_seeds.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/instant.h"
#include "base/text.h"
#include "conformance/case_forms.h"

namespace outpost::tests {
namespace {

using boost::json::object;
using boost::json::value;

constexpr std::string_view kBlock =
    "<case xmlns=\"http://commcarehq.org/case/transaction/v2\" case_id=\"";

void SortByIndexedOn(std::vector<object>& documents) {
  std::sort(documents.begin(), documents.end(), [](const auto& a, const auto& b) {
    return TextIn(a, "indexed_on") < TextIn(b, "indexed_on");
  });
}

std::string FormOf(const object& document) {
  std::string xml = "<data xmlns=\"" + TextIn(document, "xmlns") + "\">";
  for (const auto& id : document.at("case_ids").as_array()) {
    xml += "<g>" + std::string(kBlock) + std::string(id.as_string()) +
           "\" date_modified=\"2024-01-01T00:00:00.000000Z\" user_id=\"u\"><create><case_type>t"
           "</case_type><case_name>n</case_name><owner_id>o</owner_id></create></case></g>";
  }
  xml += "<meta xmlns=\"http://openrosa.org/jr/xforms\"><instanceID>" + TextIn(document, "id") +
         "</instanceID>";
  for (const auto& [name, text] : document.at("metadata").as_object()) {
    xml += XmlOf(name, text);
  }
  return xml + "</meta></data>";
}

std::string FormOfCase(const object& document) {
  const auto leaf = [&](std::string_view name, std::string_view key) {
    return XmlOf(name, boost::json::string(TextIn(document, key)));
  };
  const auto* closed = document.if_contains("closed");
  return "<data xmlns=\"http://example.org/corpus\">" + std::string(kBlock) +
         TextIn(document, "id") + "\" date_modified=\"" + TextIn(document, "date_modified") +
         "\" user_id=\"" + TextIn(document, "user_id") + "\"><create>" + leaf("case_type", "type") +
         leaf("case_name", "name") + leaf("owner_id", "owner_id") + "</create><update>" +
         leaf("external_id", "external_id") + "</update>" +
         (closed != nullptr && closed->as_bool() ? "<close/>" : "") + "</case></data>";
}

void Turn(Stage& stage, const ApiAccount& account, const char* command, const std::string& id) {
  stage.admin().Run(command, {{"project", account.project()}, {"form_id", id}});
}

}  // namespace

std::string TextIn(const object& from, std::string_view key) {
  const auto* found = from.if_contains(key);
  return found == nullptr || !found->is_string() ? "" : std::string(found->get_string());
}

std::string Before(const std::string& time) { return FormatT6(*ParseDateTime(time) + -1); }

std::string XmlOf(std::string_view name, const value& json) {
  if (const auto* list = json.if_array()) {
    std::string xml;
    for (const auto& item : *list) xml += XmlOf(name, item);
    return xml;
  }
  std::string attributes;
  std::string content;
  if (const auto* members = json.if_object()) {
    for (const auto& [key, member] : *members) {
      if (key == "#type") continue;
      if (key == "#text") {
        content += EscapeMarkup(std::string_view(member.as_string()));
      } else if (key.starts_with("@")) {
        attributes += " " + std::string(key.substr(1)) + "=\"" +
                      EscapeMarkup(std::string_view(member.as_string())) + "\"";
      } else {
        content += XmlOf(key, member);
      }
    }
  } else if (json.is_string()) {
    content = EscapeMarkup(std::string_view(json.get_string()));
  }
  return "<" + std::string(name) + attributes + ">" + content + "</" + std::string(name) + ">";
}

void SeedForms(Stage& stage, ApiAccount& account, std::vector<object> documents) {
  // Those that changed later come when they were received, and are touched again later.
  for (const auto& document : documents) {
    if (TextIn(document, "server_modified_on") <= TextIn(document, "received_on")) continue;
    stage.SetClock(TextIn(document, "received_on"));
    account.SubmitAt(FormOf(document), TextIn(document, "app_id"), TextIn(document, "received_on"));
  }
  SortByIndexedOn(documents);
  for (const auto& document : documents) {
    const auto id = TextIn(document, "id");
    stage.SetClock(TextIn(document, "indexed_on"));
    if (TextIn(document, "server_modified_on") > TextIn(document, "received_on")) {
      Turn(stage, account, "form.archive", id);
      Turn(stage, account, "form.unarchive", id);
      continue;
    }
    account.SubmitAt(FormOf(document), TextIn(document, "app_id"), TextIn(document, "received_on"));
    if (document.at("archived").as_bool()) Turn(stage, account, "form.archive", id);
  }
}

void SeedCases(Stage& stage, ApiAccount& account, std::vector<object> documents) {
  SortByIndexedOn(documents);
  for (const auto& document : documents) {
    stage.SetClock(Before(TextIn(document, "indexed_on")));
    account.SubmitAt(FormOfCase(document), "app", TextIn(document, "server_date_modified"));
  }
}

void SeedCasesV2(Stage& stage, ApiAccount& account, std::vector<object> documents) {
  SortByIndexedOn(documents);
  for (const auto& document : documents) {
    stage.SetClock(Before(TextIn(document, "indexed_on")));
    account.SubmitAt(FormOfCases({document}), "app", TextIn(document, "indexed_on"));
  }
}

void SeedManyForms(ApiAccount& account, std::int64_t count, const std::string& xmlns) {
  for (std::int64_t i = 0; i < count; ++i) {
    account.Submit("<data xmlns=\"" + xmlns + "\"><n>" + std::to_string(i) + "</n></data>");
  }
}

void SeedManyCases(ApiAccount& account, std::int64_t count, const std::string& name) {
  std::vector<object> cases;
  for (std::int64_t i = 0; i < count; ++i) {
    cases.push_back({{"case_id", "c" + std::to_string(i)},
                     {"case_type", "t"},
                     {"case_name", name},
                     {"owner_id", "o"},
                     {"properties", object()}});
  }
  account.Submit(FormOfCases(cases));
}

}  // namespace outpost::tests
