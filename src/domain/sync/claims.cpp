#include "domain/sync/claims.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/digests.h"
#include "domain/cases/case_store.h"
#include "domain/intake/server_form.h"

namespace outpost::sync {
namespace {

/// All claims of a user on a case, open or not.
struct Counted {
  std::int64_t all = 0, open = 0;
};

std::vector<Counted> CountClaims(sql::Connection& connection, const sql::Database& database,
                                 std::int64_t project, const std::string& user_id,
                                 std::span<const std::string> case_ids) {
  std::vector<std::vector<sql::Param>> sets;
  for (const auto& id : case_ids) {
    sets.push_back(
        {database.HashOf(project, id), std::string_view(id), project, std::string_view(user_id)});
  }
  std::vector<Counted> counted(case_ids.size());
  connection.QueryEach(
      "SELECT c.is_closed FROM case_indices i JOIN cases c ON c.id = i.case_row "
      "WHERE i.referenced_hash = $1 AND i.referenced_id = $2 AND i.identifier = 'host' AND "
      "i.relationship = 'extension' AND c.project = $3 AND c.owner_id = $4 AND "
      "c.type = 'commcare-case-claim' AND c.is_deleted = 0",
      sets, [&](std::size_t index, const sql::Rows& row) {
        ++counted[index].all;
        if (row.Int(0) == 0) ++counted[index].open;
      });
  return counted;
}

std::string Leaf(std::string_view name, std::string_view text) {
  return "<" + std::string(name) + ">" + EscapeMarkup(text) + "</" + std::string(name) + ">";
}

std::string ClaimId(const Claim& claim, const std::string& case_id, std::int64_t before) {
  return crypto::Md5Hex("claim\n" + claim.user.user_id + '\n' + case_id + '\n' +
                        std::to_string(before));
}

std::string BlockOf(const Claim& claim, const cases::Case& host, std::int64_t before) {
  const auto& type = claim.case_type.empty() ? host.type : claim.case_type;
  return "<case xmlns=\"http://commcarehq.org/case/transaction/v2\" case_id=\"" +
         ClaimId(claim, host.case_id, before) + "\" date_modified=\"" + FormatT6(claim.at) +
         "\" user_id=\"" + EscapeMarkup(claim.user.user_id) + "\"><create>" +
         Leaf("case_type", kClaimType) +
         Leaf("case_name", claim.name.empty() ? host.name : claim.name) +
         Leaf("owner_id", claim.user.user_id) + "</create><index><host case_type=\"" +
         EscapeMarkup(type) + "\" relationship=\"extension\">" + EscapeMarkup(host.case_id) +
         "</host></index></case>";
}

}  // namespace

ClaimState LookAtClaims(sql::Connection& connection, const sql::Database& database,
                        const projects::Project& project, const std::string& user_id,
                        std::span<const std::string> case_ids) {
  ClaimState state;
  for (const auto& id : case_ids) {
    if (!cases::IsThere(connection, database, project.row, id)) state.missing.push_back(id);
  }
  const auto counted = CountClaims(connection, database, project.row, user_id, case_ids);
  for (std::size_t i = 0; i < case_ids.size(); ++i) {
    if (counted[i].open == 0) state.unclaimed.push_back(case_ids[i]);
  }
  return state;
}

intake::Submission SubmissionOf(sql::Connection& connection, const sql::Database& database,
                                const Claim& claim) {
  const auto counted =
      CountClaims(connection, database, claim.project->row, claim.user.user_id, claim.case_ids);
  const auto hosts = cases::FindCases(connection, database, claim.project->row, claim.case_ids);
  intake::ServerForm form;
  form.project = claim.project;
  form.device_id = "outpost.claim";
  form.user_id = claim.user.user_id;
  form.username = claim.user.username;
  form.at = claim.at;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (hosts[i]) form.blocks += BlockOf(claim, *hosts[i], counted[i].all);
  }
  return intake::SubmissionOf(form);
}

bool HoldsUnchanged(sql::Connection& connection, const sql::Database& database,
                    const sync_log::SyncLog& log, std::span<const std::string> case_ids) {
  const auto held = PurgedBy(ReadGraph(connection, database, log), log.owners);
  std::vector<std::int64_t> moved;
  for (const auto& found : cases::FindCases(connection, database, log.project, case_ids)) {
    if (!found || FindHeld(held, found->row) == nullptr) return false;
    if (found->indexed_on > log.snapshot.at) moved.push_back(found->row);
  }
  const auto changed = sync_log::ChangedByOthers(connection, log, moved);
  return std::none_of(changed.begin(), changed.end(), [](bool is_changed) { return is_changed; });
}

}  // namespace outpost::sync
