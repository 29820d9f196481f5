#include <algorithm>
#include <cstring>
#include <exception>
#include <limits>
#include <map>
#include <new>

#include "format/xml/detail/expat_parser.h"
#include "format/xml/tree.h"
#include "format/xml/xml.h"

namespace outpost::xml {
namespace {

/// Total length of the namespace names that JSON would spell out: of attributes, and of elements
/// in another namespace than their parent. Some bytes of a prefix stand for a whole name, so
/// without a bound a form could be blown up a hundredfold.
constexpr std::size_t kSpelledNamespaceBytesMax = std::size_t{64} << 20;

/// A form has one element for about so many bytes: a guess that spares growing.
constexpr std::size_t kBytesPerElement = 48;

/// Makes the tree from expat's events.
class Builder {
 public:
  Builder(XML_Parser parser, Document::Tree& tree, const Limits& limits)
      : parser_(parser), tree_(tree), limits_(limits) {}

  const char* refusal() const { return refusal_; }
  const std::exception_ptr& failure() const { return failure_; }

  void Refuse(const char* why) {
    refusal_ = why;
    XML_StopParser(parser_, XML_FALSE);
  }
  /// Exceptions must not pass through expat's frames.
  void Fail(std::exception_ptr failure) {
    failure_ = std::move(failure);
    Refuse("failure");
  }

  void Start(const char* full_name, const char** attributes);
  void End();
  void Text(std::string_view piece);
  void Namespace(const char* uri);

 private:
  struct OpenElement {
    std::uint32_t node;
    std::uint32_t last_child = kNoNode;
  };

  Range Append(std::string_view text) {
    const Range range{static_cast<std::uint32_t>(tree_.text.size()),
                      static_cast<std::uint32_t>(text.size())};
    tree_.text += text;
    return range;
  }
  Range& TailOf(std::uint32_t node);
  std::uint32_t UriIndex(std::string_view uri);
  std::uint32_t TakeName(const char* full_name, Range& name);
  bool TakeAttributes(const char** attributes, Node& node);
  void Spell(std::uint32_t uri) { spelled_bytes_ += tree_.uris[uri].size(); }

  XML_Parser parser_;
  Document::Tree& tree_;
  const Limits& limits_;
  std::vector<OpenElement> open_;
  std::map<std::string, std::uint32_t, std::less<>> uri_indices_;
  std::uint32_t last_uri_ = 0;
  std::size_t spelled_bytes_ = 0;
  const char* refusal_ = nullptr;
  std::exception_ptr failure_;
};

std::uint32_t Builder::UriIndex(std::string_view uri) {
  const auto at = uri_indices_.find(uri);
  if (at != uri_indices_.end()) return at->second;
  const auto index = static_cast<std::uint32_t>(tree_.uris.size());
  tree_.uris.emplace_back(uri);
  uri_indices_.emplace(uri, index);
  return index;
}

/// Splits "uri\x01local". Mostly the namespace is that of the name before.
std::uint32_t Builder::TakeName(const char* full_name, Range& name) {
  const std::string& last = tree_.uris[last_uri_];
  if (!last.empty() && std::strncmp(full_name, last.data(), last.size()) == 0 &&
      full_name[last.size()] == kSeparator) {
    name = Append(full_name + last.size() + 1);
    return last_uri_;
  }
  const char* separator = std::strchr(full_name, kSeparator);
  if (separator == nullptr) {
    name = Append(full_name);
    return 0;
  }
  name = Append(separator + 1);
  last_uri_ = UriIndex({full_name, static_cast<std::size_t>(separator - full_name)});
  return last_uri_;
}

bool Builder::TakeAttributes(const char** attributes, Node& node) {
  node.first_attribute = static_cast<std::uint32_t>(tree_.attributes.size());
  for (; attributes[0] != nullptr; attributes += 2) {
    AttributeNode attribute;
    attribute.uri = TakeName(attributes[0], attribute.name);
    attribute.value = Append(attributes[1]);
    tree_.attributes.push_back(attribute);
    Spell(attribute.uri);
    if (++node.attribute_count > limits_.attributes_per_element) return false;
  }
  return true;
}

void Builder::Start(const char* full_name, const char** attributes) {
  if (refusal_ != nullptr) return;
  if (tree_.nodes.size() >= limits_.elements) return Refuse("too many elements");
  if (open_.size() >= limits_.depth) return Refuse("elements nested too deeply");
  Node node;
  node.uri = TakeName(full_name, node.name);
  node.source_offset = static_cast<std::uint32_t>(XML_GetCurrentByteIndex(parser_));
  if (!TakeAttributes(attributes, node)) return Refuse("too many attributes");
  const auto index = static_cast<std::uint32_t>(tree_.nodes.size());
  if (!open_.empty()) {
    OpenElement& parent = open_.back();
    if (tree_.nodes[parent.node].uri != node.uri) Spell(node.uri);
    auto& link = parent.last_child == kNoNode ? tree_.nodes[parent.node].first_child
                                              : tree_.nodes[parent.last_child].next_sibling;
    link = index;
    parent.last_child = index;
  }
  if (spelled_bytes_ > kSpelledNamespaceBytesMax) return Refuse("too many changes of namespace");
  tree_.nodes.push_back(node);
  open_.push_back({index});
}

void Builder::End() {
  // expat closes an empty element even when its start stopped the parser.
  if (refusal_ == nullptr) open_.pop_back();
}

Range& Builder::TailOf(std::uint32_t node) {
  if (tree_.tails.size() <= node) tree_.tails.resize(tree_.nodes.size());
  return tree_.tails[node];
}

/// Text counts until the first child, and where tails are kept after each. Its pieces are
/// neighbours in the buffer because nothing else is appended meanwhile.
void Builder::Text(std::string_view piece) {
  if (refusal_ != nullptr || open_.empty()) return;
  const OpenElement& parent = open_.back();
  const bool is_tail = parent.last_child != kNoNode;
  if (is_tail && !tree_.keeps_tails) return;
  Range& range = is_tail ? TailOf(parent.last_child) : tree_.nodes[parent.node].text;
  const Range added = Append(piece);
  if (range.length == 0) range.offset = added.offset;
  range.length += added.length;
}

void Builder::Namespace(const char* uri) {
  const bool is_too_long = uri != nullptr && std::strlen(uri) > limits_.namespace_bytes;
  if (refusal_ == nullptr && is_too_long) Refuse("namespace name too long");
}

template <class Step>
void Guarded(void* user_data, const Step& step) noexcept {
  auto& builder = *static_cast<Builder*>(user_data);
  try {
    step(builder);
  } catch (...) {
    builder.Fail(std::current_exception());
  }
}

void XMLCALL OnStart(void* user_data, const XML_Char* name, const XML_Char** attributes) {
  Guarded(user_data, [&](Builder& builder) { builder.Start(name, attributes); });
}
void XMLCALL OnEnd(void* user_data, const XML_Char*) { static_cast<Builder*>(user_data)->End(); }
void XMLCALL OnText(void* user_data, const XML_Char* text, int length) {
  Guarded(user_data, [&](Builder& builder) {
    builder.Text({text, static_cast<std::size_t>(length)});
  });
}
void XMLCALL OnDoctype(void* user_data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  static_cast<Builder*>(user_data)->Refuse("DOCTYPE is not allowed");
}
void XMLCALL OnNamespace(void* user_data, const XML_Char*, const XML_Char* uri) {
  static_cast<Builder*>(user_data)->Namespace(uri);
}

void SetHandlers(XML_Parser parser, Builder& builder) {
  XML_SetUserData(parser, &builder);
  XML_SetElementHandler(parser, OnStart, OnEnd);
  XML_SetCharacterDataHandler(parser, OnText);
  XML_SetStartDoctypeDeclHandler(parser, OnDoctype);
  XML_SetStartNamespaceDeclHandler(parser, OnNamespace);
}

std::vector<std::uint32_t> LineEndsOf(std::string_view bytes) {
  std::vector<std::uint32_t> ends;
  for (auto at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    ends.push_back(static_cast<std::uint32_t>(at));
  }
  return ends;
}

/// Ends in the exception that says why expat stopped.
[[noreturn]] void ThrowWhy(const ExpatLease& lease, const Builder& builder) {
  if (builder.failure()) std::rethrow_exception(builder.failure());
  const XML_Parser parser = lease.parser();
  const auto code = XML_GetErrorCode(parser);
  const char* why = builder.refusal();
  if (why == nullptr && lease.is_over_budget()) why = "takes too much memory";
  // A form is not to blame when the machine has no memory: it must not be refused for good.
  if (why == nullptr && code == XML_ERROR_NO_MEMORY) throw std::bad_alloc();
  if (why == nullptr) why = XML_ErrorString(code);
  throw Problem(why, {static_cast<std::uint32_t>(XML_GetCurrentLineNumber(parser)),
                      static_cast<std::uint32_t>(XML_GetCurrentColumnNumber(parser)) + 1});
}

}  // namespace

Document Document::Parse(std::string_view bytes, const Limits& limits) {
  return Read(bytes, limits, false);
}

Document Document::ParseMixed(std::string_view bytes, const Limits& limits) {
  return Read(bytes, limits, true);
}

Document Document::Read(std::string_view bytes, const Limits& limits, bool keeps_tails) {
  if (bytes.size() > limits.bytes) throw Problem("larger than allowed", {1, 1});
  OUTPOST_CHECK(bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
  auto tree = std::make_unique<Tree>();
  tree->keeps_tails = keeps_tails;
  tree->text.reserve(bytes.size());
  tree->nodes.reserve(bytes.size() / kBytesPerElement);
  const ExpatLease lease(bytes.size());
  Builder builder(lease.parser(), *tree, limits);
  SetHandlers(lease.parser(), builder);
  const auto status =
      XML_Parse(lease.parser(), bytes.data(), static_cast<int>(bytes.size()), XML_TRUE);
  if (status != XML_STATUS_OK || builder.refusal() != nullptr) ThrowWhy(lease, builder);
  tree->line_ends = LineEndsOf(bytes);
  return Document(std::move(tree));
}

}  // namespace outpost::xml
