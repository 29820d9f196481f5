#include "services/mobile/keys/keys_route.h"

#include "base/text.h"
#include "domain/people/phone_keys.h"
#include "format/xml/write.h"

namespace outpost::mobile {
namespace {

using http::Request;
using http::Response;

/// "2025-06-03T10:00:00Z": with a fraction phones refuse the whole answer.
std::string Seconds(Instant at) {
  constexpr std::size_t kToSeconds = 19;
  return FormatT6(at).substr(0, kToSeconds) + "Z";
}

people::PhoneKey KeyOf(AppContext& context, const PhoneCaller& caller) {
  {
    const auto lease = context.phone.database.Read();
    auto known =
        people::FindPhoneKey(*lease, context.key, caller.project->row, caller.account->row);
    if (known && known->expires_on > context.clock.Now()) return *known;
  }
  people::PhoneKey key;
  context.writer.Run(caller.project->row, [&](sql::Batch& batch) {
    key = people::RenewPhoneKey(batch, context.key, caller.project->row, caller.account->row);
  });
  return key;
}

Response Answer(AppContext& context, const PhoneCaller& caller) {
  const auto key = KeyOf(context, caller);
  std::string body =
      "<?xml version='1.0' encoding='UTF-8'?>\n"
      "<OpenRosaResponse xmlns=\"http://openrosa.org/http/response\">\n"
      "  <message nature=\"submit_success\">Here are your keys!</message>\n  <auth_keys";
  xml::AppendAttribute(body, "domain", caller.project->name);
  xml::AppendAttribute(body, "issued", Seconds(context.clock.Now()));
  body += ">\n    <key_record";
  xml::AppendAttribute(body, "valid", Seconds(key.valid_from));
  xml::AppendAttribute(body, "expires", Seconds(key.expires_on));
  body += ">\n      <uuid>" + key.uuid + "</uuid>\n      <key type=\"AES256\">" +
          Base64Of(key.key) + "</key>\n    </key_record>\n  </auth_keys>\n</OpenRosaResponse>\n";
  auto response = Response::Text(200, std::move(body), "text/xml; charset=utf-8");
  response.headers.Set("Cache-Control", "no-store");
  return response;
}

}  // namespace

void AddKeysRoutes(http::Router& router, AppContext& context) {
  router.AddAsync(
      http::Method::kGet, "/a/{domain}/phone/keys", {"phone-keys", http::Group::kMobile, 0},
      [&context](Request& request, http::Responder responder) {
        AdmitPhone(
            context.phone, request, std::move(responder), {},
            [&context](const PhoneCaller& caller, const std::shared_ptr<http::Responder>& waiting) {
              waiting->Send(Answer(context, caller));
            });
      });
}

}  // namespace outpost::mobile
