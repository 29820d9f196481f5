#include "conformance/case_v2_cases.h"

#include <boost/json.hpp>

#include "conformance/api_account.h"
#include "conformance/case_forms.h"
#include "conformance/compare.h"

namespace outpost::tests {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

std::string TextOf(const object& from, std::string_view key, std::string_view absent = "") {
  const auto* found = from.if_contains(key);
  return std::string(
      found == nullptr || !found->is_string() ? absent : std::string_view(found->as_string()));
}

/// The body to send: as it stands, as text that is no JSON, or one item repeated.
std::string BodyOf(const object& entry) {
  const auto* body = entry.at("request").as_object().if_contains("body");
  if (body == nullptr) return "";
  if (entry.contains("raw_body")) return std::string(body->as_string());
  if (!entry.contains("expand_body")) return serialize(*body);
  return serialize(
      array(static_cast<std::size_t>(body->at("times").as_int64()), body->at("repeat_item")));
}

/// One request and what is expected of its answer.
class Exchange {
 public:
  Exchange(Stage& stage, const object& entry, const std::string& project)
      : stage_(stage), entry_(entry), account_(stage, project) {}

  ApiAccount& account() { return account_; }

  Findings Run() {
    const auto& request = entry_.at("request").as_object();
    const auto answer =
        account_.Send(TextOf(request, "method"), TextOf(request, "path"), BodyOf(entry_));
    if (answer.status != entry_.at("status").as_int64()) {
      Report("status is " + std::to_string(answer.status) + ": " + answer.body.substr(0, 300));
    }
    boost::json::error_code error;
    body_ = boost::json::parse(answer.body, error);
    if (error || !body_.is_object()) {
      Report("the body is no JSON object: " + answer.body.substr(0, 300));
      return findings_;
    }
    CheckErrors();
    CheckKeys();
    CheckCases();
    CheckForm();
    CheckStored();
    return findings_;
  }

 private:
  void Report(const std::string& text) { findings_.push_back(text); }
  const object& body() const { return body_.get_object(); }

  void CheckErrors() {
    const auto told = TextOf(body(), "error");
    if (entry_.contains("error") && told != TextOf(entry_, "error")) Report("error is: " + told);
    if (told.find(TextOf(entry_, "error_contains")) == std::string::npos) {
      Report("error is: " + told);
    }
    if (!told.starts_with(TextOf(entry_, "error_starts"))) Report("error is: " + told);
  }

  void CheckKeys() {
    if (const auto* keys = entry_.if_contains("response_keys")) {
      if (body().size() != keys->as_array().size())
        Report("keys are those of " + serialize(body()));
      for (const auto& key : keys->as_array()) RequireKey(key.as_string(), true);
    }
    if (const auto* exact = entry_.if_contains("body_exact")) {
      Compare("body", *exact, &body_, false, findings_);
    }
    for (const auto& [list, is_present] :
         {std::pair("present_keys", true), {"absent_keys", false}}) {
      const auto* keys = entry_.if_contains(list);
      if (keys == nullptr) continue;
      for (const auto& key : keys->as_array()) RequireKey(key.as_string(), is_present);
    }
    for (const std::string name : {"matching_records", "missing_records"}) {
      const auto* wanted = entry_.if_contains(name);
      if (wanted != nullptr) Compare(name, *wanted, body().if_contains(name), false, findings_);
    }
  }

  void RequireKey(std::string_view key, bool is_present) {
    if (body().contains(key) == is_present) return;
    Report(std::string(key) + (is_present ? " is missing" : " is there"));
  }

  void CheckCases() {
    if (const auto* wanted = entry_.if_contains("case")) {
      // A read answers the case itself, a write beside its form.
      const auto* shown = body().contains("form_id") ? body().if_contains("case") : &body_;
      CheckCase("case", wanted->as_object(), shown, false);
    }
    for (const std::string name : {"cases", "entries", "entries_exact"}) {
      const auto* wanted = entry_.if_contains(name);
      if (wanted != nullptr) CheckList(name, wanted->as_array());
    }
    const auto* ids = entry_.if_contains("ids");
    if (ids == nullptr) return;
    array shown;
    for (const auto& c : Listed()) shown.emplace_back(c.at("case_id"));
    if (shown != ids->as_array()) Report("ids are " + serialize(shown));
  }

  array Listed() const {
    const auto* cases = body().if_contains("cases");
    return cases == nullptr || !cases->is_array() ? array() : cases->get_array();
  }

  void CheckList(const std::string& name, const array& wanted) {
    const auto shown = Listed();
    if (shown.size() != wanted.size()) return Report("cases are " + serialize(shown));
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      CheckCase(name + "[" + std::to_string(i) + "]", wanted[i].as_object(), &shown[i],
                name == "entries_exact");
    }
  }

  /// Members that are given; properties and indices are compared whole.
  void CheckCase(const std::string& what, object wanted, const value* shown, bool is_exact) {
    if (shown == nullptr || !shown->is_object()) return Report(what + " is missing");
    if (is_exact) return Compare(what, wanted, shown, false, findings_);
    for (auto& [name, member] : wanted) {
      Compare(what + "." + std::string(name), Filled(member), shown->as_object().if_contains(name),
              false, findings_);
    }
  }

  /// "<case_id of cases[0]>" stands for an id that the server made.
  value Filled(const value& wanted) const {
    std::string text = serialize(wanted);
    const std::string blank = "<case_id of cases[0]>";
    const auto at = text.find(blank);
    if (at == std::string::npos) return wanted;
    const auto cases = Listed();
    const auto id = cases.empty() ? "" : TextOf(cases.front().as_object(), "case_id");
    return boost::json::parse(text.replace(at, blank.size(), id));
  }

  void CheckForm() {
    const auto* wanted = entry_.if_contains("form");
    if (wanted == nullptr) return;
    const auto form = stage_.admin().Find(
        "test.form", {{"project", account_.project()}, {"form_id", TextOf(body(), "form_id")}});
    if (!form) return Report("the form is not stored");
    const auto& shown = form->as_object();
    Compare("form.xmlns", wanted->at("xmlns"), shown.if_contains("xmlns"), false, findings_);
    const auto xml = TextOf(shown, "xml");
    const std::string device =
        "<orx:deviceID>" + std::string(ApiAccount::kUserAgent) + "</orx:deviceID>";
    if (xml.find(device) == std::string::npos) Report("the form's device id is not: " + device);
  }

  void CheckStored() {
    if (const auto* count = entry_.if_contains("cases_in_domain")) {
      const auto found =
          stage_.admin().Run("test.count", {{"table", "cases"}, {"project", account_.project()}});
      Compare("cases", *count, found.as_object().if_contains("count"), false, findings_);
    }
    const auto* by_external_id = entry_.if_contains("cases_with_external_id");
    if (by_external_id == nullptr) return;
    for (const auto& [external_id, count] : by_external_id->as_object()) {
      const auto answer = account_.Send("GET", "/case/v2/ext/" + std::string(external_id) + "/");
      const auto told = TextOf(boost::json::parse(answer.body).as_object(), "error");
      const auto ids = std::count(told.begin(), told.end(), ',') + 1;
      if (answer.status != 400 || ids != count.as_int64()) Report("external id: " + answer.body);
    }
  }

  Stage& stage_;
  const object& entry_;
  ApiAccount account_;
  value body_;
  Findings findings_;
};

}  // namespace

Findings RunCaseV2Write(Stage& stage, const value& fixtures, const object& entry, int number) {
  stage.SetClock("real");
  Exchange exchange(stage, entry, "case-v2-" + std::to_string(number));
  std::vector<object> given;
  for (const auto& name : entry.at("given").as_array()) {
    given.push_back(fixtures.at("fixtures").at(name.as_string()).as_object());
  }
  if (!given.empty()) exchange.account().Submit(FormOfCases(given));
  return exchange.Run();
}

Findings RunCaseV2Read(Stage& stage, const value& fixtures, const object& entry, int number) {
  stage.SetClock("real");
  Exchange exchange(stage, entry, "case-v2-" + std::to_string(number));
  std::vector<object> given;
  for (const auto& c : fixtures.at("cases_in_store").as_array()) given.push_back(c.as_object());
  exchange.account().Submit(FormOfCases(given));
  return exchange.Run();
}

}  // namespace outpost::tests
