#include "services/mobile/claim/claim_route.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "domain/sync/claims.h"
#include "http/form_fields.h"
#include "services/mobile/phone/login_as.h"
#include "services/mobile/receiver/refusals.h"

namespace outpost::mobile {
namespace {

using http::Request;
using http::Response;

constexpr int kSyncNow = 201, kNoSyncNeeded = 204, kNotFound = 410;

struct Asked {
  std::vector<std::string> case_ids;  // each once, in order
  std::string case_type, case_name, login_as;
};

Asked ReadAsked(const Request& request) {
  const auto fields = http::FormFields(request);
  Asked asked;
  for (auto& id : http::ValuesOf(fields, "case_id")) {
    const auto& ids = asked.case_ids;
    if (!id.empty() && std::find(ids.begin(), ids.end(), id) == ids.end()) {
      asked.case_ids.push_back(std::move(id));
    }
  }
  // Clients encode these twice.
  const auto decoded = [&](const char* name) {
    const auto values = http::ValuesOf(fields, name);
    return values.empty() ? std::string() : PercentDecode(values.front(), true);
  };
  asked.case_type = decoded("case_type");
  asked.case_name = decoded("case_name");
  asked.login_as = decoded("commcare_login_as");
  return asked;
}

std::string NotFoundText(const std::vector<std::string>& missing) {
  std::string ids;
  for (const auto& id : missing) ids += (ids.empty() ? "" : ", ") + id;
  return "No cases claimed. Case IDs \"" + ids + "\" not found";
}

/// Nothing is left to claim. Does the phone have to sync all the same?
int StatusOfOldClaims(sql::Connection& connection, const sql::Database& database,
                      const Request& request, const projects::Project& project,
                      const people::Account& user, const std::vector<std::string>& case_ids) {
  const auto token = request.headers.Find("X-CommCareHQ-LastSyncToken");
  if (!token || token->empty()) return kSyncNow;
  const auto log = sync_log::FindByToken(connection, project.row, *token);
  if (!log || log->user_id != user.user_id) return kSyncNow;
  return sync::HoldsUnchanged(connection, database, *log, case_ids) ? kNoSyncNeeded : kSyncNow;
}

void Submit(ClaimContext& context, Request& request, intake::Submission submission,
            const std::shared_ptr<http::Responder>& responder) {
  context.intake.Receive(
      context.intake.ParseForm(std::move(submission)),
      [&request, responder](const intake::Receipt& receipt, const std::exception_ptr& failure) {
        if (failure) return responder->Send(ReplyToFailure(request, failure));
        if (receipt.outcome == intake::Outcome::kContentError) {
          return responder->Send(Response::Text(400, receipt.problem));
        }
        responder->Send(Response::Text(kSyncNow, ""));
      });
}

void ClaimCases(ClaimContext& context, Request& request, PhoneCaller caller,
                const std::shared_ptr<http::Responder>& responder) {
  auto asked = ReadAsked(request);
  if (asked.case_ids.empty()) {
    return responder->Send(Response::Text(400, "A case_id is required"));
  }
  if (asked.case_ids.size() > sync::kClaimsMax) {
    return responder->Send(Response::Text(400, "At most 100 cases can be claimed at once."));
  }
  sql::Database& database = context.phone.database;
  const auto connection = database.Read();
  const auto chosen = ChooseUser(*connection, caller, asked.login_as);
  if (chosen.refused) return responder->Send(Response::Text(401, *chosen.refused));
  const auto state = sync::LookAtClaims(*connection, database, *caller.project, chosen.user.user_id,
                                        asked.case_ids);
  if (!state.missing.empty()) {
    return responder->Send(Response::Text(kNotFound, NotFoundText(state.missing)));
  }
  if (state.unclaimed.empty()) {
    const int status = StatusOfOldClaims(*connection, database, request, *caller.project,
                                         chosen.user, asked.case_ids);
    return responder->Send(Response::Text(status, ""));
  }
  auto submission = sync::SubmissionOf(*connection, database,
                                       {caller.project, chosen.user, state.unclaimed,
                                        asked.case_name, asked.case_type, context.clock.Now()});
  Submit(context, request, std::move(submission), responder);
}

}  // namespace

void AddClaimRoutes(http::Router& router, ClaimContext& context) {
  router.AddAsync(http::Method::kPost, "/a/{domain}/phone/claim-case",
                  {"claim", http::Group::kMobile, kClaimBytesMax},
                  [&context](Request& request, http::Responder responder) {
                    AdmitPhone(
                        context.phone, request, std::move(responder), {},
                        [&context, &request](PhoneCaller caller,
                                             const std::shared_ptr<http::Responder>& answer) {
                          ClaimCases(context, request, std::move(caller), answer);
                        });
                  });
}

}  // namespace outpost::mobile
