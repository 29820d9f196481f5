#include "insight/lists/detail/by_index.h"

#include <algorithm>
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
  const auto named = reading_.Find(limits_.few + 1);
  if (std::cmp_greater(named.size(), limits_.few)) return std::nullopt;
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
    const auto [first, last] = std::minmax_element(
        kept_.begin(), kept_.end(), [](const auto& a, const auto& b) { return a.row < b.row; });
    const auto named = of_.reading_.FindWithin(
        first->row, last->row, static_cast<std::int64_t>(kept_.size() * kSpreadMax));
    if (!named) {
      is_dense_ = false;
      return;
    }
    std::erase_if(kept_, [&](const Listed& listed) {
      return listed.indexed_on <= of_.reading_.fed_to() &&
             !std::binary_search(named->begin(), named->end(), listed.row);
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
