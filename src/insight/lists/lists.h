#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "store/sql/connection.h"
#include "store/sql/database.h"

/// Lists of forms and cases at any size: pages of row ids in the order asked for, from the
/// analytics database (web document 2.1, 2.2, 3.2; design 5).
///
/// A question is a selection: equal terms (any of several values), ranges of time, an order. What
/// no column holds is looked up by `accept`, which sees the rows in order and says which count.
namespace outpost::lists {

enum class Subject : std::uint8_t { kForms, kCases };

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
  /// Forms: archived ones too. Cases: open, closed or both.
  bool with_archived = false;
  std::optional<bool> is_closed;
  /// Only these rows of the primary database, found there by what it indexes.
  std::optional<std::vector<std::int64_t>> rows;
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

/// Threads: any.
class Lists {
 public:
  explicit Lists(sql::Database& query) : query_(query) {}

  /// `accept` may be empty. With it, rows before the offset are looked at too.
  /// @throws Problem kTooManyRequests while the lists are made anew, kBadRequest when a value has
  /// too many
  ///         alternatives or kLookedAtMax rows did not fill the page: the filter needs a range.
  Page Find(const Selection& selection, std::int64_t offset, std::int64_t limit,
            const Accept& accept = nullptr) const;

 private:
  sql::Database& query_;
};

}  // namespace outpost::lists
