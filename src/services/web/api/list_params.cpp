#include "services/web/api/list_params.h"

#include <algorithm>
#include <array>

#include "base/problem.h"
#include "services/web/api/date_params.h"

namespace outpost::web {
namespace {

constexpr std::string_view kStart = "_start";
constexpr std::string_view kEnd = "_end";
constexpr std::string_view kWords = "_words";
constexpr std::string_view kPart = "_part";
constexpr std::array<std::string_view, 7> kNoFilters = {"limit",    "offset",  "format", "order_by",
                                                        "username", "api_key", "otp"};

}  // namespace

bool IsNoFilter(std::string_view name) {
  return std::find(kNoFilters.begin(), kNoFilters.end(), name) != kNoFilters.end();
}

bool TakeRange(std::string_view name, std::string_view value, std::span<const RangeName> names,
               lists::Selection& selection) {
  const bool is_start = name.ends_with(kStart);
  if (!is_start && !name.ends_with(kEnd)) return false;
  const auto base = name.substr(0, name.size() - (is_start ? kStart : kEnd).size());
  const auto known = std::find_if(names.begin(), names.end(),
                                  [&](const auto& range) { return range.name == base; });
  if (known == names.end()) return false;
  const auto at = ReadClassicDate(value, is_start ? DayEnd::kFirst : DayEnd::kLast);
  if (!at) {
    throw Problem(ProblemKind::kBadRequest,
                  "Invalid " + std::string(name) + " '" + std::string(value) +
                      "' provided. Please provide a date as YYYY-MM-DD or a time as "
                      "YYYY-MM-DDTHH:MM:SS, in UTC.");
  }
  auto& range = selection.ranges.emplace_back();
  range.field = known->field;
  (is_start ? range.from : range.to) = *at;
  return true;
}

bool TakeWords(std::string_view name, std::string_view value, std::vector<search::Needle>& words) {
  using Kind = search::Needle::Kind;
  if (name == kPart) {
    if (value.size() < search::kPartBytesMin) {
      throw Problem(ProblemKind::kBadRequest, "Invalid _part '" + std::string(value) +
                                                  "' provided. Please provide three characters or "
                                                  "more.");
    }
    words.push_back({Kind::kPart, {}, {std::string(value)}, {}});
    return true;
  }
  if (name != kWords) return false;
  for (auto& word : search::WordsOf(value)) words.push_back({Kind::kWord, {}, {word}, {}});
  return true;
}

void TakeEqual(lists::Field field, std::string_view value, lists::Selection& selection) {
  const auto known = std::find_if(selection.equals.begin(), selection.equals.end(),
                                  [&](const auto& equal) { return equal.field == field; });
  auto& equal = known == selection.equals.end() ? selection.equals.emplace_back() : *known;
  equal.field = field;
  equal.any_of.emplace_back(value);
}

void TakeRows(std::vector<std::int64_t> rows, lists::Selection& selection) {
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  if (!selection.rows) {
    selection.rows = std::move(rows);
    return;
  }
  std::vector<std::int64_t> both;
  std::set_intersection(rows.begin(), rows.end(), selection.rows->begin(), selection.rows->end(),
                        std::back_inserter(both));
  selection.rows = std::move(both);
}

lists::Order ReadOrder(std::string_view value, std::span<const RangeName> names) {
  lists::Order order;
  order.is_descending = value.starts_with('-');
  const auto name = value.substr(order.is_descending ? 1 : 0);
  const auto known = std::find_if(names.begin(), names.end(),
                                  [&](const auto& range) { return range.name == name; });
  if (known == names.end()) {
    throw Problem(ProblemKind::kBadRequest,
                  "Invalid order_by '" + std::string(value) + "' provided. Please provide one of " +
                      std::string(names.front().name) + " and the other dates of this list.");
  }
  order.field = known->field;
  return order;
}

}  // namespace outpost::web
