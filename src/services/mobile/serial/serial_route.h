#pragma once

#include "http/router.h"
#include "services/mobile/phone/phone_access.h"
#include "store/sql/writer.h"

/// GET /a/{domain}/phone/get_next_id/?pool_id=P&session_id=S (restore document 16): numbers from 0,
/// one for each session of a pool; the same session gets its number again.
namespace outpost::mobile {

inline constexpr std::size_t kPoolIdBytesMax = 255;

struct SerialContext {
  PhoneContext& phone;
  sql::Writer& writer;
};

/// The context must outlive the router.
void AddSerialRoutes(http::Router& router, SerialContext& context);

}  // namespace outpost::mobile
