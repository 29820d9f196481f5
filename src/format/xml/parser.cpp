#include <expat.h>

#include <algorithm>
#include <cstring>

#include "format/xml/tree.h"
#include "format/xml/xml.h"

namespace outpost::xml {
namespace {

/// Between namespace and local name in expat's names. XML text cannot hold it.
constexpr char kSeparator = '\x01';

struct Builder {
  Builder(XML_Parser p, Document::Tree& t, const Limits& l) : parser(p), tree(t), limits(l) {}

  XML_Parser parser;
  Document::Tree& tree;
  const Limits& limits;
  std::vector<std::uint32_t> open;        // elements that are not closed yet
  std::vector<std::uint32_t> last_child;  // of each open element
  const char* refusal = nullptr;

  void Refuse(const char* why) {
    refusal = why;
    XML_StopParser(parser, XML_FALSE);
  }

  Range Append(std::string_view text) {
    const Range range{static_cast<std::uint32_t>(tree.text.size()),
                      static_cast<std::uint32_t>(text.size())};
    tree.text += text;
    return range;
  }

  std::uint32_t UriIndex(std::string_view uri) {
    const auto at = std::find(tree.uris.begin(), tree.uris.end(), uri);
    const auto index = static_cast<std::uint32_t>(at - tree.uris.begin());
    if (at == tree.uris.end()) tree.uris.emplace_back(uri);
    return index;
  }

  /// Splits "uri\x01local".
  std::uint32_t TakeName(const char* full, Range& name) {
    const char* separator = std::strchr(full, kSeparator);
    name = Append(separator == nullptr ? full : separator + 1);
    if (separator == nullptr) return 0;
    return UriIndex({full, static_cast<std::size_t>(separator - full)});
  }

  void Start(const char* full_name, const char** attributes) {
    if (tree.nodes.size() >= limits.elements) return Refuse("too many elements");
    if (open.size() >= limits.depth) return Refuse("elements nested too deeply");
    Node node;
    node.uri = TakeName(full_name, node.name);
    node.line = static_cast<std::uint32_t>(XML_GetCurrentLineNumber(parser));
    node.column = static_cast<std::uint32_t>(XML_GetCurrentColumnNumber(parser)) + 1;
    node.first_attribute = static_cast<std::uint32_t>(tree.attributes.size());
    for (; attributes[0] != nullptr; attributes += 2) {
      AttributeNode attribute;
      attribute.uri = TakeName(attributes[0], attribute.name);
      attribute.value = Append(attributes[1]);
      tree.attributes.push_back(attribute);
      if (++node.attribute_count > limits.attributes_per_element) {
        return Refuse("too many attributes");
      }
    }
    const auto index = static_cast<std::uint32_t>(tree.nodes.size());
    if (!open.empty()) {
      const std::uint32_t sibling = last_child.back();
      auto& link = sibling == kNoNode ? tree.nodes[open.back()].first_child
                                      : tree.nodes[sibling].next_sibling;
      link = index;
      last_child.back() = index;
    }
    tree.nodes.push_back(node);
    open.push_back(index);
    last_child.push_back(kNoNode);
  }

  void End() {
    // expat closes an empty element even when its start stopped the parser.
    if (refusal != nullptr) return;
    open.pop_back();
    last_child.pop_back();
  }

  /// Text counts until the first child; its pieces are neighbours in the buffer because nothing
  /// else is appended meanwhile.
  void Text(std::string_view piece) {
    if (open.empty() || last_child.back() != kNoNode) return;
    Range& range = tree.nodes[open.back()].text;
    const Range added = Append(piece);
    if (range.length == 0) range.offset = added.offset;
    range.length += added.length;
  }
};

void XMLCALL OnStart(void* builder, const XML_Char* name, const XML_Char** attributes) {
  static_cast<Builder*>(builder)->Start(name, attributes);
}
void XMLCALL OnEnd(void* builder, const XML_Char*) { static_cast<Builder*>(builder)->End(); }
void XMLCALL OnText(void* builder, const XML_Char* text, int length) {
  static_cast<Builder*>(builder)->Text({text, static_cast<std::size_t>(length)});
}
void XMLCALL OnDoctype(void* builder, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  static_cast<Builder*>(builder)->Refuse("DOCTYPE is not allowed");
}

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

/// The thread keeps its parser: making one costs more than reading a form.
XML_Parser ThreadParser() {
  thread_local const std::unique_ptr<XML_ParserStruct, FreeParser> parser(
      XML_ParserCreateNS(nullptr, kSeparator));
  OUTPOST_CHECK(parser != nullptr);
  XML_ParserReset(parser.get(), nullptr);
  return parser.get();
}

[[noreturn]] void ThrowMalformed(XML_Parser parser, const char* why) {
  throw Problem(why, {static_cast<std::uint32_t>(XML_GetCurrentLineNumber(parser)),
                      static_cast<std::uint32_t>(XML_GetCurrentColumnNumber(parser)) + 1});
}

}  // namespace

Document Document::Parse(std::string_view bytes, const Limits& limits) {
  if (bytes.size() > limits.bytes) throw Problem("larger than allowed", {1, 1});
  auto tree = std::make_unique<Tree>();
  tree->text.reserve(bytes.size());
  const XML_Parser parser = ThreadParser();
  Builder builder(parser, *tree, limits);
  XML_SetUserData(parser, &builder);
  XML_SetElementHandler(parser, OnStart, OnEnd);
  XML_SetCharacterDataHandler(parser, OnText);
  XML_SetStartDoctypeDeclHandler(parser, OnDoctype);
  const auto status = XML_Parse(parser, bytes.data(), static_cast<int>(bytes.size()), XML_TRUE);
  if (builder.refusal != nullptr) ThrowMalformed(parser, builder.refusal);
  if (status != XML_STATUS_OK) ThrowMalformed(parser, XML_ErrorString(XML_GetErrorCode(parser)));
  return Document(std::move(tree));
}

}  // namespace outpost::xml
