#include "format/sheets/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace outpost::sheets {
namespace {

constexpr double kWidth = 760;
constexpr double kHeight = 300;
constexpr double kLeft = 70;
constexpr double kRight = 180;  // room for the legend
constexpr double kTop = 36;
constexpr double kBottom = 34;

// Distinguishable also with the common colour-vision deficiencies, and in grey by their order.
constexpr std::array<std::string_view, kPlotLinesMax> kColours = {
    "#0b5cab", "#d1602b", "#2a7f62", "#8a3b8f", "#b8860b", "#c2185b", "#4d4d4d", "#00838f"};

constexpr std::string_view kStyle = R"(
body{font:15px/1.5 system-ui,"DejaVu Sans",sans-serif;color:#1c2430;max-width:62rem;
 margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem;line-height:1.2}h2{margin-top:2.2rem;font-size:1.25rem;
 border-bottom:1px solid #d5dae1;padding-bottom:.25rem}h3{font-size:1.05rem;margin-top:1.6rem}
table{border-collapse:collapse;margin:1rem 0 1.6rem;font-size:.86rem}
caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{border:1px solid #d5dae1;padding:.28rem .55rem;text-align:left;vertical-align:top}
th{background:#eef1f5}td.n{text-align:right;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}code,pre{font-family:"DejaVu Sans Mono",monospace;font-size:.86em}
pre{background:#f5f7f9;padding:.7rem .9rem;overflow-x:auto}svg{max-width:100%;height:auto}
.note{background:#fff7e0;border-left:4px solid #d9a400;padding:.4rem .8rem}
@media print{body{max-width:none;margin:0}h2{break-after:avoid}tr,svg,pre{break-inside:avoid}
 .wide{overflow:visible}})";

double NiceStep(double range) {
  constexpr int kTicks = 5;
  if (!(range > 0)) return 1;
  const double raw = range / kTicks;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (raw <= factor * power) return factor * power;
  }
  return 10 * power;
}

/// The largest lines keep their own colour; the rest becomes one.
std::vector<std::pair<std::string, std::vector<double>>> Bounded(const Plot& plot) {
  auto lines = plot.lines;
  if (lines.size() <= kPlotLinesMax) return lines;
  const auto last = [](const std::vector<double>& values) {
    return values.empty() || std::isnan(values.back()) ? 0.0 : values.back();
  };
  std::stable_sort(lines.begin(), lines.end(),
                   [&](const auto& a, const auto& b) { return last(a.second) > last(b.second); });
  std::vector<double> others(plot.labels.size(), 0);
  for (std::size_t i = kPlotLinesMax - 1; i < lines.size(); ++i) {
    for (std::size_t k = 0; k < others.size(); ++k) {
      if (!std::isnan(lines[i].second[k])) others[k] += lines[i].second[k];
    }
  }
  lines.resize(kPlotLinesMax - 1);
  lines.emplace_back("others", others);
  return lines;
}

struct Scale {
  double top = 1;
  std::size_t points = 1;

  double X(std::size_t i) const {
    const double span = kWidth - kLeft - kRight;
    return points < 2 ? kLeft + span / 2
                      : kLeft + span * static_cast<double>(i) / static_cast<double>(points - 1);
  }
  double Y(double value) const {
    return kHeight - kBottom - (kHeight - kTop - kBottom) * value / top;
  }
};

std::string Axes(const Plot& plot, const Scale& scale, double step) {
  std::string out;
  for (double value = 0; value <= scale.top * 1.0001; value += step) {
    out += fmt::format(
        "<line x1='{0}' x2='{1}' y1='{2:.1f}' y2='{2:.1f}' stroke='#e2e6eb'/>"
        "<text x='{3}' y='{4:.1f}' text-anchor='end'>{5}</text>",
        kLeft, kWidth - kRight, scale.Y(value), kLeft - 6, scale.Y(value) + 4,
        NumberText(std::nearbyint(value * 1e6) / 1e6));
  }
  const std::size_t every = std::max<std::size_t>(1, (plot.labels.size() + 6) / 7);
  for (std::size_t i = 0; i < plot.labels.size(); i += every) {
    out += fmt::format("<text x='{:.1f}' y='{}' text-anchor='middle'>{}</text>", scale.X(i),
                       kHeight - kBottom + 18, EscapeMarkup(plot.labels[i]));
  }
  return out;
}

std::string Curve(const std::vector<double>& values, const Scale& scale, std::string_view colour) {
  std::string path;
  bool pen_down = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) {
      pen_down = false;
      continue;
    }
    path += fmt::format("{}{:.1f} {:.1f}", pen_down ? "L" : "M", scale.X(i), scale.Y(values[i]));
    pen_down = true;
  }
  auto out = fmt::format("<path d='{}' fill='none' stroke='{}' stroke-width='2.2'/>", path, colour);
  if (values.size() == 1 && !std::isnan(values[0])) {
    out += fmt::format("<circle cx='{:.1f}' cy='{:.1f}' r='4' fill='{}'/>", scale.X(0),
                       scale.Y(values[0]), colour);
  }
  return out;
}

}  // namespace

std::string SvgOf(const Plot& plot) {
  const auto lines = Bounded(plot);
  double highest = 0;
  for (const auto& line : lines) {
    for (const double value : line.second) {
      if (!std::isnan(value)) highest = std::max(highest, value);
    }
  }
  const double step = NiceStep(highest);
  const Scale scale{std::max(step, std::ceil(highest / step) * step), plot.labels.size()};
  auto out = fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {0} {1}' width='{0}' height='{1}' "
      "role='img' font-family='system-ui,DejaVu Sans,sans-serif' font-size='11' fill='#333'>"
      "<title>{2}</title><text x='{3}' y='18' font-size='14' font-weight='600'>{2}</text>"
      "<text x='{4}' y='{5}' text-anchor='end' fill='#667'>{6}</text>",
      kWidth, kHeight, EscapeMarkup(plot.title), 8, kWidth - kRight, kTop - 8,
      EscapeMarkup(plot.unit));
  out += Axes(plot, scale, step);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out += Curve(lines[i].second, scale, kColours[i]);
    const double y = kTop + 8 + 18 * static_cast<double>(i);
    out += fmt::format(
        "<rect x='{}' y='{}' width='12' height='4' fill='{}'/><text x='{}' y='{}'>{}"
        "</text>",
        kWidth - kRight + 14, y - 5, kColours[i], kWidth - kRight + 32, y,
        EscapeMarkup(lines[i].first));
  }
  return out + "</svg>";
}

std::string HtmlOf(const Table& table) {
  std::string out = "<div class='wide'><table>";
  if (!table.title.empty()) out += "<caption>" + EscapeMarkup(table.title) + "</caption>";
  out += "<thead><tr>";
  for (const auto& column : table.columns) out += "<th>" + EscapeMarkup(column) + "</th>";
  out += "</tr></thead><tbody>";
  for (const auto& row : table.rows) {
    out += "<tr>";
    for (const auto& cell : row) {
      out += std::holds_alternative<double>(cell) ? "<td class='n'>" : "<td>";
      out += EscapeMarkup(CellText(cell)) + "</td>";
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string HtmlPage(std::string_view title, std::string_view body, std::string_view style) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>"
      "<meta name='viewport' content='width=device-width,initial-scale=1'><title>{}</title>"
      "<style>{}{}</style></head>\n<body>\n{}\n</body></html>\n",
      EscapeMarkup(title), kStyle, style, body);
}

}  // namespace outpost::sheets
