#pragma once

#include <optional>

#include "insight/lists/detail/asked.h"
#include "insight/search/index.h"

/// Pages by the token index, which knows which rows may have what is asked for.
namespace outpost::lists::detail {

/// The index as it stands beside this state of the lists.
class ByIndex {
 public:
  ByIndex(const Asked& asked, search::Reading& reading, const IndexLimits& limits);

  /// Whether it says anything about this selection: it is of these lists, has almost all of their
  /// rows, and knows one of the needles (`with_needles`) or two of the columns' terms.
  bool IsUsable() const { return is_usable_; }

  /// A page when the rows to look at are few. None: the order must be walked.
  std::optional<Page> FindFew(const Accept& accept);
  /// A page along the order, passing rows that the index does not name without a look.
  /// @throws Problem kBadRequest as Sift does
  Page FindAlong(const Accept& accept);

 private:
  class Passing;

  bool ReadBehind();
  std::optional<Page> Walk(const Accept& accept, std::int64_t looked_at_max,
                           std::int64_t walked_max);

  const Asked& asked_;
  search::Reading& reading_;
  const IndexLimits& limits_;
  bool is_usable_ = false;
  std::vector<std::int64_t> behind_;  // rows that the index may not have yet, by id
};

}  // namespace outpost::lists::detail
