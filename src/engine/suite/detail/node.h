#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/suite/place.h"
#include "engine/suite/resource.h"
#include "engine/suite/text.h"
#include "format/xml/xml.h"

/// What the readers of profile and suite share: an element with its file, and the complaints about
/// it. Names of elements are compared in lower case where the section says so; namespaces never
/// count.
namespace outpost::suite {

/// Bounds of a suite, a profile and a form.
inline constexpr std::size_t kAppXmlBytesMax = std::size_t{10} << 20;
inline constexpr std::uint32_t kAppXmlElementsMax = 400'000;
inline constexpr std::uint32_t kAppXmlDepthMax = 128;

/// Valid while document and file name live.
class Node {
 public:
  Node(xml::Element element, const std::string& file) : element_(element), file_(&file) {}

  std::string_view name() const { return element_.name(); }
  std::string_view uri() const { return element_.uri(); }
  bool Is(std::string_view name) const { return element_.name() == name; }
  /// Own text up to the first child, trimmed.
  std::string TrimmedText() const;
  std::string_view RawText() const { return element_.text(); }
  std::string_view Tail() const { return element_.tail(); }
  const xml::Element& element() const { return element_; }
  const std::string& file() const { return *file_; }

  std::vector<Node> Children() const;
  std::optional<Node> FirstChild() const;
  std::optional<Node> Child(std::string_view name) const;

  /// By local name, in any namespace.
  std::optional<std::string_view> Find(std::string_view attribute) const;
  std::string Get(std::string_view attribute) const;  // "" where it is absent
  bool IsTrue(std::string_view attribute) const { return Get(attribute) == "true"; }
  std::string Require(std::string_view attribute) const;          // may be empty
  std::string RequireNonEmpty(std::string_view attribute) const;  // refuses the empty value too
  std::int64_t RequireInteger(std::string_view attribute) const;
  int IntegerOr(std::string_view attribute, int otherwise) const;

  /// An expression that parses.
  Xpath RequireXpath(std::string_view attribute) const;
  std::optional<Xpath> FindXpath(std::string_view attribute) const;
  /// An expression that is a path.
  Xpath RequirePath(std::string_view attribute) const;
  std::optional<Xpath> FindPath(std::string_view attribute) const;

  Place place() const;
  /// @throws Problem "suite.xml, line 3: <menu> {complaint}"
  [[noreturn]] void Refuse(const std::string& complaint) const;

 private:
  xml::Element element_;
  const std::string* file_;
};

/// Parses, repaired where only a bare `<` in an attribute value is wrong, and hands the root over.
/// @throws Problem kMalformed with position, naming the file.
void WithRoot(std::string_view xml, const std::string& file,
              const std::function<void(const Node& root)>& use);

/// The <resource> of an element that has exactly one.
Resource ReadOnlyResource(const Node& parent, ResourceKind kind);
Resource ReadResource(const Node& resource, ResourceKind kind);

}  // namespace outpost::suite
