#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

/// Problems end the request in which they are thrown. They are thrown where the rule is known and
/// caught once, at the edge, where the caller's format (OpenRosa XML, JSON, page) is known.
///
/// What a caller chooses between is a return value; what cannot happen is OUTPOST_CHECK.
namespace outpost {

/// Why a request was refused. docs/errors.md has one row for each; a test compares the two.
enum class ProblemKind : std::uint8_t {
  kBadRequest,        // 400.1 the client must change the request
  kMalformed,         // 400.2 bytes that do not follow their format; carries a position
  kUnknownSetting,    // 400.3 a configuration key or option nobody knows
  kUnauthenticated,   // 401.1 no or wrong credentials
  kForbidden,         // 403.1 known, but not allowed
  kNotFound,          // 404.1
  kMethodNotAllowed,  // 405.1
  kGone,              // 406.1 a deactivated or deleted account, in the form phones can show
  kRequestTimeout,    // 408.1 the client sent too slowly
  kConflict,          // 409.1 the thing exists already, or is in another state
  kTooLarge,          // 413.1 a body or part over its limit
  kUnprocessable,     // 422.1 well-formed, but breaks a rule of the field
  kLocked,            // 423.1 somebody works on the same thing just now
  kTooManyRequests,   // 429.1 over a rate limit
  kHeadTooLarge,      // 431.1 request line and headers over their limit
  kInternal,          // 500.1 our own failure
  kBusy,              // 503.1 overloaded: the same request may succeed later
  kPaused,            // 503.2 the project space is frozen, held or suspended
  kStorageFull,       // 503.3 the disk is full: nothing was accepted, nothing is lost
  kBlocked,           // 509.1 the project space is on the submission blacklist
};

inline constexpr int kProblemKindCount = static_cast<int>(ProblemKind::kBlocked) + 1;

/// Stable short name, such as "not-found"; the key in docs/errors.md and in logs.
std::string_view NameOf(ProblemKind kind);
/// "404.1": HTTP status and a running number.
std::string_view NumberOf(ProblemKind kind);
int HttpStatusOf(ProblemKind kind);

/// Where in an input a parse error lies. Line and column count from 1; 0 means unknown.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

class Problem : public std::runtime_error {
 public:
  /// @param told   read by the user: says what is wrong and what to do.
  /// @param detail only for the log.
  Problem(ProblemKind kind, const std::string& told, std::string detail = {})
      : std::runtime_error(told), kind_(kind), detail_(std::move(detail)) {}
  Problem(const std::string& told, Position position)
      : std::runtime_error(told), kind_(ProblemKind::kMalformed), position_(position) {}

  ProblemKind kind() const noexcept { return kind_; }
  const char* told() const noexcept { return what(); }
  const std::string& detail() const noexcept { return detail_; }
  Position position() const noexcept { return position_; }

 private:
  ProblemKind kind_;
  std::string detail_;
  Position position_;
};

/// A broken invariant: prints where and ends the process. Also on in release builds.
[[noreturn]] void CheckFailed(const char* expression, const char* file, int line) noexcept;
#define OUTPOST_CHECK(expression) \
  ((expression) ? void(0) : ::outpost::CheckFailed(#expression, __FILE__, __LINE__))

}  // namespace outpost
