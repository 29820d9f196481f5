#pragma once

#include "http/message.h"

namespace outpost::http {

/// Whether the client takes an answer that is packed with gzip.
bool AcceptsGzip(const Request& request);

}  // namespace outpost::http
