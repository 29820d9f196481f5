#include "insight/app_report/detail/layout.h"

#include <algorithm>

namespace outpost::app_report {
namespace {

constexpr double kMargin = 24;
constexpr double kGapAcross = 44;  // between layers: room for lines
constexpr double kGapDown = 10;
constexpr double kTitleHeight = 34;

/// Of a character in a font as wide as they come; capitals and what is not ASCII count more.
double CharacterWidth(std::string_view character) {
  if (character.size() > 2) return 1.05;
  const char c = character.front();
  if (character.size() == 2 || (c >= 'A' && c <= 'Z') || c == 'm' || c == 'w' || c == '@') {
    return 0.78;
  }
  return c == 'i' || c == 'l' || c == '.' || c == ' ' || c == '\'' ? 0.4 : 0.66;
}

/// The character that begins at `at`.
std::string_view CharacterAt(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) ++end;
  return text.substr(at, end - at);
}

class Placer {
 public:
  explicit Placer(const Navigation& navigation) : navigation_(navigation) {
    layout_.boxes.resize(navigation.boxes.size());
    layers_.resize(navigation.boxes.size());
  }

  Layout Run() {
    for (const auto root : navigation_.roots) Layer(root, 0);
    Measure();
    double y = kMargin + kTitleHeight;
    for (const auto root : navigation_.roots) y = Place(root, y) + kGapDown * 2;
    for (const Rectangle& box : layout_.boxes) {
      layout_.width = std::max(layout_.width, box.x + box.width + kMargin);
    }
    layout_.height = y + kMargin;
    return std::move(layout_);
  }

 private:
  void Layer(std::size_t box, std::size_t layer) {
    layers_[box] = layer;
    for (const auto next : navigation_.boxes[box].next) Layer(next, layer + 1);
  }

  void Measure() {
    std::vector<double> widths;
    for (std::size_t i = 0; i < layout_.boxes.size(); ++i) {
      const auto lines = LinesOf(navigation_.boxes[i]);
      double width = 0;
      for (std::size_t line = 0; line < lines.size(); ++line) {
        width = std::max(width, WidthOf(lines[line], line == 0 ? kBoldFontSize : kSmallFontSize));
      }
      layout_.boxes[i].width = width + 2 * kPadding;
      layout_.boxes[i].height = kLineHeight * static_cast<double>(lines.size()) + kPadding;
      if (widths.size() <= layers_[i]) widths.resize(layers_[i] + 1);
      widths[layers_[i]] = std::max(widths[layers_[i]], layout_.boxes[i].width);
    }
    std::vector<double> starts(widths.size(), kMargin);
    for (std::size_t i = 1; i < widths.size(); ++i) {
      starts[i] = starts[i - 1] + widths[i - 1] + kGapAcross;
    }
    for (std::size_t i = 0; i < layout_.boxes.size(); ++i) layout_.boxes[i].x = starts[layers_[i]];
  }

  /// Places the box and all that hangs on it below y. @return the lower end.
  double Place(std::size_t box, double y) {
    Rectangle& place = layout_.boxes[box];
    const auto& next = navigation_.boxes[box].next;
    place.y = y;
    if (next.empty()) return y + place.height;
    double end = y;
    for (const auto child : next) {
      if (end > y) end += kGapDown;
      end = Place(child, end);
    }
    // A box higher than all that hangs on it keeps its top, and the others come before its middle.
    const double spare = place.height - (end - y);
    if (spare > 0) {
      for (const auto child : next) Shift(child, spare / 2);
      end += spare;
    }
    const double middle = (MiddleOf(next.front()) + MiddleOf(next.back())) / 2;
    place.y = std::clamp(middle - place.height / 2, y, end - place.height);
    return end;
  }

  double MiddleOf(std::size_t box) const {
    return layout_.boxes[box].y + layout_.boxes[box].height / 2;
  }

  void Shift(std::size_t box, double by) {
    layout_.boxes[box].y += by;
    for (const auto next : navigation_.boxes[box].next) Shift(next, by);
  }

  const Navigation& navigation_;
  Layout layout_;
  std::vector<std::size_t> layers_;
};

}  // namespace

double WidthOf(std::string_view utf8, double font_size) {
  double width = 0;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto character = CharacterAt(utf8, at);
    width += CharacterWidth(character);
    at += character.size();
  }
  return width * font_size;
}

std::string Cut(std::string_view utf8, double font_size, double width_max) {
  if (WidthOf(utf8, font_size) <= width_max) return std::string(utf8);
  double width = CharacterWidth("…") * font_size;
  std::size_t at = 0;
  while (at < utf8.size()) {
    const auto character = CharacterAt(utf8, at);
    width += CharacterWidth(character) * font_size;
    if (width > width_max) break;
    at += character.size();
  }
  return std::string(utf8.substr(0, at)) + "…";
}

std::vector<std::string> LinesOf(const Box& box) {
  constexpr double kRoom = kBoxWidthMax - 2 * kPadding;
  std::vector<std::string> lines{Cut(box.title.empty() ? box.id : box.title, kBoldFontSize, kRoom)};
  if (!box.id.empty() && !box.title.empty()) lines.push_back(Cut(box.id, kSmallFontSize, kRoom));
  if (!box.note.empty()) lines.push_back(Cut(box.note, kSmallFontSize, kRoom));
  return lines;
}

Layout MakeLayout(const Navigation& navigation) { return Placer(navigation).Run(); }

}  // namespace outpost::app_report
