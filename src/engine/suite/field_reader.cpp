#include "base/text.h"
#include "engine/suite/detail/readers.h"
#include "engine/suite/detail/text_reader.h"

namespace outpost::suite {
namespace {

int RequireInteger(const Node& node, std::string_view attribute) {
  node.Require(attribute);
  return node.IntegerOr(attribute, 0);
}

Style ReadStyle(const Node& node) {
  const auto grid = node.Child("grid");
  if (!grid) node.Refuse("needs a <grid>");
  Style style;
  style.font_size = node.Get("font-size");
  style.horizontal = node.Get("horz-align");
  style.vertical = node.Get("vert-align");
  style.css_id = node.Get("css-id");
  style.shows_border = node.IsTrue("show-border");
  style.shows_shading = node.IsTrue("show-shading");
  style.grid = {RequireInteger(*grid, "grid-x"), RequireInteger(*grid, "grid-y"),
                RequireInteger(*grid, "grid-width"), RequireInteger(*grid, "grid-height")};
  return style;
}

/// Wrong values are ignored.
Sort ReadSort(const Node& node) {
  Sort sort;
  const auto type = node.Get("type");
  if (type == "int") sort.type = Sort::Type::kInt;
  if (type == "double") sort.type = Sort::Type::kDouble;
  constexpr std::int64_t kOrderBound = 1'000'000;
  const auto order = ParseInt(Trim(node.Get("order")));
  if (order && *order > -kOrderBound && *order < kOrderBound) sort.order = static_cast<int>(*order);
  const auto direction = node.Get("direction");
  sort.is_descending = direction == "descending";
  const auto blanks = node.Get("blanks");
  if (blanks == "first" || blanks == "last") {
    sort.has_blanks_last = blanks == "last";
  } else {
    sort.has_blanks_last = direction != "ascending";
  }
  sort.text = FindChildText(node);
  return sort;
}

void TakeHeader(const Node& header, Field& field) {
  field.header = ReadChildText(header);
  field.header_width = header.Get("width");
  field.header_form = header.Get("form");
}

void TakeTemplate(const Node& node, Field& field) {
  field.width = node.Get("width");
  field.form = node.Get("form");
  if (field.form == "graph") {
    const auto graph = node.Child("graph");
    if (!graph) node.Refuse("needs a <graph>");
    field.graph = ReadGraph(*graph);
  } else if (field.form == "callout") {
    const auto lookup = node.Child("lookup");
    if (!lookup) node.Refuse("needs a <lookup>");
    field.lookup = ReadLookup(*lookup);
  } else {
    field.text = ReadChildText(node);
  }
}

void TakeRest(const Node& child, Field& field) {
  if (child.Is("sort")) {
    field.sort = ReadSort(child);
  } else if (child.Is("alt_text")) {
    field.alt_text = ReadChildText(child);
  } else if (child.Is("endpoint_action")) {
    field.endpoint_action = EndpointAction{child.RequireNonEmpty("endpoint_id"),
                                           child.IsTrue("background"), child.place()};
  } else if (!child.Is("background")) {
    child.Refuse("is not known in <field>, or stands in the wrong place");
  }
}

/// sort="default": the old way to say that a list is sorted by this field first.
void TakeOldSort(const Node& node, Field& field) {
  if (node.Get("sort") != "default" || field.sort) return;
  field.sort = Sort{};
  field.sort->order = 1;
}

}  // namespace

Field ReadField(const Node& node) {
  Field field;
  field.relevant = node.FindXpath("relevant");
  field.print_id = node.Get("print-id");
  field.is_cached = node.IsTrue("cache_enabled");
  field.is_lazy = node.IsTrue("lazy_loading");
  field.place = node.place();
  const auto children = node.Children();
  auto child = children.begin();
  if (child != children.end() && child->Is("style")) field.style = ReadStyle(*child++);
  if (child == children.end() || !child->Is("header")) node.Refuse("needs a <header>");
  TakeHeader(*child++, field);
  if (child == children.end() || !child->Is("template")) {
    node.Refuse("needs a <template> after its <header>");
  }
  TakeTemplate(*child++, field);
  for (; child != children.end(); ++child) TakeRest(*child, field);
  TakeOldSort(node, field);
  return field;
}

}  // namespace outpost::suite
