#include "services/mobile/receiver/openrosa_reply.h"

#include "base/problem.h"
#include "base/text.h"

namespace outpost::mobile {
namespace {

using intake::Outcome;
using intake::Receipt;

struct Words {
  int status;
  std::string_view nature;
  std::string text;
};

Words WordsFor(const Receipt& receipt, bool is_version_3, std::string_view success_text) {
  switch (receipt.outcome) {
    case Outcome::kProcessed:
    case Outcome::kHeld:
      return {201, kSubmitSuccess, std::string(success_text)};
    case Outcome::kDuplicate:
      if (is_version_3) return {201, kSubmitSuccess, std::string(success_text)};
      return {201, kSubmitError, receipt.problem};
    case Outcome::kContentError:
      if (is_version_3) return {422, kProcessingFailure, receipt.problem};
      return {201, kSubmitError, receipt.problem};
    case Outcome::kErrorAgain:
      if (is_version_3) return {422, kProcessingFailure, receipt.problem};
      return {201, kSubmitError, "Form is a duplicate of another! (" + receipt.sent_id + ")"};
    case Outcome::kMalformed:
      return {422, kProcessingFailure,
              "There was an error processing the form: " + receipt.problem};
  }
  OUTPOST_CHECK(false);
}

}  // namespace

http::Response OpenRosaReply(int status, std::string_view nature, std::string_view text) {
  std::string body = R"(<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message)";
  if (!nature.empty()) {
    body += " nature=\"";
    body += nature;
    body += '"';
  }
  body += '>';
  body += EscapeMarkup(text);
  body += "</message></OpenRosaResponse>";
  auto response = http::Response::Text(status, std::move(body), "text/xml; charset=utf-8");
  response.headers.Add("X-OpenRosa-Version", "1.0");
  response.headers.Add("Cache-Control",
                       "private, no-cache, no-store, must-revalidate, proxy-revalidate");
  return response;
}

http::Response ReplyTo(const Receipt& receipt, const Dialect& dialect,
                       std::string_view success_text) {
  const Words words = WordsFor(receipt, dialect.is_version_3, success_text);
  auto response = OpenRosaReply(words.status, words.nature, words.text);
  if (receipt.outcome != Outcome::kMalformed) {
    response.headers.Add("Location", dialect.location);
    response.headers.Add("X-CommCareHQ-FormID", receipt.form_id);
  }
  return response;
}

}  // namespace outpost::mobile
