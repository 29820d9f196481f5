#include <map>
#include <set>

#include "engine/suite/detail/checks.h"

namespace outpost::suite {
namespace {

using Ids = std::set<std::string, std::less<>>;

class Checker {
 public:
  Checker(const App& app, Findings& findings) : app_(app), findings_(findings) {
    for (const Suite& suite : app.suites) {
      for (const Entry& entry : suite.entries) commands_.insert(entry.command_id);
      for (const Menu& menu : suite.menus) menus_.insert(menu.id);
      for (const Detail& detail : suite.details) details_.insert(detail.id);
      for (const Endpoint& endpoint : suite.endpoints) endpoints_.insert(endpoint.id);
    }
    for (const FormFile& form : app.forms) ++forms_[form.xmlns];
  }

  void Run() {
    for (const Suite& suite : app_.suites) {
      for (const Menu& menu : suite.menus) Check(menu);
      for (const Entry& entry : suite.entries) Check(entry);
      for (const Detail& detail : suite.details) Check(detail);
      for (const Endpoint& endpoint : suite.endpoints) Check(endpoint.stack);
    }
  }

 private:
  void Check(const Menu& menu) {
    for (const MenuCommand& command : menu.commands) {
      if (commands_.contains(command.id)) continue;
      findings_.Error(command.place, "no entry has the command \"" + command.id + "\"");
    }
    const bool has_parent =
        menu.root == kHomeMenu || menu.root == kTrainingRoot || menus_.contains(menu.root);
    if (!has_parent) {
      findings_.Warning(menu.place, "the menu \"" + menu.id + "\" stands under \"" + menu.root +
                                        "\", which is no menu: nobody can reach it");
    }
  }

  void Check(const Entry& entry) {
    if (!entry.form.empty()) CheckForm(entry);
    for (const Datum& datum : entry.datums) Check(datum);
    if (entry.post) CheckUrl(entry.post->url, entry.post->place);
    Check(entry.stack);
  }

  void CheckForm(const Entry& entry) {
    const auto found = forms_.find(entry.form);
    if (found == forms_.end()) {
      findings_.Error(entry.place, "no form has the xmlns \"" + entry.form + "\"");
    } else if (found->second > 1) {
      findings_.Error(entry.place, std::to_string(found->second) + " forms have the xmlns \"" +
                                       entry.form + "\": phones open only one of them");
    }
  }

  void Check(const Datum& datum) {
    for (const std::string* id : {&datum.detail_select, &datum.detail_confirm, &datum.detail_inline,
                                  &datum.detail_persistent}) {
      if (id->empty() || details_.contains(*id)) continue;
      findings_.Error(datum.place, "no detail has the id \"" + *id + "\"");
    }
    if (datum.query) CheckUrl(datum.query->url, datum.place);
  }

  void Check(const Detail& detail) {
    for (const Field& field : detail.fields) {
      if (!field.endpoint_action) continue;
      const EndpointAction& action = *field.endpoint_action;
      if (endpoints_.contains(action.endpoint_id)) continue;
      findings_.Error(action.place, "no endpoint has the id \"" + action.endpoint_id + "\"");
    }
    for (const Action& action : detail.actions) Check(action.stack);
    for (const Detail& tab : detail.tabs) Check(tab);
  }

  void Check(const std::vector<StackOperation>& stack) {
    for (const StackOperation& operation : stack) {
      for (const StackStep& step : operation.steps) {
        if (step.kind == StackStep::Kind::kQuery) CheckUrl(step.url, step.place);
        if (step.kind == StackStep::Kind::kCommand) CheckCommand(step);
      }
    }
  }

  /// Only commands that are written down, not computed.
  void CheckCommand(const StackStep& step) {
    std::string id = step.literal;
    if (step.value) {
      if (step.value->parsed->kind != xpath::Expression::Kind::kString) return;
      id = step.value->parsed->text;
    }
    if (commands_.contains(id) || menus_.contains(id) || id == kHomeMenu) return;
    findings_.Warning(step.place, "neither menu nor entry has the id \"" + id + "\"");
  }

  void CheckUrl(const std::string& url, const Place& place) {
    if (url.starts_with("http://") || url.starts_with("https://")) return;
    findings_.Error(place, "the URL \"" + url + "\" is not absolute");
  }

  const App& app_;
  Findings& findings_;
  Ids commands_, menus_, details_, endpoints_;
  std::map<std::string, int, std::less<>> forms_;
};

}  // namespace

void CheckReferences(const App& app, Findings& findings) { Checker(app, findings).Run(); }

}  // namespace outpost::suite
