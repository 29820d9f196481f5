#include "base/text.h"
#include "engine/suite/detail/readers.h"
#include "engine/suite/detail/text_reader.h"

namespace outpost::suite {
namespace {

MenuCommand ReadCommand(const Node& command) {
  return {command.RequireNonEmpty("id"), command.FindXpath("relevant"), command.place()};
}

/// The label comes first, so that it is not mistaken for one of a later element.
Display ReadFirstLabel(const Node& menu) {
  const auto first = menu.FirstChild();
  if (!first || !(first->Is("text") || first->Is("display"))) {
    menu.Refuse("must begin with <text> or <display>");
  }
  return *FindLabel(menu);
}

std::string StyleOf(const Node& menu) {
  const auto style = menu.Get("style");
  return style == "grid" || style == "list" ? style : std::string();
}

}  // namespace

Menu ReadMenu(const Node& node) {
  Menu menu;
  menu.id = node.RequireNonEmpty("id");
  if (node.Find("root")) menu.root = node.Get("root");
  menu.relevant = node.FindXpath("relevant");
  menu.style = StyleOf(node);
  menu.display = ReadFirstLabel(node);
  menu.place = node.place();
  for (const Node& child : node.Children()) {
    if (child.Is("command")) menu.commands.push_back(ReadCommand(child));
    if (ToLower(child.name()) == "instance") menu.instances.push_back(ReadInstance(child));
    if (child.Is("assertions")) menu.assertions = ReadAssertions(child);
  }
  return menu;
}

Instance ReadInstance(const Node& node) {
  return {node.RequireNonEmpty("id"), node.Require("src"), node.place()};
}

std::vector<Assertion> ReadAssertions(const Node& node) {
  std::vector<Assertion> assertions;
  for (const Node& child : node.Children()) {
    if (!child.Is("assert")) continue;
    assertions.push_back({child.RequireXpath("test"), ReadChildText(child), child.place()});
  }
  return assertions;
}

}  // namespace outpost::suite
