#pragma once

#include <openssl/ossl_typ.h>

#include <memory>

#include "http/detail/transport.h"

namespace outpost::http::detail {

/// The server side; takes its own reference of the context.
std::unique_ptr<Transport> NewTlsTransport(int socket, SSL_CTX* context);

}  // namespace outpost::http::detail
