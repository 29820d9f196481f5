#include "store/objects/detail/refusals.h"

#include <cstdlib>

#include "base/problem.h"

namespace outpost::objects::detail {
namespace {

/// Clocks that differ by more are what the server complains about (15 minutes).
constexpr std::int64_t kSkewMicros = 60 * kMicrosPerSecond;

std::string CredentialOf(const Asked& asked) {
  return "the access key " + asked.credentials.access_key + " (" + asked.credentials.source + ")";
}

/// ": AccessDenied, Access Denied" or nothing.
std::string Said(const ErrorWords& words) {
  if (words.code.empty() && words.message.empty()) return ".";
  std::string out = ": " + words.code;
  if (!words.message.empty()) out += (words.code.empty() ? "" : ", ") + words.message;
  if (!out.ends_with('.')) out += '.';
  return out;
}

[[noreturn]] void ThrowForbidden(const http::OutgoingAnswer& answer, const ErrorWords& words,
                                 const Asked& asked) {
  std::string told = asked.place.endpoint + " refuses " + CredentialOf(asked) + " for the bucket " +
                     asked.place.bucket + Said(words);
  if (words.code == "SignatureDoesNotMatch") {
    told += " The secret key does not belong to this access key.";
  } else if (words.code == "InvalidAccessKeyId") {
    told += " Nobody knows this access key there.";
  }
  const auto date = answer.headers.Find("Date");
  const auto theirs = date ? ParseHttpDate(*date) : std::nullopt;
  const auto apart = theirs ? *theirs - asked.at : 0;
  if (words.code == "RequestTimeTooSkewed" || std::abs(apart) > kSkewMicros) {
    told += " The clocks differ: here it is " + FormatT6(asked.at) +
            (theirs ? ", there " + FormatT6(*theirs) : std::string()) + ".";
  }
  throw Problem(ProblemKind::kForbidden, told);
}

/// The region that the server would have, if it says so.
std::string RightRegion(const http::OutgoingAnswer& answer, const ErrorWords& words) {
  if (!words.region.empty()) return words.region;
  const auto header = answer.headers.Find("x-amz-bucket-region");
  return header ? std::string(*header) : std::string();
}

bool IsAboutRegion(const http::OutgoingAnswer& answer, const ErrorWords& words) {
  return answer.status / 100 == 3 || words.code == "AuthorizationHeaderMalformed" ||
         words.code == "IllegalLocationConstraintException" || words.code == "InvalidRegion";
}

[[noreturn]] void ThrowWrongRegion(const http::OutgoingAnswer& answer, const ErrorWords& words,
                                   const Asked& asked) {
  const auto right = RightRegion(answer, words);
  std::string told = "The bucket " + asked.place.bucket + " is not in the region " +
                     asked.place.region + " of " + asked.place.endpoint;
  told += right.empty() ? Said(words) + " Set region, or endpoint, in the address of the backup."
                        : ". Write region=" + right + " in the address of the backup.";
  throw Problem(ProblemKind::kBadRequest, told);
}

[[noreturn]] void ThrowUnanswered(const http::OutgoingAnswer& answer, const Asked& asked) {
  if (answer.outcome == http::Outcome::kUntrusted) {
    throw Problem(ProblemKind::kForbidden,
                  "The certificate of " + asked.place.endpoint +
                      " is not trusted: " + answer.failure +
                      ". Where it is of an authority of your own, name that with "
                      "ca=FILE in the address.");
  }
  if (answer.outcome == http::Outcome::kTooLarge) {
    throw Problem(ProblemKind::kTooLarge,
                  asked.place.endpoint + " answered with more than " +
                      (asked.key.empty() ? std::string("a list") : asked.key) + " may have.");
  }
  throw Problem(ProblemKind::kBusy,
                asked.place.endpoint + " cannot be reached: " + answer.failure + ".");
}

}  // namespace

bool IsAbsent(const http::OutgoingAnswer& answer, http::Method method) {
  if (answer.status != 404) return false;
  if (method == http::Method::kHead || method == http::Method::kDelete) return true;
  return method == http::Method::kGet && ReadErrorWords(answer.body).code == "NoSuchKey";
}

void ThrowRefusal(const http::OutgoingAnswer& answer, const Asked& asked) {
  if (answer.outcome != http::Outcome::kAnswered) ThrowUnanswered(answer, asked);
  const auto words = ReadErrorWords(answer.body);
  if (IsAboutRegion(answer, words)) ThrowWrongRegion(answer, words, asked);
  if (answer.status == 403 || answer.status == 401) ThrowForbidden(answer, words, asked);
  if (answer.status == 404) {
    throw Problem(ProblemKind::kNotFound,
                  words.code.empty() || words.code == "NoSuchBucket"
                      ? "There is no bucket " + asked.place.bucket + " at " + asked.place.endpoint +
                            ". Make it first; Outpost makes none."
                      : asked.place.endpoint + " did not find it" + Said(words));
  }
  if (answer.status == 507 || words.code == "QuotaExceeded" || words.code == "XMinioStorageFull") {
    throw Problem(ProblemKind::kStorageFull, "There is no room left in " + asked.place.bucket +
                                                 " of " + asked.place.endpoint + Said(words));
  }
  const bool may_pass = answer.status >= 500 || answer.status == 429 || answer.status == 408;
  throw Problem(may_pass ? ProblemKind::kBusy : ProblemKind::kInternal,
                asked.place.endpoint + " answered " + std::to_string(answer.status) + Said(words));
}

}  // namespace outpost::objects::detail
