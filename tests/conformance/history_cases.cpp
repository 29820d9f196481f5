#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "conformance/compare.h"
#include "conformance/stage.h"
#include "support/credentials.h"

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

std::int64_t StateOf(std::string_view name) {
  constexpr std::pair<std::string_view, std::int64_t> kStates[] = {
      {"normal", 1},    {"archived", 2}, {"deprecated", 4},
      {"duplicate", 8}, {"error", 16},   {"submission_error", 32}};
  for (const auto& [known, number] : kStates) {
    if (known == name) return number;
  }
  return 0;
}

/// One case of the corpus: steps of submissions and operations, then the state they must leave.
class History {
 public:
  History(Stage& stage, const object& entry, int number) : stage_(stage), entry_(entry) {
    prefix_ = "case-" + std::to_string(number) + "-";
  }

  Findings Run() {
    for (const auto& step : entry_.at("steps").as_array()) {
      Project(TextOf(step.as_object(), "domain", "d1"));
      RunStep(step.as_object());
      ++step_;
    }
    what_ = "in the end ";
    CheckState(entry_.at("expect").as_object());
    return findings_;
  }

 private:
  std::string Project(const std::string& domain) {
    const std::string project = prefix_ + domain;
    if (projects_.insert(project).second) {
      stage_.CreateProject(project, false);
      SwitchOn(project);
    }
    return project;
  }

  void SwitchOn(const std::string& project) {
    const auto* server = entry_.if_contains("server");
    if (server == nullptr) return;
    const object settings = {{"name", project}, {"settings", *server}};
    if (!stage_.admin().Find("project.settings", settings)) {
      Report("there is no command project.settings");
    }
  }

  void Report(const std::string& text) { findings_.push_back(what_ + text); }

  void RunStep(const object& step) {
    what_ = "step " + std::to_string(step_ + 1) + ": ";
    const auto op = TextOf(step, "op");
    if (op == "submit") return Submit(step);
    if (op == "expect") return CheckState(step);
    if (step.contains("at")) stage_.SetClock(TextOf(step, "at"));
    object arguments = {{"project", Project("d1")}};
    for (const auto& [key, argument] : step) {
      if (key != "op" && key != "at") arguments[key] = argument;
    }
    const std::string command = op == "soft_delete_case" ? "case.delete" : "form." + op;
    if (!stage_.admin().Find(command, arguments)) Report("there is no command " + command);
  }

  std::string XmlOf(const object& step) {
    std::string xml =
        step.contains("xml") ? TextOf(step, "xml") : stage_.Read(TextOf(step, "file"));
    const auto* replace = step.if_contains("replace");
    if (replace == nullptr) return xml;
    for (const auto& [old_text, new_text] : replace->as_object()) {
      const std::string_view with = new_text.as_string();
      for (auto at = xml.find(std::string_view(old_text)); at != std::string::npos;
           at = xml.find(std::string_view(old_text), at + with.size())) {
        xml.replace(at, old_text.size(), with);
      }
    }
    return xml;
  }

  void Submit(const object& step) {
    stage_.SetClock(TextOf(step, "received_on"));
    Call call;
    call.method = "POST";
    call.target = "/a/" + Project(TextOf(step, "domain", "d1")) + "/receiver/";
    call.headers = {{"X-OpenRosa-Version", TextOf(step, "openrosa", "3.0")}};
    SetMultipart(call, {{"xml_submission_file", "form.xml", "text/xml", XmlOf(step)}});
    CheckAnswer(step.at("expect").as_object(), stage_.client().Send(call));
  }

  void CheckAnswer(const object& expect, const Answer& answer) {
    const auto envelope = ReadEnvelope(answer.body);
    if (answer.status != expect.at("status").as_int64()) {
      Report("status is " + std::to_string(answer.status) + ": " + answer.body.substr(0, 300));
    }
    if (envelope.nature != TextOf(expect, "nature", envelope.nature)) {
      Report("nature is " + envelope.nature + ": " + envelope.message);
    }
    if (envelope.message != TextOf(expect, "message", envelope.message)) {
      Report("message is: " + envelope.message);
    }
    if (envelope.message.find(TextOf(expect, "message_contains")) == std::string::npos) {
      Report("message is: " + envelope.message);
    }
    const auto form_id = answer.Header("X-CommCareHQ-FormID").value_or("");
    if (const auto* wanted = expect.if_contains("form_id")) {
      const bool is_right = IsDescription(*wanted)
                                ? !form_id.empty() && !form_ids_.contains(form_id)
                                : std::string_view(wanted->as_string()) == form_id;
      if (!is_right) Report("form id is \"" + form_id + "\", expected " + serialize(*wanted));
    }
    form_ids_.insert(form_id);
  }

  void CheckState(const object& expect) {
    if (const auto* cases = expect.if_contains("cases")) {
      for (const auto& [id, wanted] : cases->as_object()) CheckCase(id, wanted.as_object());
    }
    if (const auto* absent = expect.if_contains("absent_cases")) {
      for (const auto& id : absent->as_array()) {
        if (FindCase(id.as_string())) Report("the case " + serialize(id) + " exists");
      }
    }
    if (const auto* forms = expect.if_contains("forms")) {
      for (const auto& [id, wanted] : forms->as_object()) CheckForm(id, wanted.as_object());
    }
    if (const auto* ledgers = expect.if_contains("ledgers")) {
      for (const auto& wanted : ledgers->as_array()) CheckLedger(wanted.as_object());
    }
    for (const std::string key : {"closed", "open"}) {
      const auto* ids = expect.if_contains(key);
      if (ids == nullptr) continue;
      for (const auto& id : ids->as_array()) {
        CheckCase(id.as_string(), {{"closed", key == "closed"}});
        if (key == "closed") CheckClosings(id.as_string(), expect);
      }
    }
  }

  std::optional<value> FindCase(std::string_view case_id) {
    return stage_.admin().Find("test.case", {{"project", Project("d1")}, {"case_id", case_id}});
  }

  void CheckCase(std::string_view case_id, object wanted) {
    const auto found = FindCase(case_id);
    if (!found) return Report("the case " + std::string(case_id) + " does not exist");
    const auto& fields = found->as_object();
    if (const auto* absent = wanted.if_contains("absent_properties")) {
      for (const auto& name : absent->as_array()) {
        if (fields.at("properties").as_object().contains(name.as_string())) {
          Report("the property " + serialize(name) + " exists");
        }
      }
      wanted.erase("absent_properties");
    }
    const auto* complete = entry_.if_contains("properties_complete");
    const bool is_partial = complete == nullptr || !complete->as_bool();
    for (const auto& [name, field] : wanted) {
      Compare(what_ + "case " + std::string(case_id) + " " + std::string(name), field,
              fields.if_contains(name), is_partial, findings_);
    }
  }

  /// Each closed case has been closed by exactly so many forms.
  void CheckClosings(std::string_view case_id, const object& expect) {
    constexpr std::int64_t kCloseBit = 256;
    const auto found = FindCase(case_id);
    if (!found) return;
    const auto& transactions = found->at("transactions").as_array();
    const auto closings =
        std::count_if(transactions.begin(), transactions.end(), [](const value& transaction) {
          return (transaction.at("type").as_int64() & kCloseBit) != 0;
        });
    if (closings != expect.at("closing_forms_per_closed_case").as_int64()) {
      Report("the case " + std::string(case_id) + " was closed by " + std::to_string(closings) +
             " forms");
    }
  }

  void CheckForm(std::string_view form_id, const object& wanted) {
    const auto found = stage_.admin().Find(
        "test.form", {{"project", Project(TextOf(wanted, "domain", "d1"))}, {"form_id", form_id}});
    if (!found) return Report("the form " + std::string(form_id) + " is not stored");
    const auto& form = found->as_object();
    if (wanted.contains("state") &&
        form.at("state").as_int64() != StateOf(TextOf(wanted, "state"))) {
      Report("the form " + std::string(form_id) + " is in state " + serialize(form.at("state")));
    }
    if (wanted.contains("xmlns") && form.at("xmlns") != wanted.at("xmlns")) {
      Report("the form's xmlns is " + serialize(form.at("xmlns")));
    }
    if (const auto* operations = wanted.if_contains("history")) {
      array found_operations;
      for (const auto& entry : form.at("history").as_array()) {
        found_operations.push_back(entry.at("operation"));
      }
      if (found_operations != operations->as_array()) {
        Report("the form's history is " + serialize(form.at("history")));
      }
    }
    if (wanted.contains("has_deprecated_form")) CheckDeprecated(form_id, form);
  }

  void CheckDeprecated(std::string_view form_id, const object& form) {
    const auto old = stage_.admin().Find(
        "test.form",
        {{"project", Project("d1")}, {"form_id", TextOf(form, "deprecated_form_id", "-")}});
    if (!old || old->at("state") != StateOf("deprecated") ||
        TextOf(old->as_object(), "orig_id") != form_id) {
      Report("the old version of " + std::string(form_id) + " is not there as deprecated");
    }
  }

  void CheckLedger(const object& wanted) {
    const auto case_id = TextOf(wanted, "case_id");
    const auto ledgers =
        stage_.admin().Find("test.ledgers", {{"project", Project("d1")}, {"case_id", case_id}});
    const auto* is_absent = wanted.if_contains("absent");
    if (!ledgers) return Report("there is no ledger of the case " + case_id);
    for (const auto& found : ledgers->as_array()) {
      if (found.at("section_id") != wanted.at("section_id") ||
          found.at("entry_id") != wanted.at("entry_id")) {
        continue;
      }
      if (is_absent != nullptr) return Report("the ledger of " + case_id + " exists");
      object fields = wanted;
      object stored = found.as_object();
      if (fields.erase("by_report_date") > 0) {
        stored["transactions"] = stored.at("transactions_by_report_date");
      }
      const value shown = std::move(stored);
      return Compare(what_ + "ledger", fields, &shown, true, findings_);
    }
    if (is_absent == nullptr) Report("the ledger of " + case_id + " does not exist");
  }

  Stage& stage_;
  const object& entry_;
  std::string prefix_;
  int step_ = 0;
  std::string what_;
  Findings findings_;
  std::set<std::string> projects_;
  std::set<std::string> form_ids_;
};

}  // namespace

Findings RunHistoryCase(Stage& stage, const object& entry, int number) {
  return History(stage, entry, number).Run();
}

}  // namespace outpost::tests
