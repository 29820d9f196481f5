#include "support/credentials.h"

#include <cstdio>
#include <map>

#include "base/ids.h"
#include "base/text.h"
#include "crypto/digests.h"

namespace outpost::tests {
namespace {

/// name="value" and name=value, separated by commas.
std::map<std::string, std::string> ReadFields(std::string_view text) {
  std::map<std::string, std::string> fields;
  while (!text.empty()) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) break;
    const std::string name(Trim(text.substr(0, equals)));
    text.remove_prefix(equals + 1);
    const bool is_quoted = text.starts_with('"');
    if (is_quoted) text.remove_prefix(1);
    const auto end = std::min(text.find(is_quoted ? '"' : ','), text.size());
    fields[name] = std::string(Trim(text.substr(0, end)));
    const auto comma = text.find(',', end);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return fields;
}

std::string Unescaped(std::string text) {
  const std::pair<std::string_view, std::string_view> entities[] = {
      {"&lt;", "<"},  {"&gt;", ">"},   {"&quot;", "\""},
      {"&#39;", "'"}, {"&apos;", "'"}, {"&amp;", "&"}};
  for (const auto& [entity, letter] : entities) {
    for (auto at = text.find(entity); at != std::string::npos; at = text.find(entity, at + 1)) {
      text.replace(at, entity.size(), letter);
    }
  }
  return text;
}

}  // namespace

std::string BasicHeader(std::string_view username, std::string_view password) {
  return "Basic " + Base64Of(std::string(username) + ":" + std::string(password));
}

std::string DigestHeader(std::string_view challenge, const Call& call, std::string_view username,
                         std::string_view password, int count) {
  if (challenge.starts_with("Digest ")) challenge.remove_prefix(7);
  auto fields = ReadFields(challenge);
  const std::string name(username);
  const std::string ha1 =
      crypto::Md5Hex(name + ":" + fields["realm"] + ":" + std::string(password));
  const std::string ha2 = crypto::Md5Hex(call.method + ":" + call.target);
  char uses[9] = {};
  std::snprintf(uses, sizeof(uses), "%08x", static_cast<unsigned>(count));
  const std::string client_nonce = NewHexId().substr(0, 16);
  const std::string response = crypto::Md5Hex(ha1 + ":" + fields["nonce"] + ":" + uses + ":" +
                                              client_nonce + ":auth:" + ha2);
  return "Digest username=\"" + name + "\", realm=\"" + fields["realm"] + "\", nonce=\"" +
         fields["nonce"] + "\", uri=\"" + call.target + "\", qop=auth, nc=" + uses + ", cnonce=\"" +
         client_nonce + "\", response=\"" + response + "\", opaque=\"" + fields["opaque"] +
         "\", algorithm=\"MD5\"";
}

void SetMultipart(Call& call, const std::vector<FormPart>& parts) {
  const std::string boundary = "part-" + NewHexId();
  call.headers.emplace_back("Content-Type", "multipart/form-data; boundary=" + boundary);
  for (const auto& part : parts) {
    call.body += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + part.name + "\"";
    if (!part.filename.empty()) call.body += "; filename=\"" + part.filename + "\"";
    if (!part.content_type.empty()) call.body += "\r\nContent-Type: " + part.content_type;
    call.body += "\r\n\r\n" + part.bytes + "\r\n";
  }
  call.body += "--" + boundary + "--\r\n";
}

Envelope ReadEnvelope(std::string_view body) {
  Envelope envelope;
  auto at = body.find("<message");
  if (body.find("<OpenRosaResponse") == std::string_view::npos || at == std::string_view::npos) {
    return envelope;
  }
  body.remove_prefix(at);
  const auto head_end = body.find('>');
  const auto text_end = body.find("</message>");
  if (head_end == std::string_view::npos || text_end == std::string_view::npos) return envelope;
  const auto head = body.substr(0, head_end);
  constexpr std::string_view kNature = "nature=\"";
  if (at = head.find(kNature); at != std::string_view::npos) {
    const auto value = head.substr(at + kNature.size());
    envelope.nature = std::string(value.substr(0, value.find('"')));
  }
  envelope.message = Unescaped(std::string(body.substr(head_end + 1, text_end - head_end - 1)));
  return envelope;
}

}  // namespace outpost::tests
