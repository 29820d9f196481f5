#include "engine/suite/detail/readers.h"
#include "engine/suite/detail/text_reader.h"

namespace outpost::suite {
namespace {

using Configuration = std::vector<std::pair<std::string, Text>>;

/// Of a key that repeats the last counts.
void TakeConfiguration(const Node& node, Configuration& configuration) {
  for (const Node& child : node.Children()) {
    if (!child.Is("text")) continue;
    const auto id = child.RequireNonEmpty("id");
    std::erase_if(configuration, [&](const auto& entry) { return entry.first == id; });
    configuration.emplace_back(id, ReadTextBody(child));
  }
}

/// x, y and for bubbles radius, in this order.
Series ReadSeries(const Node& node, bool has_bubbles) {
  Series series;
  series.nodeset = node.RequirePath("nodeset");
  auto children = node.Children();
  if (!children.empty() && children.front().Is("configuration")) {
    TakeConfiguration(children.front(), series.configuration);
    children.erase(children.begin());
  }
  const std::size_t count = has_bubbles ? 3 : 2;
  const std::string_view names[] = {"x", "y", "radius"};
  for (std::size_t i = 0; i < count; ++i) {
    if (i >= children.size() || !children[i].Is(names[i])) {
      node.Refuse("needs <x>, <y> and for bubbles <radius>, in this order");
    }
  }
  series.x = children[0].RequireXpath("function");
  series.y = children[1].RequireXpath("function");
  if (has_bubbles) series.radius = children[2].RequireXpath("function");
  return series;
}

Annotation ReadAnnotation(const Node& node) {
  const auto x = node.Child("x");
  const auto y = node.Child("y");
  if (!x || !y) node.Refuse("needs an <x> and a <y>");
  return {ReadChildText(*x), ReadChildText(*y), ReadChildText(node)};
}

}  // namespace

Graph ReadGraph(const Node& node) {
  Graph graph;
  graph.type = node.Require("type");
  const bool has_bubbles = graph.type == "bubble";
  if (!has_bubbles && graph.type != "xy" && graph.type != "bar" && graph.type != "time") {
    node.Refuse("has no known type: expected xy, bar, bubble or time");
  }
  for (const Node& child : node.Children()) {
    if (child.Is("configuration")) TakeConfiguration(child, graph.configuration);
    if (child.Is("series")) graph.series.push_back(ReadSeries(child, has_bubbles));
    if (child.Is("annotation")) graph.annotations.push_back(ReadAnnotation(child));
  }
  return graph;
}

}  // namespace outpost::suite
