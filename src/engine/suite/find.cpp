#include "engine/suite/app.h"

namespace outpost::suite {
namespace {

template <class Part, class IdOf>
const Part* Find(const App& app, std::vector<Part> Suite::*parts, const IdOf& id_of,
                 std::string_view id) {
  for (const Suite& suite : app.suites) {
    for (const Part& part : suite.*parts) {
      if (id_of(part) == id) return &part;
    }
  }
  return nullptr;
}

}  // namespace

const Entry* FindEntry(const App& app, std::string_view command_id) {
  return Find(
      app, &Suite::entries, [](const Entry& e) { return e.command_id; }, command_id);
}

const Detail* FindDetail(const App& app, std::string_view id) {
  return Find(
      app, &Suite::details, [](const Detail& d) { return d.id; }, id);
}

const Endpoint* FindEndpoint(const App& app, std::string_view id) {
  return Find(
      app, &Suite::endpoints, [](const Endpoint& e) { return e.id; }, id);
}

std::vector<const Menu*> MenuBlocks(const App& app, std::string_view id) {
  std::vector<const Menu*> blocks;
  for (const Suite& suite : app.suites) {
    for (const Menu& menu : suite.menus) {
      if (menu.id == id) blocks.push_back(&menu);
    }
  }
  return blocks;
}

std::string MenuStyle(const App& app, std::string_view id) {
  std::string style;
  for (const Menu* block : MenuBlocks(app, id)) {
    if (block->style.empty()) continue;
    if (!style.empty() && style != block->style) return {};
    style = block->style;
  }
  return style;
}

bool HasErrors(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    if (finding.severity == Finding::Severity::kError) return true;
  }
  return false;
}

}  // namespace outpost::suite
