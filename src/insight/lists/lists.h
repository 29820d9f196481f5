#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "insight/search/index.h"
#include "insight/search/needle.h"
#include "store/sql/connection.h"
#include "store/sql/database.h"

/// Lists of forms and cases at any size: pages of row ids in the order asked for, from the
/// analytics database (web document 2.1, 2.2, 3.2; design 5).
///
/// A question is a selection: equal terms (any of several values), ranges of time, an order. What
/// no column holds is looked up by `accept`, which sees the rows in order and says which count; the
/// needles of the selection say the same to the token index, which leads to the rows worth a look.
namespace outpost::lists {

using search::Subject;

/// Columns that can be asked for. Each subject has some of them.
enum class Field : std::uint8_t {
  // Texts, compared whole; the app without case.
  kXmlns,
  kApp,
  kPerson,
  kType,
  kOwner,
  kName,
  kExternalId,
  // Times.
  kIndexedOn,
  kReceivedOn,
  kServerModifiedOn,
  kModifiedOn,
  kOpenedOn,
  kClosedOn,
};

struct Equal {
  Field field;
  std::vector<std::string> any_of;
};
/// Both ends count. A row without the time is in no range.
struct Range {
  Field field;
  std::optional<Instant> from, to;
};
struct Order {
  Field field = Field::kIndexedOn;
  bool is_descending = false;
};

/// Beyond so many values in one Equal a page is refused.
inline constexpr std::size_t kValuesMax = 100;

struct Selection {
  Subject subject = Subject::kForms;
  std::int64_t project = 0;
  std::vector<Equal> equals;
  std::vector<Range> ranges;
  /// One more condition, of what the caller may see; it may have any number of values. Without any
  /// nothing is found.
  std::optional<Equal> within;
  /// Forms: archived ones too. Cases: open, closed or both.
  bool with_archived = false;
  std::optional<bool> is_closed;
  /// Only these rows of the primary database, found there by what it indexes.
  std::optional<std::vector<std::int64_t>> rows;
  /// What `accept` looks for in the documents, as far as the token index knows it.
  std::vector<search::Needle> needles;
  /// The last one is made whole by the row id.
  std::vector<Order> order = {{}};
};

/// How many rows are looked at for a total that no counter knows; and how many are shown to
/// `accept` before a page is given up.
inline constexpr std::int64_t kCountMax = 20'000;
inline constexpr std::int64_t kLookedAtMax = 20'000;

struct Listed {
  std::int64_t row = 0;
  Instant indexed_on;
};

struct Page {
  std::vector<Listed> rows;
  bool has_more = false;
  std::int64_t total = 0;
  bool is_total_exact = true;  // else there are at least so many
};

/// Whether a row counts; may look it up in the primary database.
using Accept = std::function<bool(const Listed&)>;

/// How a page is looked for with the token index. Tests make these small.
struct IndexLimits {
  /// So many rows that it names are rather collected and sorted than looked for along the order.
  std::int64_t few = kCountMax;
  /// So many where the order leads past many rows without finding any.
  std::int64_t many = 200'000;
  /// How far an order is walked before that is tried: rows, and documents looked into.
  std::int64_t walked_first = 100'000;
  std::int64_t looked_at_first = 800;
  /// How far at most, if even more rows would have to be sorted.
  std::int64_t walked = 2'000'000;
  /// The index may be so many rows of a project space behind the lists and is still asked: those
  /// rows are looked at one by one.
  std::int64_t behind = 20'000;
  /// Rows along an order that are compared with the index together; doubled up to 4,096.
  std::size_t stretch = 512;
};

/// Threads: any.
class Lists {
 public:
  /// Without a token index every row that `accept` decides on is looked for along the order.
  explicit Lists(sql::Database& query, sql::Database* search = nullptr,
                 const IndexLimits& limits = {})
      : query_(query), search_(search), limits_(limits) {}

  /// `accept` may be empty. With it, rows before the offset are looked at too.
  /// @throws Problem kTooManyRequests while the lists are made anew, kBadRequest when a value has
  /// too many
  ///         alternatives or kLookedAtMax rows did not fill the page: the filter needs a range.
  Page Find(const Selection& selection, std::int64_t offset, std::int64_t limit,
            const Accept& accept = nullptr) const;

 private:
  sql::Database& query_;
  sql::Database* search_;
  IndexLimits limits_;
};

}  // namespace outpost::lists
