#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"
#include "http/message.h"

/// The frame of every plain page of this server: readable on a phone, without scripts.
namespace outpost::web {

/// "2026-11-28 09:30", UTC.
std::string ShortTime(Instant at);

/// `title` is text, `content` HTML. Never cached; forms may be sent to this server only.
http::Response Page(int status, std::string_view title, const std::string& content);

}  // namespace outpost::web
