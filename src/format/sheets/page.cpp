#include "format/sheets/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace outpost::sheets {
namespace {

constexpr double kWidth = 620;
constexpr double kHeight = 340;  // without the legend
constexpr double kLeft = 76;
constexpr double kRight = 26;
constexpr double kTop = 56;
constexpr double kBottom = 34;
constexpr double kLegendRow = 22;
constexpr std::size_t kLegendColumns = 3;

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
.beside{display:flex;flex-wrap:wrap;gap:0 2.5rem;align-items:flex-start}
.beside>*{max-width:100%}
.note{background:#fff7e0;border-left:4px solid #d9a400;padding:.4rem .8rem}
@media screen and (max-width:44rem){body{margin:1rem auto}
 .scrolls svg{max-width:none}.cards thead{display:none}
 .cards,.cards caption,.cards tbody,.cards tr{display:block}
 .cards tr{border:1px solid #d5dae1;margin-bottom:.8rem;padding:.2rem 0}
 .cards td{border:0;padding:.15rem .6rem;text-align:left;overflow-wrap:anywhere;display:grid;
  grid-template-columns:7.4rem 1fr;gap:.8rem}
 .cards td::before{content:attr(data-of);font-weight:600;overflow-wrap:normal}
 .cards td:empty{display:none}}
@media print{body{max-width:none;margin:0}h1,h2,h3,caption{break-after:avoid}
 tr,svg,pre{break-inside:avoid}.wide{overflow:visible}table{font-size:.74rem}
 .beside svg{width:48%}.beside{gap:0 2%}})";

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

/// As in the other formats, but nobody reads more than six digits of a share.
std::string ShownText(const Cell& cell) {
  const auto* number = std::get_if<double>(&cell);
  if (number == nullptr || *number == std::nearbyint(*number)) return CellText(cell);
  return fmt::format("{:.6g}", *number);
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

std::string Legend(const std::vector<std::pair<std::string, std::vector<double>>>& lines) {
  std::string out;
  constexpr double kColumn = (kWidth - kLeft) / kLegendColumns;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const double x = kLeft + kColumn * static_cast<double>(i % kLegendColumns);
    const auto row = i / kLegendColumns;
    const double y = kHeight + kLegendRow * static_cast<double>(row);
    out += fmt::format(
        "<rect x='{:.1f}' y='{:.1f}' width='16' height='5' fill='{}'/>"
        "<text x='{:.1f}' y='{:.1f}'>{}</text>",
        x, y + 3, kColours[i], x + 22, y + 10, EscapeMarkup(lines[i].first));
  }
  return out;
}

std::string Axes(const Plot& plot, const Scale& scale, double step) {
  std::string out;
  for (double value = 0; value <= scale.top * 1.0001; value += step) {
    out += fmt::format(
        "<line x1='{0}' x2='{1}' y1='{2:.1f}' y2='{2:.1f}' stroke='#e2e6eb'/>"
        "<text x='{3}' y='{4:.1f}' text-anchor='end'>{5}</text>",
        kLeft, kWidth - kRight, scale.Y(value), kLeft - 6, scale.Y(value) + 4,
        NumberText(std::nearbyint(value * 1e6) / 1e6));
  }
  const std::size_t every = std::max<std::size_t>(1, (plot.labels.size() + 5) / 6);
  for (std::size_t i = 0; i < plot.labels.size(); i += every) {
    out += fmt::format("<text x='{:.1f}' y='{}' text-anchor='middle'>{}</text>", scale.X(i),
                       kHeight - kBottom + 20, EscapeMarkup(plot.labels[i]));
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
  const double rows = std::ceil(static_cast<double>(lines.size()) / kLegendColumns);
  auto out = fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {0} {1}' width='{0}' height='{1}' "
      "role='img' font-family='system-ui,DejaVu Sans,sans-serif' font-size='13' fill='#333'>"
      "<title>{2}</title><text x='8' y='20' font-size='16' font-weight='600'>{2}</text>"
      "<text x='{3}' y='{4}' text-anchor='end' fill='#556'>{5}</text>",
      kWidth, kHeight + rows * kLegendRow, EscapeMarkup(plot.title), kLeft - 6, kTop - 14,
      EscapeMarkup(plot.unit));
  out += Axes(plot, scale, step);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out += Curve(lines[i].second, scale, kColours[i]);
  }
  return out + Legend(lines) + "</svg>";
}

std::string SideBySide(const std::vector<Plot>& plots) {
  std::string out = "<div class='beside'>";
  for (const auto& plot : plots) out += SvgOf(plot) + "\n";
  return out + "</div>\n";
}

std::string SideBySide(const std::vector<Table>& tables) {
  std::string out = "<div class='beside'>";
  for (const auto& table : tables) out += HtmlOf(table);
  return out + "</div>\n";
}

std::string HtmlOf(const Table& table, const CellMarkup& markup) {
  const bool has_cards = table.columns.size() > kColumnsNarrowMax;
  std::string out =
      has_cards ? "<div class='wide'><table class='cards'>" : "<div class='wide'><table>";
  if (!table.title.empty()) out += "<caption>" + EscapeMarkup(table.title) + "</caption>";
  out += "<thead><tr>";
  for (const auto& column : table.columns) out += "<th>" + EscapeMarkup(column) + "</th>";
  out += "</tr></thead><tbody>";
  for (const auto& row : table.rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += std::holds_alternative<double>(row[i]) ? "<td class='n'" : "<td";
      if (has_cards) out += " data-of='" + EscapeMarkup(table.columns[i]) + "'";
      const auto content = markup(ShownText(row[i]));
      const bool is_boxed = has_cards && !content.empty();
      out += is_boxed ? "><div>" + content + "</div></td>" : ">" + content + "</td>";
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
