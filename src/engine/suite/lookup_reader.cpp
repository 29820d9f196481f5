#include "engine/suite/detail/readers.h"
#include "engine/suite/detail/text_reader.h"

namespace outpost::suite {

Lookup ReadLookup(const Node& node) {
  Lookup lookup;
  lookup.action = node.Get("action");
  lookup.image = node.Get("image");
  lookup.name = node.Get("name");
  lookup.type = node.Get("type");
  lookup.is_auto_launched = node.IsTrue("auto_launch");
  lookup.place = node.place();
  for (const Node& child : node.Children()) {
    if (child.Is("extra")) {
      lookup.extras.emplace_back(child.RequireNonEmpty("key"), child.RequireXpath("value"));
    }
    if (child.Is("response")) lookup.responses.push_back(child.RequireNonEmpty("key"));
    if (child.Is("field")) lookup.field = {ReadField(child)};
  }
  return lookup;
}

Action ReadAction(const Node& node) {
  Action action;
  action.relevant = node.FindXpath("relevant");
  action.repeats_search = node.IsTrue("redo_last");
  action.icon = node.Get("action-bar-icon");
  action.place = node.place();
  // "true" and "false" are no names of nodes here.
  const auto launch = node.Get("auto_launch");
  action.is_auto_launched = launch == "true";
  if (launch != "true" && launch != "false") action.auto_launch = node.FindXpath("auto_launch");
  const auto display = node.Child("display");
  if (!display) node.Refuse("needs a <display>");
  action.display = ReadDisplay(*display);
  if (const auto stack = node.Child("stack")) action.stack = ReadStack(*stack);
  return action;
}

}  // namespace outpost::suite
