#include "engine/suite/detail/text_reader.h"
#include "base/text.h"

namespace outpost::suite {
namespace {

void AddLiteral(Text& text, std::string_view raw, const Node& node) {
  const auto trimmed = Trim(raw);
  if (trimmed.empty()) return;
  TextPart part;
  part.text = trimmed;
  part.place = node.place();
  text.parts.push_back(std::move(part));
}

TextPart ReadLocale(const Node& node) {
  TextPart part;
  part.kind = TextPart::Kind::kLocale;
  part.text = node.Get("id");
  part.place = node.place();
  for (const Node& child : node.Children()) {
    const auto name = ToLower(child.name());
    if (name == "id") part.id = ReadTextBody(child);
    if (name == "argument") part.arguments.push_back(ReadTextBody(child));
  }
  if (part.text.empty() && !part.id) node.Refuse("needs an id");
  if (part.id) part.text.clear();
  return part;
}

TextPart ReadComputed(const Node& node) {
  TextPart part;
  part.kind = TextPart::Kind::kXpath;
  part.function = node.RequireXpath("function");
  part.place = node.place();
  for (const Node& child : node.Children()) {
    if (ToLower(child.name()) != "variable") continue;
    part.variables.push_back({child.RequireNonEmpty("name"), ReadTextBody(child)});
  }
  return part;
}

Text LiteralOf(std::string_view value, const Node& node) {
  Text text;
  text.place = node.place();
  AddLiteral(text, value, node);
  return text;
}

void TakeDisplayText(const Node& text, Display& display) {
  const auto form = text.Get("form");
  if (form.empty()) display.label = ReadTextBody(text);
  if (form == "image") display.image = ReadTextBody(text);
  if (form == "audio") display.audio = ReadTextBody(text);
  if (form == "badge") display.badge = ReadTextBody(text);
}

void TakeMedia(const Node& media, Display& display) {
  if (const auto image = media.Find("image")) display.image = LiteralOf(*image, media);
  if (const auto audio = media.Find("audio")) display.audio = LiteralOf(*audio, media);
}

}  // namespace

Text ReadTextBody(const Node& node) {
  Text text;
  text.place = node.place();
  AddLiteral(text, node.RawText(), node);
  for (const Node& child : node.Children()) {
    const auto name = ToLower(child.name());
    if (name == "locale") text.parts.push_back(ReadLocale(child));
    if (name == "xpath") text.parts.push_back(ReadComputed(child));
    AddLiteral(text, child.Tail(), node);
  }
  return text;
}

Text ReadChildText(const Node& parent) {
  auto text = FindChildText(parent);
  if (!text) parent.Refuse("needs a <text>");
  return std::move(*text);
}

std::optional<Text> FindChildText(const Node& parent) {
  const auto text = parent.Child("text");
  if (!text) return std::nullopt;
  return ReadTextBody(*text);
}

Display ReadDisplay(const Node& node) {
  Display display;
  display.place = node.place();
  for (const Node& child : node.Children()) {
    const auto name = ToLower(child.name());
    if (name == "text") TakeDisplayText(child, display);
    if (name == "media") TakeMedia(child, display);
    if (name == "hint") {
      const auto inner = child.Child("display");
      display.hint = ReadChildText(inner ? *inner : child);
    }
  }
  return display;
}

std::optional<Display> FindLabel(const Node& owner) {
  for (const Node& child : owner.Children()) {
    if (child.Is("text")) {
      Display display;
      display.label = ReadTextBody(child);
      display.place = child.place();
      return display;
    }
    if (!child.Is("display")) continue;
    auto display = ReadDisplay(child);
    if (!display.label) child.Refuse("needs a <text>");
    return display;
  }
  return std::nullopt;
}

}  // namespace outpost::suite
