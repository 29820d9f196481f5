#include "services/web/api/raw_filter.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"

namespace outpost::web {
namespace {

namespace bj = boost::json;

/// Query files write names that CommCare HQ's index needs: "type.exact" is "type".
constexpr std::string_view kExact = ".exact";
/// Parts of a path; deeper ones match nothing.
constexpr std::size_t kPartsMax = 100;

std::string TextOf(const bj::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_null() || value.is_structured()) return {};
  return bj::serialize(value);
}

bool IsOneOf(const bj::value& value, const RawFilter& filter) {
  if (value.is_structured() || value.is_null()) return false;
  const auto text = TextOf(value);
  return std::any_of(filter.any_of.begin(), filter.any_of.end(),
                     [&](const auto& wanted) { return EqualsIgnoreCase(text, wanted); });
}

bool MatchesAt(const bj::value& value, std::span<const std::string_view> parts,
               const RawFilter& filter) {
  if (const auto* list = value.if_array()) {
    return std::any_of(list->begin(), list->end(),
                       [&](const auto& item) { return MatchesAt(item, parts, filter); });
  }
  if (parts.empty()) return IsOneOf(value, filter);
  const auto* object = value.if_object();
  if (object == nullptr) return false;
  const auto* member = object->if_contains(parts.front());
  return member != nullptr && MatchesAt(*member, parts.subspan(1), filter);
}

}  // namespace

void AddRawFilter(RawFilters& filters, std::string_view path, std::string_view value) {
  if (path.ends_with(kExact)) path.remove_suffix(kExact.size());
  const auto at = std::find_if(filters.begin(), filters.end(),
                               [&](const auto& filter) { return filter.path == path; });
  auto& filter = at == filters.end() ? filters.emplace_back() : *at;
  filter.path = path;
  filter.any_of.emplace_back(value);
}

std::vector<search::Needle> NeedlesOf(const RawFilters& filters) {
  std::vector<search::Needle> needles;
  for (const auto& filter : filters) {
    auto& needle = needles.emplace_back();
    needle.path = filter.path;
    needle.any_of = filter.any_of;
  }
  return needles;
}

bool Matches(std::string_view document_json, const RawFilters& filters) {
  bj::parse_options options;
  options.max_depth = 512;
  const auto document =
      bj::parse(bj::string_view(document_json.data(), document_json.size()), {}, options);
  return std::all_of(filters.begin(), filters.end(), [&](const RawFilter& filter) {
    const auto parts = Split(filter.path, '.');
    return parts.size() <= kPartsMax && MatchesAt(document, parts, filter);
  });
}

}  // namespace outpost::web
