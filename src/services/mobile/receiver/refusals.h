#pragma once

#include <cstdint>
#include <exception>
#include <string>

#include "http/message.h"
#include "services/mobile/receiver/submission_parts.h"

/// What becomes of a submission that is not taken (submission document 2, 3.3, 6.1).
namespace outpost::mobile {

/// Seconds after which a client may try a paused or busy project again.
inline constexpr std::int64_t kRetryAfterSeconds = 120;

http::Response Paused();
http::Response Busy(std::int64_t retry_after_seconds);
/// What a failure inside the writer or below becomes. Nothing of the form was stored.
http::Response ReplyToFailure(const http::Request& request, const std::exception_ptr& failure);

/// Refusals before parsing. A phone whose form can never be taken gets 422 so that it sets the form
/// aside instead of blocking its queue for ever; API clients keep the original codes.
http::Response ReplyToRefusal(const Refusal& refusal, bool is_signed_in_phone);

/// The 406 that phones show; `code` is the key of their own text, ours is for phones without one.
http::Response Gone(const std::string& code);
/// 429: the project sends faster than it may.
http::Response TooMany(std::int64_t retry_after_seconds);
/// 509: the project is on the submission blacklist.
http::Response Blocked();

}  // namespace outpost::mobile
