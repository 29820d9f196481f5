#pragma once

#include <functional>
#include <span>
#include <vector>

#include "insight/lists/detail/question.h"
#include "insight/lists/lists.h"

/// A selection that is being answered in one state of the lists.
namespace outpost::lists::detail {

struct Asked {
  sql::Connection& connection;
  const sql::Database& query;
  const Selection& selection;
  std::vector<Condition> conditions;
  std::int64_t offset, limit;
};

/// Takes the rows that count, in order, until the page is full.
struct Sifting {
  std::function<bool(Listed&)> next;
  std::int64_t looked_at_max = kLookedAtMax;
};
/// @returns none when too many rows were looked at before the page was full.
std::optional<Page> TrySift(const Asked& asked, const Sifting& sifting, const Accept& accept);
/// @throws Problem kBadRequest where TrySift has none.
Page Sift(const Asked& asked, const Sifting& sifting, const Accept& accept);

/// Ends the request: the filter needs a range.
[[noreturn]] void RefuseTooMany();

/// Rows that somebody knows, each once: those of them that are asked for, sorted here.
Page FindAmong(const Asked& asked, std::span<const std::int64_t> rows, const Accept& accept);

}  // namespace outpost::lists::detail
