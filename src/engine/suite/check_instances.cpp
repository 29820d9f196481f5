#include <map>
#include <set>

#include "engine/suite/detail/checks.h"
#include "engine/suite/walk.h"
#include "engine/xpath/references.h"

namespace outpost::suite {
namespace {

using Ids = std::set<std::string, std::less<>>;
/// An instance and where it is first named.
using Uses = std::map<std::string, Place, std::less<>>;

/// Of one part; more make no sense and would cost without bound.
constexpr std::size_t kInstancesPerPartMax = 1'000;

Visitor Collector(Uses& uses) {
  Visitor visitor;
  visitor.xpath = [&uses](const Xpath& xpath) {
    if (uses.size() >= kInstancesPerPartMax) return;
    for (const auto& id : xpath::InstanceIds(*xpath.parsed)) uses.emplace(id, xpath.place);
  };
  return visitor;
}

template <class Part>
Uses UsesOf(const Part& part) {
  Uses uses;
  Walk(part, Collector(uses));
  return uses;
}

void Declare(const std::vector<Instance>& instances, Ids& ids) {
  for (const Instance& instance : instances) ids.insert(instance.id);
}

class Checker {
 public:
  Checker(const App& app, Findings& findings) : app_(app), findings_(findings) {
    for (const Suite& suite : app.suites) {
      for (const Menu& menu : suite.menus) {
        Declare(menu.instances, menu_scopes_[menu.id]);
        for (const MenuCommand& command : menu.commands) {
          Declare(menu.instances, command_scopes_[command.id]);
        }
        LearnFirstEntry(menu);
      }
      for (const Entry& entry : suite.entries) Learn(entry);
      for (const Detail& detail : suite.details) {
        details_.emplace(detail.id, UsesOf(detail));
        for (const Action& action : detail.actions) Attach(action.stack);
      }
      for (const Endpoint& endpoint : suite.endpoints) Learn(endpoint);
    }
  }

  void Run() {
    for (const Suite& suite : app_.suites) {
      for (const Menu& menu : suite.menus) Check(menu);
      for (const Entry& entry : suite.entries) Check(entry);
    }
  }

 private:
  /// Phones evaluate a menu with its own instances and those of the first entry in its blocks
  /// (18.5).
  void LearnFirstEntry(const Menu& menu) {
    if (menu.commands.empty() || !begun_menus_.insert(menu.id).second) return;
    const Entry* first = FindEntry(app_, menu.commands.front().id);
    if (first != nullptr) Declare(first->instances, menu_scopes_[menu.id]);
  }
  void Learn(const Entry& entry) {
    Declare(entry.instances, command_scopes_[entry.command_id]);
    Declare(entry.instances, entry_scopes_[entry.command_id]);
    for (const Datum& datum : entry.datums) {
      const bool is_attached =
          datum.kind == Datum::Kind::kQuery || datum.kind == Datum::Kind::kMultiEntity;
      if (is_attached) attached_.insert(datum.id);
    }
    Attach(entry.stack);
  }
  void Learn(const Endpoint& endpoint) {
    for (const auto& argument : endpoint.arguments) attached_.insert(argument.instance_id);
    Attach(endpoint.stack);
  }
  void Attach(const std::vector<StackOperation>& stack) {
    for (const StackOperation& operation : stack) {
      for (const StackStep& step : operation.steps) {
        const bool is_attached =
            step.kind == StackStep::Kind::kQuery || step.kind == StackStep::Kind::kInstanceDatum;
        if (is_attached) attached_.insert(step.id);
      }
    }
  }

  /// Data that steps bring along: results and inputs of searches, selections. Which step is there
  /// when, the suite does not say, so they count everywhere.
  bool IsAttached(const std::string& id) const {
    return attached_.contains(id) || id == "search-input" || id.starts_with("search-input:") ||
           id == "next_input";
  }

  const Ids& ScopeOf(const std::map<std::string, Ids, std::less<>>& scopes,
                     const std::string& id) const {
    static const Ids kNone;
    const auto found = scopes.find(id);
    return found == scopes.end() ? kNone : found->second;
  }

  void Check(const Uses& uses, const Ids& scope, const std::string& where) {
    for (const auto& [id, place] : uses) {
      if (scope.contains(id) || IsAttached(id)) continue;
      const auto key = place.file + ':' + std::to_string(place.line) + ':' + id;
      if (!told_.insert(key).second) continue;
      findings_.Error(place, "the instance \"" + id + "\" is not declared in " + where);
    }
  }

  void Check(const Menu& menu) {
    Menu without = menu;
    without.commands.clear();
    const Ids& scope = ScopeOf(menu_scopes_, menu.id);
    Check(UsesOf(without), scope, "the menu \"" + menu.id + "\" or its first entry");
    for (const MenuCommand& command : menu.commands) {
      if (!command.relevant) continue;
      // Whether a command is shown is asked with the entry's instances: those of the menu that
      // lists it do not help.
      Uses uses;
      Collector(uses).xpath(*command.relevant);
      Check(uses, ScopeOf(entry_scopes_, command.id), "the entry \"" + command.id + "\"");
    }
  }

  void Check(const Entry& entry) {
    const Ids& scope = ScopeOf(command_scopes_, entry.command_id);
    const auto where = "the entry \"" + entry.command_id + "\"";
    Check(UsesOf(entry), scope, where);
    for (const Datum& datum : entry.datums) {
      for (const std::string* id : {&datum.detail_select, &datum.detail_confirm,
                                    &datum.detail_inline, &datum.detail_persistent}) {
        const auto detail = details_.find(*id);
        if (detail != details_.end()) Check(detail->second, scope, where);
      }
    }
  }

  const App& app_;
  Findings& findings_;
  std::map<std::string, Ids, std::less<>> menu_scopes_, command_scopes_, entry_scopes_;
  std::map<std::string, Uses, std::less<>> details_;
  Ids attached_, told_, begun_menus_;
};

}  // namespace

void CheckInstances(const App& app, Findings& findings) { Checker(app, findings).Run(); }

}  // namespace outpost::suite
