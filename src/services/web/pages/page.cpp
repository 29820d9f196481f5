#include "services/web/pages/page.h"

#include "base/text.h"

namespace outpost::web {
namespace {

constexpr const char* kStyle =
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b1b1b;background:#fff}label{display:block;margin:1rem 0 .25rem}"
    "label.choice{margin:.5rem 0}input[type=text],input[type=email],input[type=password],"
    "input[type=file]{font:inherit;width:100%;padding:.5rem;box-sizing:border-box;"
    "border:1px solid #666;border-radius:.25rem}"
    "button{font:inherit;margin-top:1rem;padding:.6rem 1.2rem;border:0;border-radius:.25rem;"
    "background:#00508f;color:#fff;cursor:pointer}button.small{margin:0;padding:.25rem .7rem}"
    "[role=alert]{border-left:.3rem solid #b3261e;padding:.5rem 1rem;background:#fdecea}"
    "[role=status]{border-left:.3rem solid #1b6e3c;padding:.5rem 1rem;background:#e8f5ec}"
    "svg.code{display:block;width:min(20rem,90vw);height:auto;margin:1rem 0;border:1px solid #ccc}"
    "code{overflow-wrap:anywhere;background:#f2f2f2;padding:.1rem .3rem;border-radius:.25rem}"
    "a{color:#00508f}dt{font-weight:600;margin-top:.5rem}dd{margin:0}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;"
    "border-bottom:1px solid #ddd;vertical-align:top}.wide{overflow-x:auto}"
    "section{margin:2rem 0}:focus-visible{outline:3px solid #f5a623;outline-offset:2px}";

}  // namespace

std::string ShortTime(Instant at) {
  auto text = FormatT6(at).substr(0, 16);
  text[10] = ' ';
  return text;
}

http::Response Page(int status, std::string_view title, const std::string& content) {
  const auto name = EscapeMarkup(title);
  auto response = http::Response::Html(
      status,
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>" +
          name + " - Outpost</title><style>" + kStyle + "</style></head><body><main><h1>" + name +
          "</h1>" + content + "</main></body></html>");
  response.headers.Set("Cache-Control", "no-store");
  // Without any referrer browsers would say "Origin: null" for our own forms.
  response.headers.Set("Referrer-Policy", "same-origin");
  response.headers.Set("Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
                       "frame-ancestors 'none'; base-uri 'none'");
  return response;
}

}  // namespace outpost::web
