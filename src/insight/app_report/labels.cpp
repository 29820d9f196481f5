#include "insight/app_report/labels.h"

#include <map>
#include <set>

#include "base/text.h"

namespace outpost::app_report {
namespace {

using namespace suite;

std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!is_blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  return std::string(Trim(line));
}

std::string PartOf(const App& app, const TextPart& part) {
  if (part.kind == TextPart::Kind::kLiteral) return part.text;
  if (part.kind == TextPart::Kind::kXpath) return "{" + part.function.text + "}";
  if (part.id) return "{" + LabelOf(app, *part.id) + "}";
  const auto strings = app.strings.find("default");
  if (strings == app.strings.end()) return part.text;
  const auto found = strings->second.find(part.text);
  if (found == strings->second.end()) return part.text;
  std::vector<std::string> arguments;
  for (const Text& argument : part.arguments) arguments.push_back(LabelOf(app, argument));
  return FillArguments(found->second, arguments);
}

/// Menus below one, in document order.
using Children = std::map<std::string, std::vector<std::string>, std::less<>>;

Children ChildrenOf(const App& app) {
  Children children;
  std::set<std::string> seen;
  for (const Suite& suite : app.suites) {
    for (const Menu& menu : suite.menus) {
      if (seen.insert(menu.id).second) children[menu.root].push_back(menu.id);
    }
  }
  return children;
}

void Descend(const Children& children, const std::string& parent, int depth,
             std::set<std::string>& seen, std::vector<MenuPlace>& places) {
  const auto found = children.find(parent);
  if (found == children.end() || depth > kMenuDepthMax) return;
  for (const auto& id : found->second) {
    if (!seen.insert(id).second) continue;
    places.push_back({id, depth, true});
    Descend(children, id, depth + 1, seen, places);
  }
}

}  // namespace

std::string LabelOf(const App& app, const Text& text) {
  std::string label;
  for (const TextPart& part : text.parts) label += PartOf(app, part);
  return OneLine(label);
}

std::string LabelOf(const App& app, const std::optional<Text>& text) {
  return text ? LabelOf(app, *text) : std::string();
}

std::string_view NameOf(Datum::Kind kind) {
  static constexpr std::string_view kNames[] = {"computed", "entity", "multi-entity", "form",
                                                "query"};
  return kNames[static_cast<int>(kind)];
}

std::string_view NameOf(Entry::Kind kind) {
  static constexpr std::string_view kNames[] = {"form", "view", "remote-request"};
  return kNames[static_cast<int>(kind)];
}

std::string_view NameOf(Sort::Type type) {
  static constexpr std::string_view kNames[] = {"string", "int", "double"};
  return kNames[static_cast<int>(type)];
}

std::string_view NameOf(Finding::Severity level) {
  return level == Finding::Severity::kError ? "error" : "warning";
}

const FormFile* FindForm(const App& app, std::string_view xmlns) {
  for (const FormFile& form : app.forms) {
    if (form.xmlns == xmlns) return &form;
  }
  return nullptr;
}

std::string ContentOf(const App& app, const Field& field) {
  if (field.graph) return "graph (" + field.graph->type + ")";
  if (field.lookup) return "call of " + field.lookup->action;
  return LabelOf(app, field.text);
}

std::string SortingOf(const Field& field) {
  if (!field.sort || !field.sort->order || *field.sort->order < 1) return {};
  const Sort& sort = *field.sort;
  return std::to_string(*sort.order) + " " + std::string(NameOf(sort.type)) +
         (sort.is_descending ? " descending" : " ascending") +
         (sort.has_blanks_last ? ", blanks last" : ", blanks first");
}

std::string StepsOf(const StackOperation& operation) {
  std::string steps;
  for (const StackStep& step : operation.steps) {
    if (!steps.empty()) steps += ", ";
    const std::string value = step.value ? step.value->text : step.literal;
    switch (step.kind) {
      case StackStep::Kind::kCommand:
        steps += value;
        break;
      case StackStep::Kind::kDatum:
      case StackStep::Kind::kInstanceDatum:
        steps += step.id + " = " + value;
        break;
      case StackStep::Kind::kQuery:
        steps += "search " + step.id;
        break;
      case StackStep::Kind::kMark:
        steps += "mark";
        break;
      case StackStep::Kind::kRewind:
        steps += "back to the mark with " + value;
        break;
      case StackStep::Kind::kJump:
        steps += "leave the app";
        break;
    }
  }
  return OneLine(steps);
}

std::vector<MenuPlace> MenusInOrder(const App& app) {
  const auto children = ChildrenOf(app);
  std::vector<MenuPlace> places;
  std::set<std::string> seen;
  if (!MenuBlocks(app, kHomeMenu).empty()) {
    seen.emplace(kHomeMenu);
    places.push_back({std::string(kHomeMenu), 0, true});
  }
  for (const auto root : {kHomeMenu, kTrainingRoot}) {
    Descend(children, std::string(root), 0, seen, places);
  }
  for (const Suite& suite : app.suites) {
    for (const Menu& menu : suite.menus) {
      if (seen.insert(menu.id).second) places.push_back({menu.id, 0, false});
    }
  }
  return places;
}

std::vector<const Entry*> EntriesBesideMenus(const App& app) {
  std::set<std::string, std::less<>> commands;
  for (const Suite& suite : app.suites) {
    for (const Menu& menu : suite.menus) {
      for (const MenuCommand& command : menu.commands) commands.insert(command.id);
    }
  }
  std::vector<const Entry*> entries;
  for (const Suite& suite : app.suites) {
    for (const Entry& entry : suite.entries) {
      if (!commands.contains(entry.command_id)) entries.push_back(&entry);
    }
  }
  return entries;
}

std::vector<std::string> MissingKeys(const App& app, std::string_view language) {
  std::vector<std::string> missing;
  const auto all = app.strings.find("default");
  const auto own = app.strings.find(std::string(language));
  if (all == app.strings.end() || own == app.strings.end()) return missing;
  for (const auto& [key, value] : all->second) {
    if (!own->second.contains(key)) missing.push_back(key);
  }
  return missing;
}

}  // namespace outpost::app_report
