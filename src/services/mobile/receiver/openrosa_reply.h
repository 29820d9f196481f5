#pragma once

#include <string>
#include <string_view>

#include "domain/intake/intake.h"
#include "http/message.h"

/// Answers to form submissions (submission document 5). Clients match on these texts.
namespace outpost::mobile {

/// Compared by some clients; three blanks on each side.
inline constexpr std::string_view kSuccessText = "   \u221a   ";
inline constexpr std::string_view kIgnoredText = "\u221a (this submission was ignored)";

inline constexpr std::string_view kSubmitSuccess = "submit_success";
inline constexpr std::string_view kSubmitError = "submit_error";
inline constexpr std::string_view kProcessingFailure = "processing_failure";

/// <OpenRosaResponse> with one message; `nature` may be empty.
http::Response OpenRosaReply(int status, std::string_view nature, std::string_view text);

/// How the caller speaks: OpenRosa 3.0 clients get 422 for content errors, older ones 201 with
/// nature submit_error.
struct Dialect {
  bool is_version_3 = false;
  std::string location;  // scheme and host of the site
};

/// The answer for a form that reached the stores (table 5.2).
http::Response ReplyTo(const intake::Receipt& receipt, const Dialect& dialect,
                       std::string_view success_text);

}  // namespace outpost::mobile
