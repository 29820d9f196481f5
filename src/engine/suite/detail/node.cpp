#include "engine/suite/detail/node.h"

#include <limits>

#include "base/text.h"
#include "engine/suite/detail/raw_less.h"
#include "engine/xpath/parse.h"
#include "engine/xpath/references.h"

namespace outpost::suite {
namespace {

constexpr xml::Limits kLimits{
    .bytes = kAppXmlBytesMax, .depth = kAppXmlDepthMax, .elements = kAppXmlElementsMax};
/// An escaped `<` takes four bytes.
constexpr std::size_t kEscapedGrowth = 4;

[[noreturn]] void RefuseFile(const std::string& file, const Problem& problem) {
  const Position at = problem.position();
  throw Problem(file + ", line " + std::to_string(at.line) + ": " + problem.told(), at);
}

/// Strict reading first: its complaint is the true one where both fail.
xml::Document ParseTolerantly(std::string_view xml, const std::string& file) {
  try {
    return xml::Document::ParseMixed(xml, kLimits);
  } catch (const Problem& strict) {
    const auto escaped = xml.size() <= kLimits.bytes ? EscapeRawLess(xml) : std::nullopt;
    if (!escaped) RefuseFile(file, strict);
    xml::Limits limits = kLimits;
    limits.bytes *= kEscapedGrowth;
    try {
      return xml::Document::ParseMixed(*escaped, limits);
    } catch (const Problem&) {
      RefuseFile(file, strict);
    }
  }
}

}  // namespace

std::string Node::TrimmedText() const { return std::string(Trim(element_.text())); }

std::vector<Node> Node::Children() const {
  std::vector<Node> children;
  for (auto at = element_.first_child(); at; at = at->next_sibling()) {
    children.emplace_back(*at, *file_);
  }
  return children;
}

std::optional<Node> Node::FirstChild() const {
  const auto child = element_.first_child();
  if (!child) return std::nullopt;
  return Node(*child, *file_);
}

std::optional<Node> Node::Child(std::string_view name) const {
  const auto child = element_.child(name);
  if (!child) return std::nullopt;
  return Node(*child, *file_);
}

std::optional<std::string_view> Node::Find(std::string_view attribute) const {
  for (std::uint32_t i = 0; i < element_.attribute_count(); ++i) {
    const auto at = element_.attribute(i);
    if (at.name == attribute) return at.value;
  }
  return std::nullopt;
}

std::string Node::Get(std::string_view attribute) const {
  return std::string(Find(attribute).value_or(""));
}

std::string Node::Require(std::string_view attribute) const {
  const auto value = Find(attribute);
  if (!value) Refuse("needs the attribute " + std::string(attribute));
  return std::string(*value);
}

std::string Node::RequireNonEmpty(std::string_view attribute) const {
  auto value = Require(attribute);
  if (Trim(value).empty()) Refuse("needs a value of " + std::string(attribute));
  return value;
}

std::int64_t Node::RequireInteger(std::string_view attribute) const {
  const auto text = Require(attribute);
  const auto value = ParseInt(Trim(text));
  if (!value) Refuse("needs an integer in " + std::string(attribute) + ", not \"" + text + "\"");
  return *value;
}

int Node::IntegerOr(std::string_view attribute, int otherwise) const {
  if (!Find(attribute)) return otherwise;
  const auto value = RequireInteger(attribute);
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) {
    Refuse("has too large a number in " + std::string(attribute));
  }
  return static_cast<int>(value);
}

Xpath Node::RequireXpath(std::string_view attribute) const {
  auto text = Require(attribute);
  try {
    auto parsed = std::make_shared<const xpath::Expression>(xpath::Parse(text));
    return {std::move(text), std::move(parsed), place()};
  } catch (const xpath::ParseError& error) {
    Refuse("has an expression in " + std::string(attribute) + " that does not parse at character " +
           std::to_string(error.offset() + 1) + ": " + error.told());
  }
}

std::optional<Xpath> Node::FindXpath(std::string_view attribute) const {
  if (!Find(attribute)) return std::nullopt;
  return RequireXpath(attribute);
}

Xpath Node::RequirePath(std::string_view attribute) const {
  auto path = RequireXpath(attribute);
  if (!xpath::IsPath(*path.parsed)) Refuse("needs a path in " + std::string(attribute));
  return path;
}

std::optional<Xpath> Node::FindPath(std::string_view attribute) const {
  if (!Find(attribute)) return std::nullopt;
  return RequirePath(attribute);
}

Place Node::place() const {
  const auto at = element_.position();
  return {*file_, at.line, at.column, std::string(element_.name())};
}

void Node::Refuse(const std::string& complaint) const {
  const auto at = element_.position();
  throw Problem(*file_ + ", line " + std::to_string(at.line) + ": <" +
                    std::string(element_.name()) + "> " + complaint,
                at);
}

void WithRoot(std::string_view xml, const std::string& file,
              const std::function<void(const Node& root)>& use) {
  const auto document = ParseTolerantly(xml, file);
  use(Node(document.root(), file));
}

Resource ReadOnlyResource(const Node& parent, ResourceKind kind) {
  const auto children = parent.Children();
  if (children.size() != 1 || !children.front().Is("resource")) {
    parent.Refuse("needs exactly one <resource>");
  }
  return ReadResource(children.front(), kind);
}

Resource ReadResource(const Node& resource, ResourceKind kind) {
  Resource read;
  read.kind = kind;
  read.id = resource.RequireNonEmpty("id");
  read.version = resource.RequireInteger("version");
  read.descriptor = resource.Get("descriptor");
  read.is_lazy = resource.IsTrue("lazy");
  read.place = resource.place();
  for (const Node& child : resource.Children()) {
    if (!child.Is("location")) continue;
    const auto authority = child.Require("authority");
    read.locations.push_back({EqualsIgnoreCase(authority, "local"), child.TrimmedText()});
  }
  if (read.locations.empty()) resource.Refuse("needs a <location>");
  return read;
}

}  // namespace outpost::suite
