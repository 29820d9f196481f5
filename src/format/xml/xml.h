#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"

/// Reads XML into a small immutable tree with resolved namespaces (expat underneath: strict).
/// No DTD, no entities beyond the five predefined and character references, no network. Comments
/// and processing instructions are dropped and the text around them joins.
///
/// Hostile input costs time and memory in proportion to its bytes, whatever it holds.
namespace outpost::xml {

struct Limits {
  std::size_t bytes = 10u << 20;
  std::uint32_t depth = 256;
  std::uint32_t elements = 1'000'000;
  std::uint32_t attributes_per_element = 1'000;
  /// Of one namespace name: 255 characters, as long as a form's xmlns may be, in UTF-8.
  std::size_t namespace_bytes = 1'020;
};

class Document;

/// A handle on one element; valid while the document lives. Copies are free.
class Element {
 public:
  std::string_view name() const;  // local name
  std::string_view uri() const;   // "" in no namespace
  /// Character data before the first child element, verbatim.
  std::string_view text() const;
  /// Character data between its end and what follows it in its parent, verbatim; "" unless the
  /// document was made by ParseMixed.
  std::string_view tail() const;

  bool has_children() const;
  std::optional<Element> first_child() const;
  std::optional<Element> next_sibling() const;
  /// First child of that local name, in any namespace.
  std::optional<Element> child(std::string_view local_name) const;

  std::uint32_t attribute_count() const;
  struct Attribute {
    std::string_view uri, name, value;
  };
  Attribute attribute(std::uint32_t index) const;
  /// Value of the attribute without namespace of that name.
  std::optional<std::string_view> attribute(std::string_view name) const;

  /// Where its start tag begins. The column counts bytes of the source from 1.
  Position position() const;

 private:
  friend class Document;
  Element(const Document* document, std::uint32_t index) : document_(document), index_(index) {}
  const Document* document_;
  std::uint32_t index_;
};

class Document {
 public:
  /// Encodings: UTF-8, UTF-16, US-ASCII, ISO-8859-1. Result is always UTF-8.
  /// @throws Problem kMalformed with position; told() is short parser text such as
  ///         "mismatched tag" or "DOCTYPE is not allowed"; kTooLarge never: limits are malformed
  ///         input too ("elements nested too deeply").
  /// @throws std::bad_alloc when the machine has no memory: that says nothing about the input.
  /// Threads: any; each keeps a parser of its own, of at most 256 KiB between calls.
  static Document Parse(std::string_view bytes, const Limits& limits = {});
  /// The same, and keeps the text after each child (Element::tail), for documents whose texts and
  /// elements mix.
  static Document ParseMixed(std::string_view bytes, const Limits& limits = {});

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  Element root() const;

  struct Tree;  // private to this room

 private:
  friend class Element;
  explicit Document(std::unique_ptr<Tree> tree);
  static Document Read(std::string_view bytes, const Limits& limits, bool keeps_tails);
  std::unique_ptr<Tree> tree_;
};

}  // namespace outpost::xml
