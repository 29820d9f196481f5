#pragma once

#include <string>
#include <string_view>

#include "support/raw_client.h"

/// Request parts that several runners build: credentials and multipart bodies.
namespace outpost::tests {

std::string BasicHeader(std::string_view username, std::string_view password);

/// The answer to a Digest challenge (RFC 2617, qop=auth): the `count`-th use of its nonce.
std::string DigestHeader(std::string_view challenge, const Call& call, std::string_view username,
                         std::string_view password, int count = 1);

struct FormPart {
  std::string name;
  std::string filename;  // empty: a plain field
  std::string content_type;
  std::string bytes;
};

/// Sets body and Content-Type.
void SetMultipart(Call& call, const std::vector<FormPart>& parts);

/// The sent text of <message nature="…">…</message>, and its nature; empty when there is none.
struct Envelope {
  std::string nature, message;
};
Envelope ReadEnvelope(std::string_view body);

}  // namespace outpost::tests
