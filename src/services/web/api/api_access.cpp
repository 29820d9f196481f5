#include "services/web/api/api_access.h"

#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "base/problem.h"
#include "format/json/writer.h"
#include "services/web/api/comes_from.h"

namespace outpost::web {
namespace {

/// Until lists that are being made are asked for again.
constexpr std::int64_t kListsAgainSeconds = 5;
constexpr const char* kSubmitHistory = "corehq.apps.reports.standard.inspect.SubmitHistory";

using http::Request;
using http::Response;

people::Allowed EveryApiScheme() {
  people::Allowed allowed;
  allowed.basic = allowed.digest = allowed.api_key = allowed.session = true;
  allowed.api_key_in_query = allowed.api_key_as_password = true;
  return allowed;
}

people::Allowed OnlyApiKeys() {
  people::Allowed allowed;
  allowed.api_key = true;
  return allowed;
}

Response Unauthorized(people::Authenticator& authenticator, const people::SignedIn& who) {
  if (who.scheme == http::Scheme::kApiKey) {
    return Response::Text(401, "Username or API Key is incorrect, expired or deactivated");
  }
  auto response = ApiError(401, "not authorized");
  // commcare-export and other clients wait for a Digest challenge.
  response.headers.Add("WWW-Authenticate",
                       authenticator.digest().Challenge(who.verdict == people::Verdict::kStale));
  return response;
}

/// Clients wait and ask again; an error of the server's would end their work (1.6).
Response SlowDown(std::int64_t seconds) {
  auto response = Response::Text(429, "");
  response.headers.Add("Retry-After", std::to_string(seconds));
  return response;
}

/// Everything between the credentials and the handler, on a thread that may read the database.
Response Call(ApiContext& context, const Permission& permission, const ApiHandler& handler,
              Request& request, const std::shared_ptr<const projects::Project>& project,
              const people::SignedIn& who) {
  if (who.verdict == people::Verdict::kBusy) return ApiError(503, "The server is busy.");
  if (who.verdict != people::Verdict::kRight) return Unauthorized(context.authenticator, who);
  // A browser sends the cookie by itself, whichever page made it ask.
  if (who.by_session && IsChange(request) && IsFromElsewhere(request)) {
    return ApiError(403, "This request came from a page of another site.");
  }
  if (project == nullptr) return ApiError(401, "not authorized");
  const auto connection = context.database.Read();
  const auto access = people::AccessOf(*connection, *who.account, project->row);
  if (!access.is_member && !access.is_admin) return ApiError(401, "not authorized");
  if (!permission(*who.account, access)) return Response::Json(403, "");
  // Without Retry-After: commcare-export would take this body for data.
  if (project->is_suspended || project->stage == projects::Stage::kFrozen) {
    return ApiError(503, "This project space is paused.");
  }
  if (const auto wait = context.quota.Ask(*connection, project->row, SteadyMicros())) {
    return SlowDown(wait);
  }
  return handler(request, ApiCaller{*project, *who.account, access, *connection});
}

Response CallAccount(ApiContext& context, const AccountHandler& handler, Request& request,
                     const people::SignedIn& who) {
  if (who.verdict == people::Verdict::kBusy) return ApiError(503, "The server is busy.");
  if (who.verdict != people::Verdict::kRight) return Unauthorized(context.authenticator, who);
  const auto connection = context.database.Read();
  return handler(request, AccountCaller{*who.account, who.key_project, *connection});
}

Response ReplyToFailure(const Request& request) {
  try {
    throw;
  } catch (const Problem& problem) {
    if (problem.kind() == ProblemKind::kTooManyRequests) return SlowDown(kListsAgainSeconds);
    return ApiError(HttpStatusOf(problem.kind()), problem.told());
  } catch (const sql::SqlError& error) {
    Log(LogLevel::kError, "api.storage_failed", {{"request", request.id}, {"error", error.what()}});
    if (error.cause() == sql::SqlError::Cause::kDiskFull) {
      return ApiError(503, "The server's disk is full. Please try again later.");
    }
    return ApiError(500, "Something went wrong. Request " + request.id);
  } catch (const std::exception& error) {
    Log(LogLevel::kError, "api.failed", {{"request", request.id}, {"error", error.what()}});
    return ApiError(500, "Something went wrong. Request " + request.id);
  }
}

}  // namespace

bool MayViewSubmitHistory(const people::Account&, const people::Access& access) {
  return access.May("access_api") && (access.May("view_reports") ||
                                      access.permissions.view_report_list.contains(kSubmitHistory));
}

bool IsRestrictedToLocations(const ApiCaller& caller) {
  return !caller.access.May("access_all_locations");
}

Permission Needs(std::string_view key) {
  return [key = std::string(key)](const people::Account&, const people::Access& access) {
    return access.May("access_api") && access.May(key);
  };
}

Permission NeedsEverywhere(std::string_view key) {
  return [needs = Needs(key)](const people::Account& account, const people::Access& access) {
    return needs(account, access) && access.May("access_all_locations");
  };
}

Response ApiError(int status, std::string_view told) {
  std::string body = "{\"error\": ";
  json::AppendString(body, told);
  return Response::Json(status, body + '}');
}

http::AsyncHandler GuardAccount(ApiContext& context, AccountHandler handler) {
  return [&context, handler = std::move(handler)](Request& request, http::Responder responder) {
    auto allowed = EveryApiScheme();
    allowed.key_of_any_project = true;
    const auto shared = std::make_shared<http::Responder>(std::move(responder));
    context.authenticator.Identify(
        request, nullptr, allowed,
        [&context, &request, &handler, shared](const people::SignedIn& who) {
          try {
            shared->Send(CallAccount(context, handler, request, who));
          } catch (...) {
            shared->Send(ReplyToFailure(request));
          }
        });
  };
}

namespace {

http::AsyncHandler GuardWith(const people::Allowed& allowed, ApiContext& context,
                             Permission permission, ApiHandler handler) {
  return [&context, allowed, permission = std::move(permission), handler = std::move(handler)](
             Request& request, http::Responder responder) {
    const auto project = context.projects.Find(request.captures.at(0));
    const auto shared = std::make_shared<http::Responder>(std::move(responder));
    context.authenticator.Identify(
        request, project.get(), allowed,
        [&context, &request, &permission, &handler, project, shared](const people::SignedIn& who) {
          try {
            shared->Send(Call(context, permission, handler, request, project, who));
          } catch (...) {
            shared->Send(ReplyToFailure(request));
          }
        });
  };
}

}  // namespace

http::AsyncHandler Guard(ApiContext& context, Permission permission, ApiHandler handler) {
  return GuardWith(EveryApiScheme(), context, std::move(permission), std::move(handler));
}

http::AsyncHandler GuardApiKey(ApiContext& context, Permission permission, ApiHandler handler) {
  return GuardWith(OnlyApiKeys(), context, std::move(permission), std::move(handler));
}

}  // namespace outpost::web
