#include "services/mobile/search/case_matcher.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace outpost::mobile {
namespace {

bool Holds(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

bool IsWithin(std::string_view text, const PropertyFilter::Dates& dates) {
  // A time of day does not keep a case out of the last day.
  constexpr std::size_t kDateLength = 10;
  const auto day = text.substr(0, kDateLength);
  return ParseDate(day) && day >= dates.from && day <= dates.to;
}

bool Fits(std::string_view text, const PropertyFilter& filter) {
  if (text.empty()) return filter.or_blank;
  return Holds(filter.any_of, text) || (filter.dates && IsWithin(text, *filter.dates));
}

/// The filter's property of an ancestor; false too when there is no such ancestor.
bool AncestorFits(const cases::Case& c, const PropertyFilter& filter, std::size_t step,
                  const FindAncestor& find) {
  if (step == filter.path.size()) return Fits(TextOf(c, filter.property), filter);
  const auto index = std::find_if(c.indices.begin(), c.indices.end(), [&](const cases::Index& one) {
    return one.identifier == filter.path[step];
  });
  if (index == c.indices.end()) return false;
  const auto ancestor = find(index->referenced_id);
  return ancestor && AncestorFits(*ancestor, filter, step + 1, find);
}

bool HasIndex(const cases::Case& c, const IndexFilter& filter) {
  return std::any_of(c.indices.begin(), c.indices.end(), [&](const cases::Index& index) {
    return index.identifier == filter.identifier && Holds(filter.any_of, index.referenced_id);
  });
}

double NumberOf(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number && std::isfinite(number) ? number : std::numeric_limits<double>::lowest();
}

/// Negative, zero or positive.
int Compared(std::string_view a, std::string_view b, SortKey::By by) {
  if (by == SortKey::By::kNumber) {
    const double first = NumberOf(a), second = NumberOf(b);
    return first < second ? -1 : first > second ? 1 : 0;
  }
  return a.compare(b);
}

}  // namespace

std::string_view TextOf(const cases::Case& c, std::string_view property) {
  if (property == "case_name" || property == "name") return c.name;
  if (property == "external_id") return c.external_id;
  if (property == "owner_id") return c.owner_id;
  const auto at = c.properties.find(property);
  return at == c.properties.end() ? std::string_view() : std::string_view(at->second.text);
}

bool Matches(const cases::Case& c, const SearchParams& params, const FindAncestor& find) {
  if (c.is_closed || c.is_deleted || !Holds(params.case_types, c.type)) return false;
  if (params.owner_id && c.owner_id != *params.owner_id) return false;
  if (Holds(params.refused_owners, c.owner_id)) return false;
  for (const auto& filter : params.indices) {
    if (!HasIndex(c, filter)) return false;
  }
  for (const auto& filter : params.filters) {
    if (!AncestorFits(c, filter, 0, find)) return false;
  }
  return true;
}

void Sort(std::vector<cases::Case>& found, const std::vector<SortKey>& keys) {
  std::stable_sort(found.begin(), found.end(), [&](const cases::Case& a, const cases::Case& b) {
    for (const auto& key : keys) {
      const int order = Compared(TextOf(a, key.property), TextOf(b, key.property), key.by);
      if (order != 0) return key.is_descending ? order > 0 : order < 0;
    }
    return false;
  });
}

}  // namespace outpost::mobile
