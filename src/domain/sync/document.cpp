#include "domain/sync/document.h"

#include "crypto/digests.h"
#include "format/xml/write.h"

namespace outpost::sync {
namespace {

/// Stands where CommCare HQ sends the stored hash. No client looks at it, so it tells nothing: it
/// only changes when the password may have.
std::string OpaquePassword(const people::Account& user) {
  const auto digest = crypto::Sha256Hex(user.user_id + '/' + std::to_string(user.auth_version));
  return "sha1$" + digest.substr(0, 5) + '$' + digest.substr(5, 40);
}

}  // namespace

std::string_view NameOnPhone(const people::Account& user) {
  return user.kind == people::Kind::kMobileWorker ? people::BareUsername(user)
                                                  : std::string_view(user.username);
}

void AppendStart(std::string& out, const DocumentHead& head) {
  out += "<OpenRosaResponse xmlns=\"http://openrosa.org/http/response\"";
  if (head.items) xml::AppendAttribute(out, "items", std::to_string(*head.items));
  out += "><message nature=\"ota_restore_success\">Successfully restored account ";
  xml::AppendText(out, head.username);
  out += "!</message><Sync xmlns=\"http://commcarehq.org/sync\">";
  xml::AppendElement(out, "restore_id", head.token);
  out += "</Sync>";
}

void AppendRegistration(std::string& out, const people::Account& user,
                        const std::map<std::string, std::string>& user_data) {
  out += "<Registration xmlns=\"http://openrosa.org/user/registration\">";
  xml::AppendElement(out, "username", NameOnPhone(user));
  xml::AppendElement(out, "password", OpaquePassword(user));
  xml::AppendElement(out, "uuid", user.user_id);
  xml::AppendElement(out, "date", FormatDate(user.created_on));
  out += "<user_data>";
  for (const auto& [key, value] : user_data) {
    out += "<data";
    xml::AppendAttribute(out, "key", key);
    if (value.empty()) {
      out += "/>";
      continue;
    }
    out += '>';
    xml::AppendText(out, value);
    out += "</data>";
  }
  out += "</user_data></Registration>";
}

void AppendEnd(std::string& out) { out += "</OpenRosaResponse>"; }

}  // namespace outpost::sync
