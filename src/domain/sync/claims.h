#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "domain/intake/submission.h"
#include "domain/people/accounts.h"
#include "domain/projects/projects.h"
#include "domain/sync_log/sync_log.h"
#include "store/sql/database.h"

/// Claims (restore document 15.3): an extension case of a user's own brings somebody else's case,
/// and what that needs, onto the user's phone.
namespace outpost::sync {

inline constexpr std::string_view kClaimType = "commcare-case-claim";
/// Cases that one request may claim.
inline constexpr std::size_t kClaimsMax = 100;

struct ClaimState {
  std::vector<std::string> missing;    // ids that the project does not have
  std::vector<std::string> unclaimed;  // by this user, in the order asked for
};
ClaimState LookAtClaims(sql::Connection& connection, const sql::Database& database,
                        const projects::Project& project, const std::string& user_id,
                        std::span<const std::string> case_ids);

struct Claim {
  std::shared_ptr<const projects::Project> project;
  people::Account user;               // to whom the claims belong
  std::vector<std::string> case_ids;  // unclaimed ones
  std::string name, case_type;        // "" : those of the case
  Instant at;
};
/// The form that makes the claims. The same claim asked for twice at once is one case: its id
/// follows from user, case and the number of claims before.
intake::Submission SubmissionOf(sql::Connection& connection, const sql::Database& database,
                                const Claim& claim);

/// Whether the phone with this log holds all the cases as they are: no sync is needed for them.
bool HoldsUnchanged(sql::Connection& connection, const sql::Database& database,
                    const sync_log::SyncLog& log, std::span<const std::string> case_ids);

}  // namespace outpost::sync
