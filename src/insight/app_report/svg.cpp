#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "format/xml/write.h"
#include "insight/app_report/detail/layout.h"
#include "insight/app_report/navigation.h"

namespace outpost::app_report {
namespace {

struct Look {
  const char* name;
  const char* fill;
  const char* stroke;
  const char* dashes;  // "" for a full line
};

constexpr std::array<Look, 9> kLooks{{
    {"home", "#e2e8f0", "#475569", ""},
    {"menu", "#dbeafe", "#1d4ed8", ""},
    {"entry", "#fef3c7", "#b45309", ""},
    {"search", "#ffedd5", "#c2410c", ""},
    {"list", "#dcfce7", "#15803d", ""},
    {"form", "#ede9fe", "#6d28d9", ""},
    {"link", "#f1f5f9", "#64748b", ""},
    {"drawn elsewhere", "#ffffff", "#b45309", "4 3"},
    {"missing", "#fee2e2", "#b91c1c", "4 3"},
}};

const Look& LookOf(Box::Kind kind) { return kLooks.at(static_cast<std::size_t>(kind)); }

void AppendText(std::string& out, double x, double y, double size, const char* color, bool is_bold,
                std::string_view text) {
  out += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" font-size="{}" fill="{}"{}>)", x, y, size,
                     color, is_bold ? R"( font-weight="600")" : "");
  xml::AppendText(out, text);
  out += "</text>\n";
}

void AppendFrame(std::string& out, const Rectangle& place, const Look& look) {
  out += fmt::format(
      R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="5" fill="{}" stroke="{}")",
      place.x, place.y, place.width, place.height, look.fill, look.stroke);
  if (look.dashes[0] != '\0') out += fmt::format(R"( stroke-dasharray="{}")", look.dashes);
  out += "/>\n";
}

void AppendBox(std::string& out, const Box& box, const Rectangle& place) {
  out += "<g>";
  // The whole texts, for who points at the box.
  out += "<title>";
  xml::AppendText(out, box.title + (box.id.empty() ? "" : "\n" + box.id) +
                           (box.note.empty() ? "" : "\n" + box.note));
  out += "</title>\n";
  AppendFrame(out, place, LookOf(box.kind));
  double y = place.y + kLineHeight;
  bool is_title = true;
  for (const auto& line : LinesOf(box)) {
    AppendText(out, place.x + kPadding, y, is_title ? kFontSize : kSmallFontSize,
               is_title ? "#0f172a" : "#475569", is_title, line);
    is_title = false;
    y += kLineHeight;
  }
  out += "</g>\n";
}

/// A curve that leaves and arrives level.
void AppendLine(std::string& out, const Rectangle& from, const Rectangle& to) {
  const double x1 = from.x + from.width, y1 = from.y + from.height / 2;
  const double x2 = to.x, y2 = to.y + to.height / 2;
  const double middle = x2 - 22;
  out +=
      fmt::format(R"(<path d="M{:.1f} {:.1f}H{:.1f}C{:.1f} {:.1f} {:.1f} {:.1f} {:.1f} {:.1f}"/>)",
                  x1, y1, x2 - 36, middle, y1, middle, y2, x2, y2);
  out += "\n";
}

/// @return how wide it is.
double AppendLegend(std::string& out, double x, double y) {
  for (const Look& look : kLooks) {
    AppendFrame(out, {x, y, 14, 12}, look);
    AppendText(out, x + 20, y + 11, kSmallFontSize, "#475569", false, look.name);
    x += 20 + WidthOf(look.name, kSmallFontSize) + 16;
  }
  return x;
}

}  // namespace

std::string RenderSvg(const Navigation& navigation) {
  constexpr double kLeft = 24;
  const auto layout = MakeLayout(navigation);
  std::string body;
  AppendText(body, kLeft, 30, 17, "#0f172a", true, navigation.title);
  body += R"(<g fill="none" stroke="#94a3b8" stroke-width="1.3">)"
          "\n";
  for (std::size_t i = 0; i < navigation.boxes.size(); ++i) {
    for (const auto next : navigation.boxes[i].next) {
      AppendLine(body, layout.boxes[i], layout.boxes[next]);
    }
  }
  body += "</g>\n";
  for (std::size_t i = 0; i < navigation.boxes.size(); ++i) {
    AppendBox(body, navigation.boxes[i], layout.boxes[i]);
  }
  const double legend = AppendLegend(body, kLeft, layout.height);
  const double width = std::max({layout.width, legend, kLeft * 2 + WidthOf(navigation.title, 17)});
  const double height = layout.height + 36;
  return fmt::format(
             R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0:.0f}" height="{1:.0f}" )"
             R"(viewBox="0 0 {0:.0f} {1:.0f}" font-family="DejaVu Sans, Verdana, sans-serif">)"
             "\n"
             R"(<rect width="100%" height="100%" fill="#fbfcfe"/>)"
             "\n",
             width, height) +
         body + "</svg>\n";
}

}  // namespace outpost::app_report
