#include <algorithm>

#include "engine/suite/detail/readers.h"
#include "engine/suite/detail/text_reader.h"

namespace outpost::suite {
namespace {

Display ReadTitle(const Node& detail) {
  const auto first = detail.FirstChild();
  if (!first || !first->Is("title")) detail.Refuse("must begin with <title>");
  auto title = FindLabel(*first);
  if (!title) first->Refuse("needs a <text> or <display>");
  return std::move(*title);
}

std::vector<GeoOverlay> ReadGlobal(const Node& global) {
  std::vector<GeoOverlay> overlays;
  for (const Node& child : global.Children()) {
    if (!child.Is("geo-overlay")) continue;
    const auto label = child.Child("label");
    const auto coordinates = child.Child("coordinates");
    if (!label || !coordinates) child.Refuse("needs a <label> and <coordinates>");
    overlays.push_back({ReadChildText(*label), ReadChildText(*coordinates)});
  }
  return overlays;
}

std::vector<Variable> ReadVariables(const Node& variables) {
  std::vector<Variable> read;
  for (const Node& child : variables.Children()) {
    read.push_back({std::string(child.name()), child.RequireXpath("function")});
  }
  return read;
}

void TakeChild(const Node& child, Detail& detail) {
  if (child.Is("global")) {
    if (detail.lookup) child.Refuse("must stand before <lookup>");
    detail.geo_overlays = ReadGlobal(child);
  } else if (child.Is("lookup")) {
    detail.lookup = ReadLookup(child);
  } else if (child.Is("no_items_text")) {
    detail.no_items_text = ReadChildText(child);
  } else if (child.Is("select_text")) {
    detail.select_text = ReadChildText(child);
  } else if (child.Is("variables")) {
    detail.variables = ReadVariables(child);
  } else if (child.Is("focus")) {
    detail.focus = child.RequireXpath("function");
  } else if (child.Is("action")) {
    detail.actions.push_back(ReadAction(child));
  } else if (child.Is("group")) {
    detail.group = {child.RequireXpath("function"), child.IntegerOr("header-rows", 1)};
  } else if (child.Is("detail")) {
    detail.tabs.push_back(ReadDetail(child));
  } else if (child.Is("field")) {
    detail.fields.push_back(ReadField(child));
  } else {
    child.Refuse("is not known in <detail>: expected <field>");
  }
}

void TakeAttributes(const Node& node, Detail& detail) {
  detail.id = node.Get("id");
  detail.nodeset = node.FindPath("nodeset");
  detail.relevant = node.FindXpath("relevant");
  detail.tiles_across = node.IntegerOr("fit-across", 1);
  detail.has_uniform_units = node.IsTrue("uniform-units");
  detail.forces_landscape = node.IsTrue("force-landscape");
  detail.print_template = node.Get("print-template");
  detail.is_cached = node.IsTrue("cache_enabled");
  detail.is_lazy = node.IsTrue("lazy_loading");
  detail.place = node.place();
}

}  // namespace

Detail ReadDetail(const Node& node) {
  Detail detail;
  TakeAttributes(node, detail);
  detail.title = ReadTitle(node);
  const auto children = node.Children();
  // Clients stop reading after these two where nothing follows.
  if (children.back().Is("global") || children.back().Is("lookup")) {
    children.back().Refuse("must be followed by another element");
  }
  for (auto child = children.begin() + 1; child != children.end(); ++child) {
    TakeChild(*child, detail);
  }
  return detail;
}

bool ShowsTiles(const Detail& detail) {
  return std::any_of(detail.fields.begin(), detail.fields.end(), [](const Field& field) {
    if (!field.style) return false;
    const Grid& grid = field.style->grid;
    return grid.x >= 0 && grid.y >= 0 && grid.width >= 0 && grid.height > 0;
  });
}

}  // namespace outpost::suite
