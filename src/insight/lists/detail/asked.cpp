#include "insight/lists/detail/asked.h"

#include <algorithm>
#include <utility>

#include "base/problem.h"

namespace outpost::lists::detail {
namespace {

/// Questions for single rows that are sent together.
constexpr std::size_t kAtOnce = 1'000;

struct Sortable {
  std::vector<std::int64_t> keys;
  Listed listed;
};

std::vector<Sortable> ReadSorted(const Asked& asked, std::span<const std::int64_t> rows) {
  const auto question = RowQuestion(asked.selection, asked.conditions);
  const auto& order = asked.selection.order;
  std::vector<Sortable> found;
  std::vector<std::vector<sql::Param>> sets;
  for (std::size_t begin = 0; begin < rows.size(); begin += kAtOnce) {
    const auto some = rows.subspan(begin, std::min(kAtOnce, rows.size() - begin));
    sets.assign(some.size(), question.params);
    for (std::size_t i = 0; i < some.size(); ++i) sets[i].front() = some[i];
    asked.connection.QueryEach(question.text, sets, [&](std::size_t, const sql::Rows& row) {
      auto& sortable = found.emplace_back();
      sortable.listed = {row.Int(0), {row.Int(1)}};
      for (std::size_t i = 0; i < order.size(); ++i) {
        const auto key = row.Int(static_cast<int>(i) + 2);
        sortable.keys.push_back(order[i].is_descending ? -key : key);
      }
      sortable.keys.push_back(order.back().is_descending ? -row.Int(0) : row.Int(0));
    });
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.keys < b.keys; });
  return found;
}

}  // namespace

std::optional<Page> TrySift(const Asked& asked, const Sifting& sifting, const Accept& accept) {
  Page page;
  std::int64_t looked_at = 0;
  std::int64_t accepted = 0;
  for (Listed listed; sifting.next(listed);) {
    if (++looked_at > sifting.looked_at_max) return std::nullopt;
    if (accept && !accept(listed)) continue;
    if (++accepted <= asked.offset) continue;
    if (accepted > asked.offset + asked.limit) {
      page.has_more = true;
      break;
    }
    page.rows.push_back(listed);
  }
  page.total = accepted;
  page.is_total_exact = !page.has_more;
  return page;
}

Page Sift(const Asked& asked, const Sifting& sifting, const Accept& accept) {
  if (auto page = TrySift(asked, sifting, accept)) return std::move(*page);
  RefuseTooMany();
}

void RefuseTooMany() {
  throw Problem(ProblemKind::kBadRequest,
                "This filter looks into documents, and too many would have to be read. Add a "
                "range such as indexed_on_start, or a filter on a listed field.");
}

Page FindAmong(const Asked& asked, std::span<const std::int64_t> rows, const Accept& accept) {
  const auto found = ReadSorted(asked, rows);
  std::size_t at = 0;
  std::int64_t left_out = 0;
  const Accept counting = [&](const Listed& listed) {
    const bool is_accepted = accept(listed);
    if (!is_accepted) ++left_out;
    return is_accepted;
  };
  const auto next = [&](Listed& listed) {
    if (at == found.size()) return false;
    listed = found[at++].listed;
    return true;
  };
  const auto all = static_cast<std::int64_t>(found.size());
  auto page = accept ? Sift(asked, {next}, counting) : Sift(asked, {next, all}, nullptr);
  // What was not looked at may count.
  page.total = all - left_out;
  page.is_total_exact = !accept || !page.has_more;
  return page;
}

}  // namespace outpost::lists::detail
