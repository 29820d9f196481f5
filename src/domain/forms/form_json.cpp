#include <algorithm>

#include "base/text.h"
#include "domain/forms/detail/meta.h"
#include "domain/forms/detail/normalise.h"
#include "domain/forms/form_xml.h"
#include "format/json/writer.h"
#include "format/xml/child_groups.h"

namespace outpost::forms {
namespace {

void WriteElement(json::Writer& out, const xml::Element& element, std::string_view parent_uri);

void WriteString(json::Writer& out, std::string_view text) {
  const auto normalised = NormalisedDateTime(text);
  out.String(normalised ? std::string_view(*normalised) : text);
}

bool ShowsNamespace(const xml::Element& element, std::string_view parent_uri) {
  return !element.uri().empty() && element.uri() != parent_uri;
}

void WriteAttributes(json::Writer& out, const xml::Element& element, std::string_view parent_uri) {
  for (std::uint32_t i = 0; i < element.attribute_count(); ++i) {
    const auto attribute = element.attribute(i);
    out.Key(AttributeKey(attribute));
    WriteString(out, attribute.value);
  }
  if (ShowsNamespace(element, parent_uri)) out.Member("@xmlns", element.uri());
}

void WriteGroup(json::Writer& out, std::string_view key, const xml::ChildGroup& group,
                std::string_view parent_uri) {
  out.Key(key);
  if (group.elements.size() == 1) return WriteElement(out, group.elements[0], parent_uri);
  out.BeginArray();
  for (const auto& element : group.elements) WriteElement(out, element, parent_uri);
  out.EndArray();
}

void WriteText(json::Writer& out, const xml::Element& element) {
  if (Trim(element.text()).empty()) return;
  out.Key("#text");
  WriteString(out, element.text());
}

void WriteElement(json::Writer& out, const xml::Element& element, std::string_view parent_uri) {
  if (!IsObject(element, parent_uri)) return WriteString(out, element.text());
  out.BeginObject();
  WriteAttributes(out, element, parent_uri);
  for (const auto& group : xml::GroupChildren(element)) {
    WriteGroup(out, group.name, group, element.uri());
  }
  WriteText(out, element);
  out.EndObject();
}

/// Meta with its old child names renamed where the new name is absent.
void WriteMeta(json::Writer& out, const xml::Element& meta, std::string_view parent_uri) {
  const auto groups = xml::GroupChildren(meta);
  const auto has = [&](std::string_view name) {
    return std::any_of(groups.begin(), groups.end(),
                       [&](const xml::ChildGroup& group) { return group.name == name; });
  };
  out.BeginObject();
  WriteAttributes(out, meta, parent_uri);
  for (const auto& group : groups) {
    const auto renamed = NewMetaName(group.name);
    WriteGroup(out, renamed != group.name && has(renamed) ? group.name : renamed, group,
               meta.uri());
  }
  WriteText(out, meta);
  out.EndObject();
}

}  // namespace

bool IsObject(const xml::Element& element, std::string_view parent_uri) {
  return element.has_children() || element.attribute_count() > 0 ||
         ShowsNamespace(element, parent_uri);
}

std::string AttributeKey(const xml::Element::Attribute& attribute) {
  std::string key = "@";
  if (!attribute.uri.empty()) key += '{' + std::string(attribute.uri) + '}';
  key += attribute.name;
  return key;
}

std::string RenderElementJson(xml::Element element, std::string_view parent_uri) {
  std::string text;
  json::Writer out(text);
  WriteElement(out, element, parent_uri);
  return text;
}

std::string RenderFormJson(const xml::Document& form) {
  const auto root = form.root();
  const auto meta = FindMeta(root);
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  WriteAttributes(out, root, "");
  const auto groups = xml::GroupChildren(root);
  const bool has_old_meta =
      std::any_of(groups.begin(), groups.end(),
                  [](const xml::ChildGroup& group) { return group.name == "Meta"; });
  for (const auto& group : groups) {
    const bool is_meta = group.name == (has_old_meta ? "Meta" : "meta");
    if (has_old_meta && group.name == "meta") continue;
    if (is_meta && meta && IsObject(*meta, root.uri())) {
      out.Key("meta");
      WriteMeta(out, *meta, root.uri());
    } else {
      WriteGroup(out, is_meta ? "meta" : group.name, group, root.uri());
    }
  }
  WriteText(out, root);
  out.Member("#type", root.name());
  out.EndObject();
  return text;
}

}  // namespace outpost::forms
