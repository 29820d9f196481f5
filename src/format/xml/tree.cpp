#include "format/xml/tree.h"

#include <algorithm>
#include <iterator>

#include "format/xml/xml.h"

namespace outpost::xml {

Document::Document(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Element Document::root() const { return {this, 0}; }

std::string_view Element::name() const {
  const auto& tree = *document_->tree_;
  return tree.View(tree.nodes[index_].name);
}

std::string_view Element::uri() const {
  const auto& tree = *document_->tree_;
  return tree.uris[tree.nodes[index_].uri];
}

std::string_view Element::text() const {
  const auto& tree = *document_->tree_;
  return tree.View(tree.nodes[index_].text);
}

std::string_view Element::tail() const {
  const auto& tree = *document_->tree_;
  return index_ < tree.tails.size() ? tree.View(tree.tails[index_]) : std::string_view();
}

bool Element::has_children() const {
  return document_->tree_->nodes[index_].first_child != kNoNode;
}

std::optional<Element> Element::first_child() const {
  const auto child = document_->tree_->nodes[index_].first_child;
  if (child == kNoNode) return std::nullopt;
  return Element(document_, child);
}

std::optional<Element> Element::next_sibling() const {
  const auto next = document_->tree_->nodes[index_].next_sibling;
  if (next == kNoNode) return std::nullopt;
  return Element(document_, next);
}

std::optional<Element> Element::child(std::string_view local_name) const {
  for (auto at = first_child(); at; at = at->next_sibling()) {
    if (at->name() == local_name) return at;
  }
  return std::nullopt;
}

std::uint32_t Element::attribute_count() const {
  return document_->tree_->nodes[index_].attribute_count;
}

Element::Attribute Element::attribute(std::uint32_t index) const {
  const auto& tree = *document_->tree_;
  const auto& node = tree.nodes[index_];
  OUTPOST_CHECK(index < node.attribute_count);
  const auto& attribute = tree.attributes[node.first_attribute + index];
  return {tree.uris[attribute.uri], tree.View(attribute.name), tree.View(attribute.value)};
}

std::optional<std::string_view> Element::attribute(std::string_view name) const {
  for (std::uint32_t i = 0; i < attribute_count(); ++i) {
    const auto at = attribute(i);
    if (at.uri.empty() && at.name == name) return at.value;
  }
  return std::nullopt;
}

Position Element::position() const {
  const auto& tree = *document_->tree_;
  const std::uint32_t offset = tree.nodes[index_].source_offset;
  const auto next = std::lower_bound(tree.line_ends.begin(), tree.line_ends.end(), offset);
  const std::uint32_t line_start = next == tree.line_ends.begin() ? 0 : *std::prev(next) + 1;
  const auto line = static_cast<std::uint32_t>(next - tree.line_ends.begin()) + 1;
  return {line, offset - line_start + 1};
}

}  // namespace outpost::xml
