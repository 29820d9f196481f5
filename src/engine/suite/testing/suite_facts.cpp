#include "engine/suite/testing/suite_facts.h"

namespace outpost::suite::facts {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

template <class Part>
array ListOf(const std::vector<Part>& parts);

value Of(const std::optional<Xpath>& xpath) { return xpath ? value(xpath->text) : value(nullptr); }
value Of(const std::optional<Text>& text) { return text ? facts::Of(*text) : value(nullptr); }

value OfPart(const TextPart& part) {
  object fact;
  if (part.kind == TextPart::Kind::kLiteral) fact["literal"] = part.text;
  if (part.kind == TextPart::Kind::kLocale) {
    if (part.id) {
      fact["locale_id_computed"] = true;
    } else {
      fact["locale"] = part.text;
    }
    if (!part.arguments.empty()) fact["arguments"] = part.arguments.size();
  }
  if (part.kind == TextPart::Kind::kXpath) {
    fact["xpath"] = part.function.text;
    array names;
    for (const auto& variable : part.variables) names.emplace_back(variable.name);
    fact["variables"] = names;
  }
  return fact;
}

value Of(const Display& display) {
  return object{{"text", Of(display.label)},
                {"image", Of(display.image)},
                {"audio", Of(display.audio)},
                {"badge", Of(display.badge)},
                {"hint", Of(display.hint)}};
}

const char* NameOf(ResourceKind kind) { return ElementOf(kind).data(); }

array LocationsOf(const Resource& resource) {
  array locations;
  for (const auto& location : resource.locations) {
    locations.push_back(array{location.is_local ? "local" : "remote", location.uri});
  }
  return locations;
}

value Of(const Resource& resource) {
  return object{{"kind", NameOf(resource.kind)}, {"id", resource.id},
                {"version", resource.version},   {"descriptor", resource.descriptor},
                {"lazy", resource.is_lazy},      {"locations", LocationsOf(resource)},
                {"language", resource.language}, {"path", resource.media_path}};
}

object InstancesOf(const std::vector<Instance>& instances) {
  object fact;
  for (const auto& instance : instances) fact[instance.id] = instance.src;
  return fact;
}

value Of(const Assertion& assertion) { return object{{"test", assertion.test.text}}; }
value Of(const MenuCommand& command) {
  return object{{"id", command.id}, {"relevant", Of(command.relevant)}};
}
value Of(const QueryData& data) {
  return object{{"key", data.key},
                {"ref", data.ref.text},
                {"exclude", Of(data.exclude)},
                {"nodeset", Of(data.nodeset)}};
}

value Of(const Menu& menu) {
  return object{{"id", menu.id},
                {"root", menu.root},
                {"relevant", Of(menu.relevant)},
                {"style", menu.style},
                {"display", Of(menu.display)},
                {"commands", ListOf(menu.commands)},
                {"instances", InstancesOf(menu.instances)},
                {"assertions", ListOf(menu.assertions)}};
}

value Of(const Prompt& prompt) {
  object fact{{"key", prompt.key},
              {"input", prompt.input},
              {"appearance", prompt.appearance},
              {"receive", prompt.receive},
              {"hidden", prompt.is_hidden},
              {"allow_blank_value", prompt.allows_blank},
              {"default", Of(prompt.default_value)},
              {"exclude", Of(prompt.exclude)},
              {"group_key", prompt.group_key},
              {"display", Of(prompt.display)}};
  if (prompt.required && prompt.required->message) {
    fact["required_test"] = prompt.required->test.text;
    fact["required_text"] = Of(prompt.required->message);
  } else if (prompt.required) {
    fact["required"] = prompt.required->test.text;
  }
  if (prompt.validation) {
    fact["validation_test"] = prompt.validation->test.text;
    fact["validation_text"] = Of(prompt.validation->message);
  }
  if (prompt.itemset) {
    fact["itemset"] = object{{"nodeset", prompt.itemset->nodeset.text},
                             {"value", prompt.itemset->value.text},
                             {"label", prompt.itemset->label.text},
                             {"sort", Of(prompt.itemset->sort)}};
  }
  return fact;
}

value Of(const PromptGroup& group) {
  return object{{"key", group.key}, {"display", Of(group.display)}};
}

object Of(const Query& query) {
  return object{{"url", query.url},
                {"storage-instance", query.storage_instance},
                {"template", query.result_template},
                {"default_search", query.runs_at_once},
                {"dynamic_search", query.searches_while_typing},
                {"search_on_clear", query.searches_on_clear},
                {"title", Of(query.title)},
                {"description", Of(query.description)},
                {"data", ListOf(query.data)},
                {"prompts", ListOf(query.prompts)},
                {"groups", ListOf(query.groups)}};
}

value Of(const Datum& datum) {
  static const char* const kKinds[] = {"computed", "entity", "multi-entity", "form", "query"};
  object fact = datum.query ? Of(*datum.query) : object{{"id", datum.id}};
  fact["kind"] = kKinds[static_cast<int>(datum.kind)];
  fact["function"] = datum.function.text;
  fact["nodeset"] = datum.nodeset.text;
  fact["value"] = datum.value.text;
  fact["detail-select"] = datum.detail_select;
  fact["detail-confirm"] = datum.detail_confirm;
  fact["detail-inline"] = datum.detail_inline;
  fact["detail-persistent"] = datum.detail_persistent;
  fact["autoselect"] = datum.is_auto_selected;
  if (datum.selected_max != kSelectedEntitiesMax) fact["max-select-value"] = datum.selected_max;
  return fact;
}

value Of(const StackStep& step) {
  static const char* const kSteps[] = {"command", "datum", "instance-datum", "query", "mark",
                                       "rewind",  "jump"};
  object fact{{"step", kSteps[static_cast<int>(step.kind)]},
              {"id", step.id},
              {"value_expr", Of(step.value)},
              {"value_text", step.literal},
              {"data", ListOf(step.data)}};
  fact["url"] = step.jump_url ? facts::Of(*step.jump_url) : value(step.url);
  return fact;
}

value Of(const StackOperation& operation) {
  static const char* const kOperations[] = {"create", "push", "clear"};
  return object{{"op", kOperations[static_cast<int>(operation.kind)]},
                {"if", Of(operation.condition)},
                {"steps", ListOf(operation.steps)}};
}

value Of(const EndpointArgument& argument) {
  return object{{"id", argument.id},
                {"instance-id", argument.instance_id},
                {"instance-src", argument.instance_src}};
}

value Of(const Endpoint& endpoint) {
  object fact{{"id", endpoint.id},
              {"arguments", ListOf(endpoint.arguments)},
              {"stack", ListOf(endpoint.stack)}};
  if (!endpoint.respects_relevancy) fact["respect-relevancy"] = "false";
  return fact;
}

value Of(const Fixture& fixture) {
  return object{{"id", fixture.id}, {"user_id", fixture.user_id}};
}

/// As the facts have them after Normalized: with what the attributes mean.
value Of(const Sort& sort) {
  static const char* const kTypes[] = {"string", "int", "double"};
  object fact{{"type", kTypes[static_cast<int>(sort.type)]},
              {"direction", sort.is_descending ? "descending" : "ascending"},
              {"blanks", sort.has_blanks_last ? "last" : "first"}};
  if (sort.order) fact["order"] = *sort.order;
  return fact;
}

value Of(const Graph& graph) {
  array series;
  for (const auto& one : graph.series) series.emplace_back(one.nodeset.text);
  return object{{"graph", object{{"type", graph.type}}}, {"series", series}};
}

value Of(const Lookup& lookup) {
  object extras;
  for (const auto& [key, xpath] : lookup.extras) extras[key] = xpath.text;
  array responses(lookup.responses.begin(), lookup.responses.end());
  return object{{"name", lookup.name},
                {"action", lookup.action},
                {"image", lookup.image},
                {"type", lookup.type},
                {"extras", extras},
                {"responses", responses},
                {"has_field", !lookup.field.empty()}};
}

void AddStyle(const Field& field, object& fact) {
  if (!field.style) return;
  const Style& style = *field.style;
  fact["style"] =
      object{{"font-size", style.font_size},      {"horz-align", style.horizontal},
             {"vert-align", style.vertical},      {"css-id", style.css_id},
             {"show-border", style.shows_border}, {"show-shading", style.shows_shading}};
  fact["grid"] = array{style.grid.x, style.grid.y, style.grid.width, style.grid.height};
}

value Of(const Field& field) {
  object fact{{"relevant", Of(field.relevant)},    {"print-id", field.print_id},
              {"cache_enabled", field.is_cached},  {"lazy_loading", field.is_lazy},
              {"header", facts::Of(field.header)}, {"header_width", field.header_width},
              {"template_form", field.form},       {"template_width", field.width},
              {"alt_text", Of(field.alt_text)}};
  fact["template"] = field.graph ? Of(*field.graph) : Of(field.text);
  if (field.sort) fact["sort"] = Of(*field.sort);
  if (field.endpoint_action) {
    fact["endpoint_action"] = object{{"endpoint_id", field.endpoint_action->endpoint_id},
                                     {"background", field.endpoint_action->runs_in_background}};
  }
  AddStyle(field, fact);
  return fact;
}

value Of(const Action& action) {
  object fact{{"relevant", Of(action.relevant)},
              {"redo_last", action.repeats_search},
              {"display", Of(action.display)},
              {"stack", ListOf(action.stack)}};
  fact["auto_launch"] =
      action.auto_launch ? value(action.auto_launch->text) : value(action.is_auto_launched);
  return fact;
}

template <class Part>
array ListOf(const std::vector<Part>& parts) {
  array list;
  for (const Part& part : parts) list.push_back(Of(part));
  return list;
}

}  // namespace

value Of(const Text& text) {
  if (text.parts.empty()) return object{{"literal", ""}};
  if (text.parts.size() == 1) return OfPart(text.parts.front());
  array list;
  for (const auto& part : text.parts) list.push_back(OfPart(part));
  return list;
}

value Of(const Entry& entry) {
  static const char* const kKinds[] = {"form", "view", "remote-request"};
  object fact{{"tag", entry.tag},
              {"form", entry.form},
              {"command", entry.command_id},
              {"display", Of(entry.display)},
              {"instances", InstancesOf(entry.instances)},
              {"datums", ListOf(entry.datums)},
              {"stack", ListOf(entry.stack)},
              {"assertions", ListOf(entry.assertions)},
              {"kind", kKinds[static_cast<int>(entry.kind)]}};
  if (entry.post) {
    fact["post"] = object{{"url", entry.post->url},
                          {"relevant", Of(entry.post->relevant)},
                          {"data", ListOf(entry.post->data)}};
  }
  return fact;
}

value Of(const Detail& detail) {
  array variables;
  for (const auto& one : detail.variables) {
    variables.push_back(array{one.name, one.function.text});
  }
  object fact{{"id", detail.id},
              {"title", Of(detail.title)},
              {"nodeset", Of(detail.nodeset)},
              {"relevant", Of(detail.relevant)},
              {"focus", Of(detail.focus)},
              {"print-template", detail.print_template},
              {"cache_enabled", detail.is_cached},
              {"lazy_loading", detail.is_lazy},
              {"fields", ListOf(detail.fields)},
              {"variables", variables},
              {"actions", ListOf(detail.actions)},
              {"no_items_text", Of(detail.no_items_text)},
              {"select_text", Of(detail.select_text)}};
  if (detail.lookup) fact["lookup"] = Of(*detail.lookup);
  if (detail.group) {
    object group{{"function", detail.group->function.text}};
    if (detail.group->header_rows != 1) group["header-rows"] = detail.group->header_rows;
    fact["group"] = group;
  }
  fact["geo_overlays"] = detail.geo_overlays.size();
  array tabs;
  for (const auto& tab : detail.tabs) tabs.push_back(facts::Of(tab));
  if (!tabs.empty()) fact["tabs"] = tabs;
  return fact;
}

value Of(const Suite& suite) {
  array details, entries;
  for (const auto& detail : suite.details) details.push_back(facts::Of(detail));
  for (const auto& entry : suite.entries) entries.push_back(facts::Of(entry));
  return object{{"version", suite.version},
                {"descriptor", suite.descriptor},
                {"resources", ListOf(suite.resources)},
                {"menus", ListOf(suite.menus)},
                {"entries", entries},
                {"details", details},
                {"endpoints", ListOf(suite.endpoints)},
                {"fixtures", ListOf(suite.fixtures)}};
}

value Of(const Profile& profile) {
  object features;
  for (const auto& feature : profile.features) features[feature.name] = feature.is_active;
  array properties, dependencies, credentials, suites;
  for (const auto& property : profile.properties) {
    properties.push_back(
        object{{"key", property.key}, {"value", property.value}, {"force", property.is_forced}});
  }
  for (const auto& one : profile.dependencies) dependencies.emplace_back(one.id);
  for (const auto& one : profile.credentials) credentials.push_back(array{one.level, one.type});
  for (const auto& one : profile.suites) {
    suites.push_back(
        object{{"id", one.id}, {"version", one.version}, {"locations", LocationsOf(one)}});
  }
  object fact{{"version", profile.version},
              {"update", profile.update},
              {"uniqueid", profile.unique_id},
              {"name", profile.name},
              {"descriptor", profile.descriptor},
              {"buildProfileID", profile.build_profile},
              {"properties", properties},
              {"features", features},
              {"dependencies", dependencies},
              {"credentials", credentials},
              {"suites", suites}};
  if (profile.required) {
    fact["requiredMajor"] = profile.required->major;
    fact["requiredMinor"] = profile.required->minor;
    fact["requiredMinimal"] = profile.required->minimal;
  }
  return fact;
}

}  // namespace outpost::suite::facts
