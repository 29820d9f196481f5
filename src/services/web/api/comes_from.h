#pragma once

#include "http/message.h"

namespace outpost::web {

/// Whether a browser says that a page of another site made it send this request. A client that is
/// no browser says nothing.
bool IsFromElsewhere(const http::Request& request);

/// Whether the request may be refused for that: it changes something.
bool IsChange(const http::Request& request);

}  // namespace outpost::web
