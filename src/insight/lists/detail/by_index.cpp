#include "insight/lists/detail/by_index.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <unordered_map>
#include <utility>

#include "insight/lists/detail/columns.h"

namespace outpost::lists::detail {
namespace {

/// Rows along an order that are compared with the index together.
constexpr std::size_t kStretchMax = 4'096;
/// The index may name so many times the rows of a stretch within its ids: else they lie too far
/// apart, and each is looked at.
constexpr std::size_t kSpreadMax = 4;
/// The ids of a stretch are asked about in so many runs: forms that came late, or were brought by a
/// move, have ids far from their neighbours'.
constexpr std::size_t kRunsMax = 64;
/// Narrower gaps cost less than another question.
constexpr std::int64_t kGapMin = 4'096;
/// Below this it is not worth to count rows on both ways.
constexpr std::int64_t kFewMin = 1'000;

struct Run {
  std::int64_t first, last;
};
/// Ascending; cut at the widest gaps, if they are wide.
std::vector<Run> RunsOf(const std::vector<Listed>& stretch) {
  std::vector<std::int64_t> ids;
  for (const auto& listed : stretch) ids.push_back(listed.row);
  std::sort(ids.begin(), ids.end());
  std::vector<std::size_t> cuts;  // before these
  for (std::size_t i = 1; i < ids.size(); ++i) {
    if (ids[i] - ids[i - 1] > kGapMin) cuts.push_back(i);
  }
  const auto kept = std::min(kRunsMax - 1, cuts.size());
  std::partial_sort(
      cuts.begin(), cuts.begin() + static_cast<std::ptrdiff_t>(kept), cuts.end(),
      [&](std::size_t a, std::size_t b) { return ids[a] - ids[a - 1] > ids[b] - ids[b - 1]; });
  cuts.resize(kept);
  std::sort(cuts.begin(), cuts.end());
  cuts.push_back(ids.size());
  std::vector<Run> runs;
  std::size_t begin = 0;
  for (const auto end : cuts) {
    runs.push_back({ids[begin], ids[end - 1]});
    begin = end;
  }
  return runs;
}

/// Where looking up n named rows, and walking the order until the page is full among N rows of
/// which n count, cost about the same: a row that is looked up costs twice one that is passed.
std::int64_t EvenAt(const Asked& asked) {
  const auto whole = WholeProject(asked.query, asked.selection.subject, asked.selection.project);
  const auto all = CountedRows(asked.connection, CounterOf(whole, false), kEveryDay) +
                   CountedRows(asked.connection, CounterOf(whole, true), kEveryDay);
  const auto wanted = static_cast<double>(asked.offset + asked.limit);
  return static_cast<std::int64_t>(std::sqrt(static_cast<double>(all) * wanted / 2));
}

}  // namespace

ByIndex::ByIndex(const Asked& asked, search::Reading& reading, const IndexLimits& limits)
    : asked_(asked), reading_(reading), limits_(limits) {
  bool has_needle = false;
  for (const auto& needle : asked.selection.needles) has_needle |= reading.Require(needle);
  int columns = 0;
  for (const auto& condition : asked.conditions) {
    const bool is_term = !condition.is_range && condition.terms.size() <= kValuesMax &&
                         ColumnOf(asked.selection.subject, condition.field).has_counts &&
                         std::count(condition.terms.begin(), condition.terms.end(), 0) == 0;
    if (!is_term) continue;
    columns += reading.Require({search::Needle::Kind::kTerm, {}, {}, condition.terms}) ? 1 : 0;
  }
  is_usable_ = (has_needle || columns > 1) && ReadBehind();
}

bool ByIndex::ReadBehind() {
  const auto* table = asked_.selection.subject == Subject::kForms ? "listed_forms" : "listed_cases";
  const auto rows = asked_.connection.Query(
      "SELECT id FROM " + std::string(table) +
          " WHERE project = $1 AND indexed_on > $2 ORDER BY indexed_on LIMIT $3",
      {asked_.selection.project, reading_.fed_to().micros, limits_.behind + 1});
  while (rows->Next()) behind_.push_back(rows->Int(0));
  std::sort(behind_.begin(), behind_.end());
  return std::cmp_less_equal(behind_.size(), limits_.behind);
}

std::optional<Page> ByIndex::FindFew(const Accept& accept) {
  auto few = limits_.few;
  // Without needles nobody walks with the index.
  if (!asked_.selection.needles.empty()) few = std::min(few, std::max(kFewMin, EvenAt(asked_)));
  const auto named = reading_.Find(few + 1);
  if (std::cmp_greater(named.size(), few)) return std::nullopt;
  std::vector<std::int64_t> rows;
  std::set_union(named.begin(), named.end(), behind_.begin(), behind_.end(),
                 std::back_inserter(rows));
  return FindAmong(asked_, rows, accept);
}

/// Rows of an order, those left out that the index does not name.
class ByIndex::Passing {
 public:
  Passing(const ByIndex& of, sql::Rows& rows, std::int64_t walked_max)
      : of_(of), rows_(rows), walked_max_(walked_max), size_(of.limits_.stretch) {}

  bool Next(Listed& listed) {
    while (at_ == kept_.size()) {
      if (!ReadStretch()) return false;
    }
    listed = kept_[at_++];
    return true;
  }
  bool gave_up() const { return gave_up_; }

 private:
  bool ReadStretch() {
    if (walked_ >= walked_max_) {
      gave_up_ = true;
      return false;
    }
    at_ = 0;
    kept_.clear();
    while (kept_.size() < size_ && rows_.Next()) kept_.push_back({rows_.Int(0), {rows_.Int(1)}});
    if (kept_.empty()) return false;
    walked_ += static_cast<std::int64_t>(kept_.size());
    size_ = std::min(size_ * 2, kStretchMax);
    if (is_dense_) LeaveOut();
    return true;
  }

  void LeaveOut() {
    std::vector<std::int64_t> named;
    for (const auto& [first, last] : RunsOf(kept_)) {
      const auto some = of_.reading_.FindWithin(
          first, last, static_cast<std::int64_t>(kept_.size() * kSpreadMax));
      if (!some) {
        is_dense_ = false;
        return;
      }
      named.insert(named.end(), some->begin(), some->end());
    }
    std::erase_if(kept_, [&](const Listed& listed) {
      return listed.indexed_on <= of_.reading_.fed_to() &&
             !std::binary_search(named.begin(), named.end(), listed.row);
    });
  }

  const ByIndex& of_;
  sql::Rows& rows_;
  std::int64_t walked_max_, walked_ = 0;
  std::size_t size_;
  std::vector<Listed> kept_;
  std::size_t at_ = 0;
  bool is_dense_ = true;  // rows that follow each other in the order have ids near each other
  bool gave_up_ = false;
};

std::optional<Page> ByIndex::Walk(const Accept& accept, std::int64_t looked_at_max,
                                  std::int64_t walked_max) {
  const auto plan = MakePlan(asked_.connection, asked_.selection, asked_.conditions);
  auto question = PageQuestion(asked_.selection, asked_.conditions, plan);
  question.text += " LIMIT " + Bind(question, walked_max);
  const auto rows = asked_.connection.Query(question.text, question.params);
  Passing passing(*this, *rows, walked_max);
  auto page = TrySift(asked_, {[&](Listed& listed) { return passing.Next(listed); }, looked_at_max},
                      accept);
  if (passing.gave_up()) return std::nullopt;
  return page;
}

Page ByIndex::FindAlong(const Accept& accept) {
  // The second way begins again: who decides sees each row once, and those that count in order.
  std::unordered_map<std::int64_t, bool> decided;
  const Accept once = [&](const Listed& listed) {
    const auto known = decided.find(listed.row);
    if (known != decided.end()) return known->second;
    return decided.emplace(listed.row, accept(listed)).first->second;
  };
  if (auto page = Walk(once, limits_.looked_at_first, limits_.walked_first))
    return std::move(*page);
  const auto named = reading_.Find(limits_.many + 1);
  if (std::cmp_less_equal(named.size(), limits_.many)) {
    std::vector<std::int64_t> rows;
    std::set_union(named.begin(), named.end(), behind_.begin(), behind_.end(),
                   std::back_inserter(rows));
    return FindAmong(asked_, rows, once);
  }
  if (auto page = Walk(once, kLookedAtMax, limits_.walked)) return std::move(*page);
  RefuseTooMany();
}

}  // namespace outpost::lists::detail
