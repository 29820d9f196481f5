#include "insight/lists/lists.h"

#include <algorithm>
#include <utility>

#include "base/problem.h"
#include "insight/lists/detail/asked.h"
#include "insight/lists/detail/by_index.h"
#include "insight/lists/detail/columns.h"
#include "insight/lists/detail/question.h"
#include "store/query/query.h"

namespace outpost::lists {
namespace {

using detail::Asked;
using detail::Condition;

/// Counters to add up, when they alone know the total.
std::optional<std::vector<std::int64_t>> CountersFor(const Asked& asked) {
  std::vector<std::int64_t> terms;
  for (const auto& condition : asked.conditions) {
    if (condition.is_range) {
      if (condition.field != Field::kIndexedOn) return std::nullopt;
      continue;
    }
    const bool is_counted = detail::ColumnOf(asked.selection.subject, condition.field).has_counts &&
                            std::count(condition.terms.begin(), condition.terms.end(), 0) == 0;
    if (!terms.empty() || !is_counted) return std::nullopt;
    terms = condition.terms;
  }
  if (terms.empty()) {
    terms = {detail::WholeProject(asked.query, asked.selection.subject, asked.selection.project)};
  }
  std::vector<std::int64_t> counters;
  const bool is_forms = asked.selection.subject == Subject::kForms;
  const bool with_near = is_forms || asked.selection.is_closed != std::optional(true);
  const bool with_apart =
      is_forms ? asked.selection.with_archived : asked.selection.is_closed != std::optional(false);
  for (const auto term : terms) {
    if (with_near) counters.push_back(detail::CounterOf(term, false));
    if (with_apart) counters.push_back(detail::CounterOf(term, true));
  }
  return counters;
}

/// Rows whose indexed_on is within the two ends, at most kCountMax + 1.
std::int64_t CountWithin(const Asked& asked, std::int64_t from, std::int64_t to) {
  if (from > to) return 0;
  auto conditions = asked.conditions;
  std::erase_if(conditions, [](const auto& condition) { return condition.is_range; });
  conditions.push_back({Field::kIndexedOn, "indexed_on", true, {}, from, to, {}});
  Selection selection = asked.selection;
  selection.order = {{Field::kIndexedOn, false}};
  const bool has_driver = conditions.size() == 2 && conditions.front().terms.size() == 1;
  const detail::Plan plan{has_driver ? &conditions.front() : nullptr, false};
  return detail::CountUpTo(asked.connection, detail::CountQuestion(selection, conditions, plan),
                           kCountMax);
}

/// Whole days by the counters, the parts of days at both ends by the index.
void TotalByDays(const Asked& asked, const std::vector<std::int64_t>& counters, Page& page) {
  std::int64_t from = 0;
  std::int64_t to = detail::kEveryDay.to * kMicrosPerDay;
  for (const auto& condition : asked.conditions) {
    if (!condition.is_range) continue;
    from = std::max(from, condition.from);
    to = std::min(to, condition.to);
  }
  if (from > to) return;
  const detail::Days whole{(from + kMicrosPerDay - 1) / kMicrosPerDay,
                           (to + 1) / kMicrosPerDay - 1};
  for (const auto counter : counters) {
    page.total += detail::CountedRows(asked.connection, counter, whole);
  }
  const auto first_whole = whole.from * kMicrosPerDay;
  const auto after_whole = (whole.to + 1) * kMicrosPerDay;
  std::int64_t before = 0;
  std::int64_t after = 0;
  if (first_whole > after_whole) {
    before = CountWithin(asked, from, to);
  } else {
    before = CountWithin(asked, from, first_whole - 1);
    after = CountWithin(asked, after_whole, to);
  }
  page.total += before + after;
  page.is_total_exact = before <= kCountMax && after <= kCountMax;
}

void FindTotal(const Asked& asked, const detail::Plan& plan, Page& page) {
  if (const auto counters = CountersFor(asked)) return TotalByDays(asked, *counters, page);
  if (plan.rarest == nullptr) return;
  page.total = detail::CountAmongRarest(asked.connection, asked.selection, asked.conditions, plan);
  page.is_total_exact = plan.rarest_rows <= detail::kSortMax;
}

Page FindPage(const Asked& asked, detail::ByIndex* index) {
  Page page;
  const auto plan = detail::MakePlan(asked.connection, asked.selection, asked.conditions);
  // Conditions that seldom meet, in an order that none of them has.
  const bool is_walk = plan.driver == nullptr && plan.rarest_rows > detail::kSortMax;
  if (index != nullptr && is_walk) {
    if (auto found = index->FindFew(nullptr)) return std::move(*found);
  }
  auto question = detail::PageQuestion(asked.selection, asked.conditions, plan);
  question.text += " LIMIT " + detail::Bind(question, asked.limit + 1);
  question.text += " OFFSET " + detail::Bind(question, asked.offset);
  const auto rows = asked.connection.Query(question.text, question.params);
  while (rows->Next()) page.rows.push_back({rows->Int(0), {rows->Int(1)}});
  page.has_more = std::cmp_greater(page.rows.size(), asked.limit);
  if (page.has_more) page.rows.pop_back();
  FindTotal(asked, plan, page);
  const auto seen = asked.offset + static_cast<std::int64_t>(page.rows.size()) + page.has_more;
  // A page beyond the end tells nothing; within it, what was seen is there.
  if (!page.rows.empty()) page.total = std::max(page.total, seen);
  return page;
}

Page FindAccepted(const Asked& asked, detail::ByIndex* index, const Accept& accept) {
  if (index != nullptr) {
    if (auto found = index->FindFew(accept)) return std::move(*found);
    if (!asked.selection.needles.empty()) return index->FindAlong(accept);
  }
  const auto plan = detail::MakePlan(asked.connection, asked.selection, asked.conditions);
  auto question = detail::PageQuestion(asked.selection, asked.conditions, plan);
  question.text += " LIMIT " + detail::Bind(question, kLookedAtMax + 1);
  const auto rows = asked.connection.Query(question.text, question.params);
  const auto next = [&](Listed& listed) {
    if (!rows->Next()) return false;
    listed = {rows->Int(0), {rows->Int(1)}};
    return true;
  };
  return detail::Sift(asked, {next}, accept);
}

/// Needles, or two columns that may seldom meet.
bool MayUseIndex(const Selection& selection) {
  if (selection.rows) return false;
  const auto columns = selection.equals.size() + (selection.within ? 1 : 0);
  return !selection.needles.empty() || columns > 1;
}

}  // namespace

Page Lists::Find(const Selection& selection, std::int64_t offset, std::int64_t limit,
                 const Accept& accept) const {
  for (const auto& equal : selection.equals) {
    if (equal.any_of.size() > kValuesMax) {
      throw Problem(ProblemKind::kBadRequest, "A filter takes at most 100 values.");
    }
  }
  // The index is fed from the lists: an earlier state of it beside a later one of them.
  std::optional<search::Reading> reading;
  if (search_ != nullptr && MayUseIndex(selection)) {
    reading.emplace(*search_, selection.subject, selection.project);
  }
  const auto lease = query_.Read();
  // One state of the lists for the page and its total.
  lease->Begin();
  const auto cursor = query::ReadCursor(*lease);
  if (!cursor.is_complete) {
    throw Problem(ProblemKind::kTooManyRequests,
                  "The lists are being made. Please try again in a moment.");
  }
  const Asked asked{*lease, query_, selection, detail::ConditionsOf(query_, selection),
                    offset, limit};
  if (selection.within && selection.within->any_of.empty()) return {};
  if (selection.rows) return detail::FindAmong(asked, *selection.rows, accept);
  std::optional<detail::ByIndex> index;
  if (reading && reading->IsOf(cursor.begun_at)) index.emplace(asked, *reading, limits_);
  if (index && !index->IsUsable()) index.reset();
  return accept ? FindAccepted(asked, index ? &*index : nullptr, accept)
                : FindPage(asked, index ? &*index : nullptr);
}

}  // namespace outpost::lists
