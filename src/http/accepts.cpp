#include "http/accepts.h"

#include "http/detail/header_fields.h"

namespace outpost::http {

bool AcceptsGzip(const Request& request) {
  const auto accepted = request.headers.Find("Accept-Encoding");
  return accepted && detail::AcceptsGzip(*accepted);
}

}  // namespace outpost::http
