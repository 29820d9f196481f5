#include "engine/suite/detail/readers.h"
#include "engine/suite/detail/text_reader.h"

namespace outpost::suite {
namespace {

Itemset ReadItemset(const Node& node) {
  Itemset itemset;
  itemset.nodeset = node.RequirePath("nodeset");
  const auto value = node.Child("value");
  const auto label = node.Child("label");
  if (!value || !label) node.Refuse("needs a <value> and a <label>");
  itemset.value = value->RequireXpath("ref");
  itemset.label = label->RequireXpath("ref");
  if (const auto sort = node.Child("sort")) itemset.sort = sort->RequireXpath("ref");
  return itemset;
}

PromptRule ReadRule(const Node& node) {
  PromptRule rule;
  rule.test = node.RequireXpath("test");
  for (const Node& child : node.Children()) {
    if (!child.Is("text")) child.Refuse("is not known in <" + std::string(node.name()) + ">");
    rule.message = ReadTextBody(child);
  }
  return rule;
}

void TakePromptChild(const Node& child, Prompt& prompt) {
  if (child.Is("display")) prompt.display = ReadDisplay(child);
  if (child.Is("itemset")) prompt.itemset = ReadItemset(child);
  if (child.Is("required")) {
    if (prompt.required) child.Refuse("stands beside another rule of the same kind");
    prompt.required = ReadRule(child);
  }
  if (child.Is("validation")) prompt.validation = ReadRule(child);
}

}  // namespace

Query ReadQuery(const Node& node) {
  Query query;
  query.url = node.RequireNonEmpty("url");
  query.storage_instance = node.RequireNonEmpty("storage-instance");
  query.result_template = node.Get("template");
  query.runs_at_once = node.IsTrue("default_search");
  query.searches_while_typing = node.IsTrue("dynamic_search");
  query.searches_on_clear = node.IsTrue("search_on_clear");
  for (const Node& child : node.Children()) {
    if (child.Is("title")) query.title = ReadChildText(child);
    if (child.Is("description")) query.description = ReadChildText(child);
    if (child.Is("data")) query.data.push_back(ReadQueryData(child));
    if (child.Is("prompt")) query.prompts.push_back(ReadPrompt(child));
    if (child.Is("group")) query.groups.push_back(ReadPromptGroup(child));
  }
  return query;
}

Prompt ReadPrompt(const Node& node) {
  Prompt prompt;
  prompt.key = node.RequireNonEmpty("key");
  prompt.input = node.Get("input");
  prompt.appearance = node.Get("appearance");
  prompt.receive = node.Get("receive");
  prompt.is_hidden = node.IsTrue("hidden");
  prompt.allows_blank = node.IsTrue("allow_blank_value");
  prompt.default_value = node.FindXpath("default");
  prompt.exclude = node.FindXpath("exclude");
  if (const auto required = node.FindXpath("required")) prompt.required = {*required, {}};
  prompt.group_key = node.Get("group_key");
  prompt.place = node.place();
  for (const Node& child : node.Children()) TakePromptChild(child, prompt);
  return prompt;
}

PromptGroup ReadPromptGroup(const Node& node) {
  const auto display = node.Child("display");
  auto key = node.RequireNonEmpty("key");
  if (!display) node.Refuse("needs a <display>");
  return {std::move(key), ReadDisplay(*display)};
}

}  // namespace outpost::suite
