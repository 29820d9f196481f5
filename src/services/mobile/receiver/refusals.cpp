#include "services/mobile/receiver/refusals.h"

#include <algorithm>

#include "base/log.h"
#include "base/problem.h"
#include "services/mobile/receiver/openrosa_reply.h"
#include "store/sql/connection.h"

namespace outpost::mobile {
namespace {

using http::Response;

constexpr const char* kPausedTold = "Service Temporarily Unavailable";
constexpr const char* kFullTold = "The server's disk is full. Please try again later.";
constexpr const char* kBlockedTold =
    "This submission was blocked because of an unusual volume of submissions from this project "
    "space.  Please contact support to resolve.";

Response WithRetryAfter(Response response, std::int64_t seconds) {
  response.headers.Add("Retry-After", std::to_string(std::max<std::int64_t>(1, seconds)));
  return response;
}

Response DiskIsFull() { return WithRetryAfter(Response::Text(503, kFullTold), kRetryAfterSeconds); }

Response ReplyToStorageFailure(const http::Request& request, const sql::SqlError& error) {
  Log(LogLevel::kError, "receiver.storage_failed",
      {{"request", request.id}, {"error", error.what()}});
  if (error.cause() != sql::SqlError::Cause::kDiskFull) {
    return Response::Text(500, "The form could not be stored. Please try again.");
  }
  return DiskIsFull();
}

}  // namespace

Response Paused() { return WithRetryAfter(Response::Text(503, kPausedTold), kRetryAfterSeconds); }

Response Busy(std::int64_t retry_after_seconds) {
  return WithRetryAfter(Response::Text(503, "The server is busy. Please try again."),
                        retry_after_seconds);
}

Response ReplyToFailure(const http::Request& request, const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Problem& problem) {
    if (problem.kind() == ProblemKind::kPaused) return Paused();
    if (problem.kind() == ProblemKind::kBusy) return Busy(1);
    if (problem.kind() == ProblemKind::kStorageFull) return DiskIsFull();
    return Response::Text(HttpStatusOf(problem.kind()), problem.told());
  } catch (const sql::SqlError& error) {
    return ReplyToStorageFailure(request, error);
  } catch (const std::exception& error) {
    Log(LogLevel::kError, "receiver.failed", {{"request", request.id}, {"error", error.what()}});
    return Response::Text(500, "The form could not be stored. Please try again.");
  }
}

Response ReplyToRefusal(const Refusal& refusal, bool is_signed_in_phone) {
  if (refusal.is_envelope || (is_signed_in_phone && refusal.is_hopeless)) {
    return OpenRosaReply(422, kProcessingFailure, refusal.text);
  }
  return Response::Text(refusal.status, refusal.text);
}

Response Gone(const std::string& code) {
  const bool is_deleted = code == "user.deleted";
  return Response::Json(
      406, R"({"error": ")" + code + R"(", "default_response": "Your account has been )" +
               (is_deleted ? "deleted, please contact your domain admin to request for restore"
                           : "deactivated, please contact your domain admin to reactivate") +
               "\"}");
}

Response TooMany(std::int64_t retry_after_seconds) {
  return WithRetryAfter(Response::Text(429, ""), retry_after_seconds);
}

Response Blocked() { return OpenRosaReply(509, kSubmitError, kBlockedTold); }

}  // namespace outpost::mobile
