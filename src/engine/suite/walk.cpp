#include "engine/suite/walk.h"

namespace outpost::suite {
namespace {

/// Calls for what is there.
class Walker {
 public:
  explicit Walker(const Visitor& visitor) : visitor_(visitor) {}

  void See(const Xpath& xpath) const {
    if (visitor_.xpath && xpath.parsed) visitor_.xpath(xpath);
  }
  void See(const Text& text) const {
    if (visitor_.text) visitor_.text(text);
    for (const TextPart& part : text.parts) {
      See(part.id);
      See(part.function);
      for (const Text& argument : part.arguments) See(argument);
      for (const TextVariable& variable : part.variables) See(variable.value);
    }
  }
  template <class Part>
  void See(const std::optional<Part>& part) const {
    if (part) See(*part);
  }
  template <class Part>
  void See(const std::vector<Part>& parts) const {
    for (const Part& part : parts) See(part);
  }
  void See(const Display& display) const {
    See(display.label), See(display.image), See(display.audio);
    See(display.badge), See(display.hint);
  }
  void See(const Assertion& assertion) const { See(assertion.test), See(assertion.text); }
  void See(const MenuCommand& command) const { See(command.relevant); }
  void See(const QueryData& data) const { See(data.nodeset), See(data.exclude), See(data.ref); }
  void See(const Post& post) const { See(post.relevant), See(post.data); }
  void See(const Itemset& itemset) const {
    See(itemset.nodeset), See(itemset.value), See(itemset.label), See(itemset.sort);
  }
  void See(const PromptRule& rule) const { See(rule.test), See(rule.message); }
  void See(const Prompt& prompt) const {
    See(prompt.default_value), See(prompt.exclude), See(prompt.display), See(prompt.itemset);
    See(prompt.required), See(prompt.validation);
  }
  void See(const PromptGroup& group) const { See(group.display); }
  void See(const Query& query) const {
    See(query.title), See(query.description), See(query.data), See(query.prompts);
    See(query.groups);
  }
  void See(const Datum& datum) const {
    See(datum.function), See(datum.nodeset), See(datum.value), See(datum.query);
  }
  void See(const StackStep& step) const { See(step.value), See(step.data), See(step.jump_url); }
  void See(const StackOperation& operation) const {
    See(operation.condition), See(operation.steps);
  }
  void See(const Menu& menu) const {
    See(menu.relevant), See(menu.display), See(menu.commands), See(menu.assertions);
  }
  void See(const Entry& entry) const {
    See(entry.display), See(entry.datums), See(entry.assertions), See(entry.post);
    See(entry.stack);
  }
  void See(const std::vector<std::pair<std::string, Text>>& configuration) const {
    for (const auto& [key, text] : configuration) See(text);
  }
  void See(const Series& series) const {
    See(series.nodeset), See(series.configuration), See(series.x), See(series.y);
    See(series.radius);
  }
  void See(const Annotation& annotation) const {
    See(annotation.x), See(annotation.y), See(annotation.text);
  }
  void See(const Graph& graph) const {
    See(graph.configuration), See(graph.series), See(graph.annotations);
  }
  void See(const Lookup& lookup) const {
    for (const auto& [key, value] : lookup.extras) See(value);
    See(lookup.field);
  }
  void See(const Sort& sort) const { See(sort.text); }
  void See(const Field& field) const {
    See(field.relevant), See(field.header), See(field.text), See(field.graph), See(field.lookup);
    See(field.sort), See(field.alt_text);
  }
  void See(const Action& action) const {
    See(action.relevant), See(action.auto_launch), See(action.display), See(action.stack);
  }
  void See(const GeoOverlay& overlay) const { See(overlay.label), See(overlay.coordinates); }
  void See(const Variable& variable) const { See(variable.function); }
  void See(const EntityGroup& group) const { See(group.function); }
  void See(const Detail& detail) const {
    See(detail.nodeset), See(detail.relevant), See(detail.title), See(detail.geo_overlays);
    See(detail.lookup), See(detail.no_items_text), See(detail.select_text), See(detail.variables);
    See(detail.focus), See(detail.actions), See(detail.group), See(detail.fields);
    See(detail.tabs);
  }
  void See(const Endpoint& endpoint) const { See(endpoint.stack); }

 private:
  const Visitor& visitor_;
};

}  // namespace

void Walk(const Text& text, const Visitor& visitor) { Walker(visitor).See(text); }
void Walk(const Menu& menu, const Visitor& visitor) { Walker(visitor).See(menu); }
void Walk(const Entry& entry, const Visitor& visitor) { Walker(visitor).See(entry); }
void Walk(const Detail& detail, const Visitor& visitor) { Walker(visitor).See(detail); }
void Walk(const Endpoint& endpoint, const Visitor& visitor) { Walker(visitor).See(endpoint); }

}  // namespace outpost::suite
