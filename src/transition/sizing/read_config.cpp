#include "transition/sizing/read_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "transition/sizing/detail/read_service.h"
#include "transition/sizing/detail/values.h"

namespace outpost::sizing {
namespace {

using detail::MapReader;
using detail::Refuse;

struct Date {
  Month month;
  int day = 1;
};

/// YYYYMMDD, as text or number.
std::optional<Date> ParseCompactDate(std::string_view text) {
  if (text.size() != 8) return {};
  const auto number = ParseInt(text);
  if (!number || *number < 0) return {};
  const int year = static_cast<int>(*number / 10000);
  const int month = static_cast<int>(*number / 100 % 100);
  const int day = static_cast<int>(*number % 100);
  if (year < 1900 || month < 1 || month > 12 || day < 1 || day > 31) return {};
  return Date{{year * 12 + month - 1}, day};
}

Date DateOf(const tree::Node& node, const std::string& file, const std::string& path) {
  const auto text = detail::TextOf(node, file, path);
  const auto date = ParseCompactDate(text);
  if (!date) Refuse(file, node.at, path, fmt::format("'{}' is not a date; write YYYYMMDD", text));
  return *date;
}

DateRange ReadRange(const tree::Node& node, const std::string& file, const std::string& path) {
  if (node.kind != tree::Kind::kList || (node.items.size() != 2 && node.items.size() != 3)) {
    Refuse(file, node.at, path, "a range is [start, value] or [start, end, value]");
  }
  DateRange range;
  const auto start = DateOf(node.items[0], file, path);
  range.first = start.month;
  range.last = start.month;
  range.value = detail::NumberOrVariableOf(node.items.back(), file, path);
  if (node.items.size() == 2) {
    if (start.day != 1) {
      Refuse(file, node.at, path,
             fmt::format("'{}': a range of one month must start on the first of that month",
                         node.items[0].text));
    }
    return range;
  }
  // The range holds the first days of months that lie inside it.
  if (start.day != 1) range.first.index += 1;
  range.last = DateOf(node.items[1], file, path).month;
  if (range.last < start.month) {
    Refuse(
        file, node.at, path,
        fmt::format("'{}' ends before it begins ('{}')", node.items[1].text, node.items[0].text));
  }
  return range;
}

void ReadRanges(MapReader& reader, UsageModel* model) {
  const auto& list = reader.Required("ranges");
  const auto path = reader.PathOf("ranges");
  if (list.kind != tree::Kind::kList || list.items.empty()) {
    Refuse(reader.file(), list.at, path, "a list of ranges is expected");
  }
  for (const auto& item : list.items) {
    const auto range = ReadRange(item, reader.file(), path);
    for (const auto& other : model->ranges) {
      if (range.first <= other.last && other.first <= range.last) {
        Refuse(reader.file(), item.at, path,
               fmt::format("two ranges cover {}",
                           FormatYearMonth(std::max(range.first, other.first))));
      }
    }
    model->ranges.push_back(range);
  }
}

std::vector<std::string> ReadFields(MapReader& reader, std::size_t at_least) {
  const auto& list = reader.Required("dependant_fields");
  const auto path = reader.PathOf("dependant_fields");
  if (list.kind != tree::Kind::kList || list.items.size() < at_least) {
    Refuse(reader.file(), list.at, path,
           fmt::format("a list of at least {} fields is expected", at_least));
  }
  std::vector<std::string> fields;
  for (const auto& item : list.items) {
    fields.push_back(detail::TextOf(item, reader.file(), path));
  }
  return fields;
}

struct UsageKindName {
  std::string_view name;
  UsageKind kind;
};
constexpr std::array<UsageKindName, 7> kUsageKinds = {{
    {"date_range_value", UsageKind::kDateRangeValue},
    {"cumulative", UsageKind::kCumulative},
    {"cumulative_limited_lifespan", UsageKind::kCumulativeLimitedLifespan},
    {"derived_sum", UsageKind::kDerivedSum},
    {"derived_factor", UsageKind::kDerivedFactor},
    {"product", UsageKind::kProduct},
    {"baseline_with_growth", UsageKind::kBaselineWithGrowth},
}};

UsageKind UsageKindOf(MapReader& reader) {
  const auto name = reader.Text("model");
  std::vector<std::string_view> names;
  for (const auto& entry : kUsageKinds) {
    if (entry.name == name) return entry.kind;
    names.push_back(entry.name);
  }
  const auto nearest = NearestWord(name, names);
  Refuse(reader.file(), reader.Required("model").at, reader.PathOf("model"),
         fmt::format("there is no usage model '{}'{}", name,
                     nearest ? fmt::format("; did you mean '{}'?", *nearest)
                             : "; known are " + fmt::format("{}", fmt::join(names, ", "))));
}

std::vector<VariableSet> ReadSets(const tree::Node* node, const std::string& file) {
  std::vector<VariableSet> sets = {{"", {}}};
  if (node == nullptr) return {{}};
  MapReader lists(*node, "sets", file);
  for (const auto& list : node->members) {
    const auto path = lists.PathOf(list.first);
    if (list.second.kind != tree::Kind::kList || list.second.items.empty()) {
      Refuse(file, list.second.at, path, "a list of items is expected");
    }
    if (sets.size() * list.second.items.size() > kSetsMax) {
      Refuse(file, list.second.at, path, fmt::format("more than {} combinations", kSetsMax));
    }
    std::vector<VariableSet> grown;
    for (const auto& set : sets) {
      for (const auto& item : list.second.items) {
        MapReader reader(item, path, file);
        auto next = set;
        for (const auto& member : item.members) {
          const auto text = detail::TextOf(member.second, file, reader.PathOf(member.first));
          if (member.first == "name") {
            next.name += (next.name.empty() ? "" : "-") + text;
          } else {
            next.variables[member.first] = text;
          }
        }
        grown.push_back(std::move(next));
      }
    }
    sets = std::move(grown);
  }
  for (auto& set : sets) {
    if (set.name.empty()) set.name = "default";
  }
  return sets;
}

Month YearMonthOf(const tree::Node& node, const std::string& file, const std::string& path) {
  const auto text = detail::TextOf(node, file, path);
  const auto month = ParseYearMonth(text);
  if (!month)
    Refuse(file, node.at, path, fmt::format("'{}' is not a month; write 'YYYY-MM'", text));
  return *month;
}

DisplayUnit ReadUnit(MapReader& reader) {
  const auto name = reader.TextOr("storage_display_unit", "GB");
  if (name == "KB") return {name, 3};
  if (name == "MB") return {name, 6};
  if (name == "GB") return {name, 9};
  if (name == "TB") return {name, 12};
  Refuse(reader.file(), reader.Required("storage_display_unit").at, "storage_display_unit",
         fmt::format("'{}' is not one of KB, MB, GB, TB", name));
}

void ReadDates(MapReader& reader, SizingConfig* config) {
  if (const auto* dates = reader.Optional("summary_dates")) {
    if (dates->kind != tree::Kind::kList) {
      Refuse(config->file, dates->at, "summary_dates", "a list of months is expected");
    }
    for (const auto& item : dates->items) {
      config->summary_dates.emplace_back(YearMonthOf(item, config->file, "summary_dates"), item.at);
    }
  }
  if (const auto* date = reader.Optional("sets_summary_date")) {
    config->sets_summary_date = YearMonthOf(*date, config->file, "sets_summary_date");
  }
}

void ReadUsage(MapReader& reader, SizingConfig* config) {
  const auto& usage = reader.Required("usage");
  MapReader fields(usage, "usage", config->file);
  if (usage.members.size() > kUsageFieldsMax) {
    Refuse(config->file, usage.at, "usage", fmt::format("more than {} fields", kUsageFieldsMax));
  }
  for (const auto& member : usage.members) {
    config->usage.push_back(ReadUsageModel(member.second, member.first, config->file));
  }
  if (!fields.Has("users")) {
    Refuse(config->file, usage.at, "usage.users", "a usage field called users is required");
  }
}

void ReadServices(MapReader& reader, SizingConfig* config) {
  const auto& services = reader.Required("services");
  const MapReader check(services, "services", config->file);
  if (services.members.size() > kServicesMax) {
    Refuse(config->file, services.at, "services",
           fmt::format("more than {} services", kServicesMax));
  }
  for (const auto& member : services.members) {
    config->services.push_back(detail::ReadService(member.second, member.first, config->file));
  }
}

}  // namespace

std::string FormatYearMonth(Month month) {
  return fmt::format("{:04}-{:02}", month.index / 12, month.index % 12 + 1);
}

std::string FormatMonth(Month month) { return FormatYearMonth(month) + "-01"; }

std::optional<std::uint64_t> ParseSize(std::string_view text) {
  text = Trim(text);
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  constexpr std::size_t kDigitsMax = 15;
  if (digits == 0 || digits > kDigitsMax) return {};
  const auto number = static_cast<std::uint64_t>(ParseInt(text.substr(0, digits)).value_or(0));
  const auto unit = Trim(text.substr(digits));
  if (unit.empty()) return number;
  std::uint64_t factor = 0;
  if (unit == "KB") factor = 1'000;
  if (unit == "MB") factor = 1'000'000;
  if (unit == "GB") factor = 1'000'000'000;
  if (unit == "TB") factor = 1'000'000'000'000;
  constexpr std::uint64_t kSizeMax = 1'000'000'000'000'000'000;  // an exabyte
  if (factor == 0 || number > kSizeMax / factor) return {};
  return number * factor;
}

std::optional<Month> ParseYearMonth(std::string_view text) {
  if (text.size() < 7 || text[4] != '-') return {};
  if (text.size() != 7 && (text.size() != 10 || text[7] != '-')) return {};
  const auto year = ParseInt(text.substr(0, 4));
  const auto month = ParseInt(text.substr(5, 2));
  if (!year || !month || *year < 1900 || *month < 1 || *month > 12) return {};
  return Month{static_cast<int>(*year * 12 + *month - 1)};
}

UsageModel ReadUsageModel(const tree::Node& node, const std::string& name,
                          const std::string& file) {
  MapReader reader(node, "usage." + name, file);
  UsageModel model;
  model.name = name;
  model.at = node.at;
  model.kind = UsageKindOf(reader);
  switch (model.kind) {
    case UsageKind::kDateRangeValue:
      ReadRanges(reader, &model);
      break;
    case UsageKind::kCumulativeLimitedLifespan:
      model.lifespan = reader.Integer("lifespan");
      [[fallthrough]];
    case UsageKind::kCumulative:
      model.fields = {reader.Text("dependant_field")};
      break;
    case UsageKind::kDerivedSum:
      model.fields = ReadFields(reader, 2);
      break;
    case UsageKind::kProduct:
      model.fields = ReadFields(reader, 1);
      break;
    case UsageKind::kDerivedFactor:
      model.fields = {reader.Text("dependant_field")};
      model.factor =
          detail::NumberOrVariableOf(reader.Required("factor"), file, reader.PathOf("factor"));
      break;
    case UsageKind::kBaselineWithGrowth:
      model.fields = {reader.Text("dependant_field")};
      model.baseline = reader.Decimal("baseline");
      model.monthly_growth = reader.Decimal("monthly_growth");
      break;
  }
  if (model.kind != UsageKind::kDateRangeValue && model.kind != UsageKind::kProduct) {
    model.start_with = reader.DecimalOr("start_with", 0);
  }
  reader.RefuseUnread();
  return model;
}

SizingConfig ReadConfig(std::string_view text, const std::string& file) {
  tree::Node root;
  try {
    root = tree::ReadYaml(text);
  } catch (const Problem& problem) {
    Refuse(file, problem.position(), "YAML", problem.told());
  }
  SizingConfig config;
  config.file = file;
  config.text = text;
  MapReader reader(root, "", file);
  config.estimation_buffer = reader.Decimal("estimation_buffer");
  config.estimation_growth_factor = reader.DecimalOr("estimation_growth_factor", 0);
  config.storage_buffer = reader.Decimal("storage_buffer");
  config.unit = ReadUnit(reader);
  config.vm_os_storage_gb = reader.Integer("vm_os_storage_gb");
  config.vm_os_storage_group = reader.Text("vm_os_storage_group");
  ReadDates(reader, &config);
  config.sets = ReadSets(reader.Optional("sets"), file);
  ReadUsage(reader, &config);
  ReadServices(reader, &config);
  config.measured = reader.TextOr("measured", "");
  if (config.measured == "no") {
    config.warnings.push_back(
        fmt::format("[WARNING] {}: unit sizes and capacities are estimates, not measured", file));
  } else if (config.measured.starts_with("not ")) {
    config.warnings.push_back(fmt::format("[WARNING] {}: measured: {}", file, config.measured));
  }
  for (const auto& unread : reader.Unread()) {
    config.warnings.push_back(fmt::format("[WARNING] {}:{}: {}: unknown key, ignored", file,
                                          unread.second.line, unread.first));
  }
  return config;
}

}  // namespace outpost::sizing
