#include "services/mobile/search/search_params.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::mobile {
namespace {

using Values = std::vector<std::string>;

constexpr std::string_view kRange = "__range__";
constexpr std::string_view kIndices = "indices.";

[[noreturn]] void Refuse(const std::string& told) { throw Problem(ProblemKind::kBadRequest, told); }

/// Metrics, and what has no meaning here; x_commcare_data_registry needs an access that nobody has.
bool IsIgnored(std::string_view name) {
  constexpr std::array<std::string_view, 6> kIgnored = {
      "commcare_project",         "commcare_registry",          "include_closed",
      "x_commcare_data_registry", "x_commcare_tag_module_name", ""};
  return std::find(kIgnored.begin(), kIgnored.end(), name) != kIgnored.end();
}

const std::string& OnlyOf(const Values& values) {
  if (values.size() != 1) {
    Refuse("Multiple values are only supported for simple text and range searches");
  }
  return values.front();
}

Values Words(std::string_view text) {
  Values words;
  for (const auto word : Split(text, ' ')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

PropertyFilter::Dates ReadRange(const std::string& value) {
  const std::string_view rest = std::string_view(value).substr(kRange.size());
  const auto middle = rest.find("__");
  if (middle != std::string_view::npos) {
    const auto from = rest.substr(0, middle), to = rest.substr(middle + 2);
    if (ParseDate(from) && ParseDate(to)) return {std::string(from), std::string(to)};
  }
  Refuse("Invalid date range format, " + value);
}

PropertyFilter ReadFilter(std::string_view name, const Values& values) {
  PropertyFilter filter;
  auto parts = Split(name, '/');
  filter.property = parts.back();
  parts.pop_back();
  for (const auto part : parts) filter.path.emplace_back(part);
  for (const auto& value : values) {
    if (value.empty()) {
      filter.or_blank = true;
    } else if (value.starts_with(kRange)) {
      if (filter.dates) {
        Refuse("Only one blank value plus one date range value are supprted");
      }
      filter.dates = ReadRange(value);
    } else {
      filter.any_of.push_back(value);
    }
  }
  if (filter.dates && !filter.any_of.empty()) {
    Refuse("Only one blank value plus one date range value are supprted");
  }
  return filter;
}

std::optional<SortKey> ReadSortKey(std::string_view text) {
  text = Trim(text);
  SortKey key;
  if (text.starts_with('-')) key.is_descending = true;
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const auto colon = text.find(':');
  if (colon != std::string_view::npos) {
    const auto type = text.substr(colon + 1);
    if (type == "date") key.by = SortKey::By::kDate;
    if (type == "numeric") key.by = SortKey::By::kNumber;
  }
  key.property = text.substr(0, colon);
  if (key.property.empty()) return std::nullopt;
  return key;
}

void ReadSort(SearchParams& params, const Values& values) {
  for (const auto& value : values) {
    for (const auto part : Split(value, ',')) {
      if (auto key = ReadSortKey(part)) params.sort.push_back(std::move(*key));
    }
  }
}

/// One parameter with all its values.
void Read(SearchParams& params, const std::string& name, const Values& values) {
  if (name == "case_type") {
    params.case_types = values;
  } else if (name == "owner_id") {
    params.owner_id = OnlyOf(values);
  } else if (name == "commcare_blacklisted_owner_ids") {
    params.refused_owners = Words(OnlyOf(values));
  } else if (name == "commcare_sort") {
    ReadSort(params, values);
  } else if (name == "x_commcare_include_all_related_cases") {
    params.wants_all_related = true;
  } else if (name == "x_commcare_custom_related_case_property" ||
             name == "x_commcare_expand_id_property") {
    params.related_property = values.front();
  } else if (name == "_xpath_query") {
    Refuse("Query expressions are not supported by this server yet. Search by single properties.");
  } else if (name.starts_with(kIndices)) {
    params.indices.push_back({name.substr(kIndices.size()), values});
  } else if (!IsIgnored(name)) {
    params.filters.push_back(ReadFilter(name, values));
  }
}

}  // namespace

SearchParams ReadSearchParams(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::map<std::string, Values> by_name;
  for (const auto& [name, value] : fields) by_name[name].push_back(value);
  SearchParams params;
  for (const auto& [name, values] : by_name) Read(params, name, values);
  if (params.case_types.empty()) Refuse("Search request must specify case_types");
  return params;
}

}  // namespace outpost::mobile
