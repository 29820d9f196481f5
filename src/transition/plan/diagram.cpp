#include "transition/plan/diagram.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"

namespace outpost::plan {
namespace {

constexpr double kWidth = 1260;
constexpr double kClientX = 30;
constexpr double kClientWidth = 190;
constexpr double kMiddleX = 280;
constexpr double kMiddleWidth = 560;
constexpr double kOutsideX = 910;
constexpr double kOutsideWidth = 325;
constexpr double kTop = 90;
constexpr double kMachineHeight = 106;
constexpr double kGap = 22;
constexpr double kBoxHeight = 74;

/// Text that fits its box; the whole text is in the plan's tables.
std::string Fitted(const std::string& text, std::size_t characters) {
  std::size_t seen = 0;
  std::size_t end_of_cut = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (begins && ++seen == characters) end_of_cut = i;
  }
  if (seen <= characters) return EscapeMarkup(text);
  return EscapeMarkup(text.substr(0, end_of_cut)) + "…";
}

std::string Box(double x, double y, double width, double height, const char* fill,
                const char* stroke, const char* extra = "") {
  return fmt::format(
      "<rect x='{}' y='{}' width='{}' height='{}' rx='6' fill='{}' stroke='{}'{}/>\n", x, y, width,
      height, fill, stroke, extra);
}

std::string Line(double x, double y, const std::string& text, const char* style = "") {
  return fmt::format("<text x='{}' y='{}'{}>{}</text>\n", x, y, style, text);
}

constexpr const char* kBold = " font-weight='600'";
constexpr const char* kSmall = " font-size='11' fill='#4a5563'";

std::string Arrow(double x1, double y1, double x2, double y2, bool both) {
  const double middle = (x1 + x2) / 2;
  return fmt::format(
      "<path d='M{} {} C{} {} {} {} {} {}' fill='none' stroke='#51606f' stroke-width='1.6' "
      "marker-end='url(#tip)'{}/>\n",
      x1, y1, middle, y1, middle, y2, x2, y2, both ? " marker-start='url(#tail)'" : "");
}

std::string RolesText(const Machine& machine) {
  static const std::map<std::string, std::string, std::less<>> kParts = {
      {"all", "proxy, all roles of Outpost, database"},
      {"primary", "proxy, all roles of Outpost, PostgreSQL"},
      {"standby", "follows: PostgreSQL, files; takes over"}};
  if (machine.roles.size() == 1) {
    const auto found = kParts.find(machine.roles[0]);
    if (found != kParts.end()) return found->second;
  }
  return fmt::format("{}", fmt::join(machine.roles, ", "));
}

/// The order in which requests and data pass through.
int RankOf(const Machine& machine) {
  int rank = 100;
  for (const auto& role : machine.roles) {
    const auto at = std::find(std::begin(kRoles), std::end(kRoles), role);
    rank = std::min(rank, static_cast<int>(at - std::begin(kRoles)));
  }
  return rank;
}

struct Drawn {
  std::string svg;
  double height = 0;
  double entry_y = 0;  // where requests arrive
};

Drawn DrawEnvironment(const Environment& environment, double y) {
  std::vector<const Machine*> machines;
  for (const auto& machine : environment.machines) machines.push_back(&machine);
  std::stable_sort(machines.begin(), machines.end(),
                   [](const Machine* a, const Machine* b) { return RankOf(*a) < RankOf(*b); });
  const double column = (kMiddleWidth - 3 * kGap) / 2;
  const std::size_t rows = (machines.size() + 1) / 2;
  Drawn drawn;
  const double head = 62;
  drawn.height = head + static_cast<double>(rows) * (kMachineHeight + kGap);
  drawn.entry_y = y + head + kMachineHeight / 2;
  drawn.svg += Box(kMiddleX, y, kMiddleWidth, drawn.height, "#f3f7fb", "#0b5cab");
  drawn.svg += Line(kMiddleX + kGap, y + 24, Fitted(environment.name, 40), kBold);
  drawn.svg +=
      Line(kMiddleX + kGap, y + 42,
           Fitted(fmt::format("https://{}  ·  {}", environment.host,
                              environment.topology == Topology::kPair     ? "pair with standby"
                              : environment.topology == Topology::kSingle ? "single machine"
                                                                          : "cluster by role"),
                  72),
           kSmall);
  for (std::size_t i = 0; i < machines.size(); ++i) {
    const auto& machine = *machines[i];
    const double x = kMiddleX + kGap + static_cast<double>(i % 2) * (column + kGap);
    const double top = y + head + static_cast<double>(i / 2) * (kMachineHeight + kGap);
    const bool follows = machine.Has("standby") || machine.Has("database-standby");
    drawn.svg += Box(x, top, column, kMachineHeight, "#ffffff", "#7a8896",
                     follows ? " stroke-dasharray='6 4'" : "");
    drawn.svg += Line(x + 12, top + 22, Fitted(machine.name, 24), kBold);
    drawn.svg += Line(x + 12, top + 40, Fitted(RolesText(machine), 40), kSmall);
    drawn.svg += Line(x + 12, top + 57,
                      Fitted(fmt::format("{} cores, {} GB, {} GB {}", machine.cores, machine.ram_gb,
                                         machine.disk_gb, machine.disk),
                             40),
                      kSmall);
    drawn.svg += Line(x + 12, top + 74, Fitted(machine.address, 40), kSmall);
    drawn.svg += Line(x + 12, top + 91, Fitted(machine.site, 40), kSmall);
  }
  if (environment.topology == Topology::kPair) {
    const double at = y + head + kMachineHeight / 2;
    const double x = kMiddleX + kGap + column;
    drawn.svg += fmt::format(
        "<path d='M{} {} L{} {}' stroke='#2a7f62' stroke-width='2' marker-end='url(#tip)'/>\n", x,
        at, x + kGap, at);
  }
  return drawn;
}

std::string Clients(const Plan& plan, double y, double entry_y) {
  std::string svg;
  int users = 0;
  for (const auto& app : plan.apps) users += app.users;
  const struct {
    std::string title, detail;
  } boxes[] = {
      {"Phones", fmt::format("{} workers, {} planned", users > 0 ? users : plan.scale.users,
                             plan.scale.users_target)},
      {"Browsers", "administrators, supervisors"},
      {"Data tools", "exports, dashboards (API)"}};
  for (const auto& box : boxes) {
    svg += Box(kClientX, y, kClientWidth, kBoxHeight, "#fff8ec", "#b8860b");
    svg += Line(kClientX + 12, y + 28, EscapeMarkup(box.title), kBold);
    svg += Line(kClientX + 12, y + 48, Fitted(box.detail, 32), kSmall);
    svg += Arrow(kClientX + kClientWidth, y + kBoxHeight / 2, kMiddleX, entry_y, false);
    y += kBoxHeight + kGap;
  }
  svg += Line(kClientX, y + 8, "HTTPS, port 443", kSmall);
  return svg;
}

std::string Outside(const Plan& plan, double y, double leave_y, double* bottom) {
  std::string svg;
  const auto draw = [&](const std::string& title, const std::string& one, const std::string& two,
                        const std::string& direction) {
    svg += Box(kOutsideX, y, kOutsideWidth, kBoxHeight, "#f2f8f4", "#2a7f62");
    svg += Line(kOutsideX + 12, y + 24, Fitted(title, 44), kBold);
    svg += Line(kOutsideX + 12, y + 42, Fitted(one, 52), kSmall);
    svg += Line(kOutsideX + 12, y + 59, Fitted(two, 52), kSmall);
    const double at = y + kBoxHeight / 2;
    const double from = kMiddleX + kMiddleWidth;
    svg += direction == "in" ? Arrow(kOutsideX, at, from, leave_y, false)
                             : Arrow(from, leave_y, kOutsideX, at, direction == "both");
    y += kBoxHeight + kGap;
  };
  for (const auto& one : plan.integrations) {
    draw(one.name, one.protocol, one.purpose.empty() ? one.address : one.purpose, one.direction);
  }
  if (!plan.backup.second_place.empty()) {
    draw("Second place of the backups", plan.backup.second_place, "copies every quarter of an hour",
         "out");
  }
  if (!plan.move.from.empty()) {
    draw("Hosted service until the move", plan.move.from, "apps and data come from here once",
         "in");
  }
  *bottom = y;
  return svg;
}

}  // namespace

std::string ArchitectureSvg(const Plan& plan) {
  std::string middle;
  double y = kTop;
  double first_entry = 0;
  double first_leave = 0;
  for (const auto& environment : plan.environments) {
    const auto drawn = DrawEnvironment(environment, y);
    if (first_entry == 0) {
      first_entry = drawn.entry_y;
      first_leave = drawn.entry_y;
    }
    middle += drawn.svg;
    y += drawn.height + kGap + 8;
  }
  double outside_bottom = 0;
  const auto outside = Outside(plan, kTop, first_leave, &outside_bottom);
  const double clients_bottom = kTop + 3 * (kBoxHeight + kGap) + 20;
  const double height = std::max({y, outside_bottom, clients_bottom}) + 30;
  std::string svg = fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {0} {1}' width='{0}' height='{1}' "
      "role='img' font-family='system-ui,DejaVu Sans,sans-serif' font-size='13' fill='#1c2430'>\n"
      "<title>Architecture: {2}</title>\n"
      "<defs><marker id='tip' viewBox='0 0 8 8' refX='7' refY='4' markerWidth='8' "
      "markerHeight='8' orient='auto'><path d='M0 0 L8 4 L0 8 z' fill='#51606f'/></marker>"
      "<marker id='tail' viewBox='0 0 8 8' refX='1' refY='4' markerWidth='8' markerHeight='8' "
      "orient='auto'><path d='M8 0 L0 4 L8 8 z' fill='#51606f'/></marker></defs>\n"
      "<rect width='{0}' height='{1}' fill='#ffffff'/>\n",
      kWidth, height, EscapeMarkup(plan.programme));
  svg += Line(kClientX, 36, Fitted(fmt::format("{}: {}", plan.organisation, plan.programme), 90),
              " font-size='20' font-weight='600'");
  svg += Line(kClientX, 60, "Environments, machines and the systems they talk to", kSmall);
  svg += Clients(plan, kTop, first_entry);
  return svg + middle + outside + "</svg>\n";
}

}  // namespace outpost::plan
