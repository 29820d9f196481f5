#pragma once

#include <string>

#include "base/instant.h"
#include "http/outgoing/outgoing.h"
#include "store/objects/bucket.h"

/// What an object store's refusal means, and what to do about it.
namespace outpost::objects::detail {

struct Asked {
  const BucketPlace& place;
  const Credentials& credentials;
  const std::string& key;
  Instant at;
};

/// The object is not there; the bucket is, as far as one can tell: an answer to HEAD has no words.
bool IsAbsent(const http::OutgoingAnswer& answer, http::Method method);

[[noreturn]] void ThrowRefusal(const http::OutgoingAnswer& answer, const Asked& asked);

}  // namespace outpost::objects::detail
