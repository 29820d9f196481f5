#include "insight/app_report/navigation.h"

#include <set>

#include "insight/app_report/labels.h"

namespace outpost::app_report {
namespace {

using namespace suite;
using Kind = Box::Kind;

class Maker {
 public:
  explicit Maker(const App& app) : app_(app) {}

  Navigation Run() {
    const auto& profile = app_.profile;
    drawing_.title = (profile.name.empty() ? "App without name" : profile.name) + ", version " +
                     std::to_string(profile.version);
    Menus();
    Group("Beside the menus", EntriesBesideMenus(app_));
    Links();
    if (left_out_ != 0) {
      Root({Kind::kMissing, std::to_string(left_out_) + " more are left out", {}, {}, {}});
    }
    return std::move(drawing_);
  }

 private:
  std::size_t Add(Box box) {
    drawing_.boxes.push_back(std::move(box));
    return drawing_.boxes.size() - 1;
  }
  std::size_t Root(Box box) {
    const auto root = Add(std::move(box));
    drawing_.roots.push_back(root);
    return root;
  }
  std::size_t Hang(std::size_t on, Box box) {
    const auto added = Add(std::move(box));
    drawing_.boxes[on].next.push_back(added);
    return added;
  }
  bool IsFull() {
    if (drawing_.boxes.size() < kBoxesMax) return false;
    ++left_out_;
    return true;
  }

  /// MenusInOrder tells a menu right after its parent and the siblings before it.
  void Menus() {
    std::vector<std::size_t> path{Root({Kind::kHome, "Home", {}, {}, {}})};
    for (const MenuPlace& place : MenusInOrder(app_)) {
      if (IsFull()) continue;
      const auto blocks = MenuBlocks(app_, place.id);
      if (place.id == kHomeMenu) {
        Commands(path.front(), blocks);
        continue;
      }
      Box box{Kind::kMenu, LabelOf(app_, blocks.front()->display.label), place.id, {}, {}};
      if (blocks.front()->relevant) box.note = "if " + blocks.front()->relevant->text;
      std::size_t menu = 0;
      if (place.is_reached) {
        path.resize(static_cast<std::size_t>(place.depth) + 1);
        menu = Hang(path.back(), std::move(box));
        path.push_back(menu);
      } else {
        box.note = "not reached from home";
        menu = Root(std::move(box));
      }
      Commands(menu, blocks);
    }
  }

  void Commands(std::size_t menu, const std::vector<const Menu*>& blocks) {
    for (const Menu* block : blocks) {
      for (const MenuCommand& command : block->commands) {
        if (IsFull()) continue;
        const auto* entry = FindEntry(app_, command.id);
        if (entry == nullptr) {
          Hang(menu, {Kind::kMissing, "no such entry", command.id, {}, {}});
        } else {
          Draw(menu, *entry, command.relevant ? "if " + command.relevant->text : "");
        }
      }
    }
  }

  void Draw(std::size_t on, const Entry& entry, std::string condition) {
    const auto title = LabelOf(app_, entry.display.label);
    if (!drawn_.insert(entry.command_id).second) {
      Hang(on, {Kind::kAgain, title, entry.command_id, "drawn elsewhere", {}});
      return;
    }
    auto last = Hang(on, {Kind::kEntry, title, entry.command_id, std::move(condition), {}});
    std::size_t steps = 0;
    for (const Datum& datum : entry.datums) {
      const bool is_computed =
          datum.kind == Datum::Kind::kComputed || datum.kind == Datum::Kind::kFormId;
      if (is_computed) continue;
      if (++steps > kStepsMax) {
        last = Hang(last, {Kind::kMissing, "more steps are left out", {}, {}, {}});
        break;
      }
      if (datum.query) {
        last = Hang(last, {Kind::kSearch,
                           SearchTitle(*datum.query),
                           datum.id,
                           Questions(datum.query->prompts.size()),
                           {}});
      } else {
        last = Hang(last, ListOf(datum));
      }
    }
    Finish(last, entry);
  }

  static std::string Questions(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " question" : " questions");
  }

  std::string SearchTitle(const Query& query) const {
    const auto title = LabelOf(app_, query.title);
    return title.empty() ? "Search" : title;
  }

  Box ListOf(const Datum& datum) const {
    Box box{Kind::kList, "List", datum.id, {}, {}};
    const auto* detail = FindDetail(app_, datum.detail_select);
    if (detail != nullptr) {
      box.title = LabelOf(app_, detail->title.label);
      box.note = datum.detail_select;
    } else if (!datum.detail_select.empty()) {
      box = {Kind::kMissing, "no such detail", datum.detail_select, {}, {}};
    }
    if (box.title.empty()) box.title = datum.id;
    if (datum.is_auto_selected) box.note = "taken where there is one";
    return box;
  }

  void Finish(std::size_t last, const Entry& entry) {
    std::string after;
    for (const StackOperation& operation : entry.stack) {
      if (operation.steps.empty()) continue;
      after += (after.empty() ? "then " : "; ") + StepsOf(operation);
    }
    if (!entry.form.empty()) {
      const auto* form = FindForm(app_, entry.form);
      Hang(last, form == nullptr ? Box{Kind::kMissing, "no such form", entry.form, after, {}}
                                 : Box{Kind::kForm, form->title, form->path, after, {}});
    } else if (entry.post) {
      Hang(last, {Kind::kForm, "Claim", entry.post->url, after, {}});
    } else if (!after.empty()) {
      Hang(last, {Kind::kLink, "Goes on", {}, after, {}});
    }
  }

  void Group(const char* heading, const std::vector<const Entry*>& entries) {
    if (entries.empty()) return;
    const auto group = Root({Kind::kLink, heading, {}, {}, {}});
    for (const Entry* entry : entries) {
      if (!IsFull()) Draw(group, *entry, {});
    }
  }

  void Links() {
    std::vector<const Endpoint*> endpoints;
    for (const Suite& suite : app_.suites) {
      for (const Endpoint& endpoint : suite.endpoints) endpoints.push_back(&endpoint);
    }
    if (endpoints.empty()) return;
    const auto group = Root({Kind::kLink, "Links into the app", {}, {}, {}});
    for (const Endpoint* endpoint : endpoints) {
      if (IsFull()) continue;
      std::string steps;
      for (const StackOperation& operation : endpoint->stack) {
        steps += (steps.empty() ? "to " : "; ") + StepsOf(operation);
      }
      Hang(group, {Kind::kLink, endpoint->id, {}, std::move(steps), {}});
    }
  }

  const App& app_;
  Navigation drawing_;
  std::set<std::string> drawn_;
  std::size_t left_out_ = 0;
};

}  // namespace

Navigation MakeNavigation(const App& app) { return Maker(app).Run(); }

}  // namespace outpost::app_report
