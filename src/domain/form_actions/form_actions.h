#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// What was asked to be done to many forms, and how far that is (web document 2.16).
namespace outpost::form_actions {

inline constexpr std::size_t kFormsMax = 5'000;  // of one action
/// Actions of a project space that are not complete.
inline constexpr std::int64_t kWaitingMax = 20;
/// How long an action is known after it is complete.
inline constexpr int kKnownDays = 30;

enum class Kind : std::uint8_t { kArchive, kUnarchive, kDelete, kReprocess };
std::string_view NameOf(Kind kind);
std::optional<Kind> KindOf(std::string_view name);

enum class Status : std::uint8_t { kPending, kRunning, kComplete };
std::string_view NameOf(Status status);

struct Action {
  std::int64_t row = 0;
  std::string action_id;
  std::int64_t project = 0;
  Kind kind = Kind::kArchive;
  std::string username, user_id;  // of who asked
  Status status = Status::kPending;
  std::int64_t requested = 0, processed = 0, succeeded = 0;
  Instant created_on;
  std::optional<Instant> started_on, completed_on;
};

struct Asked {
  Kind kind = Kind::kArchive;
  std::string username, user_id;
  std::vector<std::string> form_ids;  // one that is there twice counts once
};
/// @throws Problem kBadRequest for no form or more than kFormsMax, kTooManyRequests while
///         kWaitingMax are waiting
Action Begin(sql::Batch& batch, std::int64_t project, const Asked& asked);

std::optional<Action> Find(sql::Connection& connection, std::int64_t project,
                           std::string_view action_id);
/// Ids of forms that were skipped, by reason, in the order of the request.
std::map<std::string, std::vector<std::string>> SkippedOf(sql::Connection& connection,
                                                          std::int64_t action);

/// The oldest action of each project space that is not complete.
std::vector<Action> ListDue(sql::Connection& connection);
struct DueForm {
  std::int64_t place = 0;
  std::string form_id;
};
/// Forms of an action that nothing was done to yet, in their order.
std::vector<DueForm> ListDueForms(sql::Connection& connection, std::int64_t action, int limit);

bool IsDue(sql::Connection& connection, std::int64_t action, std::int64_t place);

/// What became of a form that is due. `reason`: why it was skipped, "" when it is as it should be.
/// Completes the action with its last form.
void Record(sql::Batch& batch, std::int64_t action, std::int64_t place, std::string_view reason);

/// Deletes at most `limit` actions that were complete before `before`. @returns how many.
std::int64_t Trim(sql::Batch& batch, Instant before, std::int64_t limit);

}  // namespace outpost::form_actions
