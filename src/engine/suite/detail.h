#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/suite/session.h"
#include "engine/suite/text.h"

/// Lists and details of entities. Sections 17.13 to 17.21.
namespace outpost::suite {

struct Grid {
  int x = 0, y = 0, width = 0, height = 0;
};

struct Style {
  std::string font_size, horizontal, vertical, css_id;  // as written
  bool shows_border = false, shows_shading = false;
  Grid grid;
};

struct Sort {
  enum class Type : std::uint8_t { kString, kInt, kDouble };
  Type type = Type::kString;
  std::optional<int> order;  // 1 and more takes part in sorting, -2 marks a cache key
  bool is_descending = false;
  bool has_blanks_last = true;
  std::optional<Text> text;  // absent: the displayed text
};

/// kX, kY and kRadius of a graph's point are relative to the point.
struct Series {
  Xpath nodeset;
  Xpath x, y;
  std::optional<Xpath> radius;  // of bubbles
  std::vector<std::pair<std::string, Text>> configuration;
};
struct Annotation {
  Text x, y, text;
};
struct Graph {
  std::string type;                                         // "xy", "bar", "bubble" or "time"
  std::vector<std::pair<std::string, Text>> configuration;  // of a key that repeats the last
  std::vector<Series> series;
  std::vector<Annotation> annotations;
};

struct Field;

/// A call to another Android app.
struct Lookup {
  std::string action, image, name, type;
  bool is_auto_launched = false;
  std::vector<std::pair<std::string, Xpath>> extras;
  std::vector<std::string> responses;
  std::vector<Field> field;  // none or one: how results are shown and matched
  Place place;
};

struct EndpointAction {
  std::string endpoint_id;
  bool runs_in_background = false;
  Place place;
};

struct Field {
  std::optional<Xpath> relevant;
  std::string print_id;
  bool is_cached = false, is_lazy = false;  // performance only
  std::optional<Style> style;
  Text header;
  std::string header_width, header_form;
  std::string width, form;       // of the template, as written
  std::optional<Text> text;      // the template, unless it is a graph or a lookup
  std::optional<Graph> graph;    // form "graph"
  std::optional<Lookup> lookup;  // form "callout"
  std::optional<Sort> sort;
  std::optional<Text> alt_text;
  std::optional<EndpointAction> endpoint_action;
  Place place;
};

struct Action {
  std::optional<Xpath> relevant;
  bool is_auto_launched = false;
  std::optional<Xpath> auto_launch;  // decides instead, where it is computed
  bool repeats_search = false;
  std::string icon;  // place in the title bar; may be empty
  Display display;
  std::vector<StackOperation> stack;
  Place place;
};

struct GeoOverlay {
  Text label, coordinates;
};

struct Variable {
  std::string name;
  Xpath function;
};

struct EntityGroup {
  Xpath function;
  int header_rows = 1;
};

struct Detail {
  std::string id;  // empty for tabs
  std::optional<Xpath> nodeset, relevant, focus;
  int tiles_across = 1;
  bool has_uniform_units = false, forces_landscape = false;
  std::string print_template;
  bool is_cached = false, is_lazy = false;  // performance only
  Display title;
  std::vector<GeoOverlay> geo_overlays;
  std::optional<Lookup> lookup;
  std::optional<Text> no_items_text, select_text;
  std::vector<Variable> variables;  // each may use those before it
  std::vector<Action> actions;
  std::optional<EntityGroup> group;
  std::vector<Detail> tabs;  // tabs or fields, never both
  std::vector<Field> fields;
  Place place;
};

/// Whether entities are shown as tiles: some field has a place on the grid.
bool ShowsTiles(const Detail& detail);

}  // namespace outpost::suite
