#include "http/outgoing/outgoing.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "base/problem.h"
#include "base/text.h"

namespace outpost::http {
namespace {

constexpr std::size_t kAnswerHeadBytesMax = 64 * 1024;
constexpr long kStallBytesPerSecond = 100;
/// Whatever happens: a server that drips bytes keeps nobody for longer.
constexpr long kWholeSecondsMax = 3'600;
constexpr std::size_t kIdleMax = 4;
constexpr std::chrono::milliseconds kNap{100};

using Handle = std::unique_ptr<CURL, void (*)(CURL*)>;
using List = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;

/// One request on its way; what the library's callbacks work on.
struct Exchange {
  const OutgoingRequest& request;
  OutgoingAnswer& answer;
  Pacer* pacer;
  const std::atomic<bool>& is_interrupted;
  std::size_t sent = 0, head_bytes = 0;
  bool is_too_large = false;

  /// False when it was interrupted meanwhile.
  bool Wait(std::size_t bytes) const {
    if (pacer == nullptr) return true;
    const auto now = SteadyMicros();
    const auto until = now + pacer->Reserve(static_cast<std::int64_t>(bytes), now);
    for (auto left = until - now; left > 0; left = until - SteadyMicros()) {
      if (is_interrupted) return false;
      std::this_thread::sleep_for(
          std::min<std::chrono::microseconds>(kNap, std::chrono::microseconds(left)));
    }
    return true;
  }
};

std::size_t GiveBody(char* out, std::size_t size, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  const auto left = exchange.request.body.size() - exchange.sent;
  const auto piece = std::min({size * count, left, kPacedPieceBytes});
  if (!exchange.Wait(piece)) return CURL_READFUNC_ABORT;
  std::memcpy(out, exchange.request.body.data() + exchange.sent, piece);
  exchange.sent += piece;
  return piece;
}

/// Sent again on a new connection: from the start.
int SeekBody(void* context, curl_off_t offset, int origin) {
  auto& exchange = *static_cast<Exchange*>(context);
  if (origin != SEEK_SET || offset < 0 ||
      static_cast<std::size_t>(offset) > exchange.request.body.size()) {
    return CURL_SEEKFUNC_FAIL;
  }
  exchange.sent = static_cast<std::size_t>(offset);
  return CURL_SEEKFUNC_OK;
}

std::size_t TakeHead(char* bytes, std::size_t size, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  const std::string_view line(bytes, size * count);
  exchange.head_bytes += line.size();
  if (exchange.head_bytes > kAnswerHeadBytesMax) {
    exchange.is_too_large = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) exchange.answer.headers = {};  // of 100 Continue before
  const auto colon = line.find(':');
  if (colon != std::string_view::npos) {
    exchange.answer.headers.Add(std::string(line.substr(0, colon)),
                                std::string(Trim(line.substr(colon + 1))));
  }
  return line.size();
}

std::size_t TakeBody(char* bytes, std::size_t size, std::size_t count, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  const auto length = size * count;
  if (exchange.answer.body.size() + length > exchange.request.answer_bytes_max) {
    exchange.is_too_large = true;
    return 0;
  }
  if (!exchange.Wait(length)) return 0;
  exchange.answer.body.append(bytes, length);
  return length;
}

int Look(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Exchange*>(context)->is_interrupted ? 1 : 0;
}

Outcome OutcomeOf(CURLcode code, const Exchange& exchange) {
  if (exchange.is_too_large) return Outcome::kTooLarge;
  if (exchange.is_interrupted) return Outcome::kInterrupted;
  switch (code) {
    case CURLE_OK:
      return Outcome::kAnswered;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return Outcome::kUntrusted;
    default:
      return Outcome::kUnreachable;
  }
}

bool IsLoopback(std::string_view url) {
  for (const auto* host : {"://127.", "://localhost", "://[::1]"}) {
    if (url.find(host) != std::string_view::npos) return true;
  }
  return false;
}

template <class Value>
void Set(CURL* handle, CURLoption option, Value value) {
  OUTPOST_CHECK(curl_easy_setopt(handle, option, value) == CURLE_OK);
}

void SetMethod(CURL* handle, const OutgoingRequest& request) {
  switch (request.method) {
    case Method::kGet:
      return Set(handle, CURLOPT_HTTPGET, 1L);
    case Method::kHead:
      return Set(handle, CURLOPT_NOBODY, 1L);
    case Method::kPut:
      Set(handle, CURLOPT_UPLOAD, 1L);
      return Set(handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    case Method::kDelete:
      return Set(handle, CURLOPT_CUSTOMREQUEST, "DELETE");
    default:
      OUTPOST_CHECK(false);
  }
}

void SetOptions(CURL* handle, const OutgoingOptions& options) {
  Set(handle, CURLOPT_NOSIGNAL, 1L);
  Set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  Set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  Set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  Set(handle, CURLOPT_PATH_AS_IS, 1L);
  Set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  Set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  Set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.authorities.empty()) Set(handle, CURLOPT_CAINFO, options.authorities.c_str());
  Set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_time.count()));
  Set(handle, CURLOPT_LOW_SPEED_LIMIT, kStallBytesPerSecond);
  Set(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_time.count()));
  Set(handle, CURLOPT_TIMEOUT, kWholeSecondsMax);
  Set(handle, CURLOPT_TCP_KEEPALIVE, 1L);
  Set(handle, CURLOPT_MAXCONNECTS, 2L);
  Set(handle, CURLOPT_USERAGENT, "Outpost");
}

void SetCallbacks(CURL* handle, Exchange& exchange) {
  Set(handle, CURLOPT_READFUNCTION, GiveBody);
  Set(handle, CURLOPT_READDATA, &exchange);
  Set(handle, CURLOPT_SEEKFUNCTION, SeekBody);
  Set(handle, CURLOPT_SEEKDATA, &exchange);
  Set(handle, CURLOPT_HEADERFUNCTION, TakeHead);
  Set(handle, CURLOPT_HEADERDATA, &exchange);
  Set(handle, CURLOPT_WRITEFUNCTION, TakeBody);
  Set(handle, CURLOPT_WRITEDATA, &exchange);
  Set(handle, CURLOPT_XFERINFOFUNCTION, Look);
  Set(handle, CURLOPT_XFERINFODATA, &exchange);
  Set(handle, CURLOPT_NOPROGRESS, 0L);
}

}  // namespace

struct OutgoingClient::Impl {
  explicit Impl(OutgoingOptions given) : options(std::move(given)) {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    OUTPOST_CHECK(started == CURLE_OK);
  }

  /// One with a kept connection, or a new one.
  Handle Take() {
    const std::lock_guard lock(mutex);
    if (idle.empty()) {
      Handle made(curl_easy_init(), curl_easy_cleanup);
      OUTPOST_CHECK(made != nullptr);
      return made;
    }
    auto handle = std::move(idle.back());
    idle.pop_back();
    return handle;
  }
  void GiveBack(Handle handle) {
    curl_easy_reset(handle.get());  // keeps its connections
    const std::lock_guard lock(mutex);
    if (idle.size() < kIdleMax) idle.push_back(std::move(handle));
  }

  const OutgoingOptions options;
  std::atomic<bool> is_interrupted{false};
  std::mutex mutex;
  std::vector<Handle> idle;
};

OutgoingClient::OutgoingClient(OutgoingOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
OutgoingClient::~OutgoingClient() = default;

OutgoingAnswer OutgoingClient::Send(const OutgoingRequest& request) {
  OutgoingAnswer answer;
  Exchange exchange{request, answer, impl_->options.pacer.get(), impl_->is_interrupted};
  auto handle = impl_->Take();
  SetOptions(handle.get(), impl_->options);
  SetCallbacks(handle.get(), exchange);
  SetMethod(handle.get(), request);
  List headers(nullptr, curl_slist_free_all);
  for (const auto& [name, value] : request.headers) {
    auto* longer = curl_slist_append(headers.get(), (name + ": " + value).c_str());
    OUTPOST_CHECK(longer != nullptr);
    headers.release();
    headers.reset(longer);
  }
  Set(handle.get(), CURLOPT_HTTPHEADER, headers.get());
  Set(handle.get(), CURLOPT_URL, request.url.c_str());
  if (IsLoopback(request.url)) Set(handle.get(), CURLOPT_PROXY, "");
  std::array<char, CURL_ERROR_SIZE> words{};
  Set(handle.get(), CURLOPT_ERRORBUFFER, words.data());

  const auto code = curl_easy_perform(handle.get());
  answer.outcome = OutcomeOf(code, exchange);
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  if (answer.outcome != Outcome::kAnswered) {
    answer.failure = words[0] != '\0' ? words.data() : curl_easy_strerror(code);
    answer.status = 0;
  }
  impl_->GiveBack(std::move(handle));
  return answer;
}

void OutgoingClient::Interrupt() { impl_->is_interrupted = true; }
bool OutgoingClient::is_interrupted() const { return impl_->is_interrupted; }

}  // namespace outpost::http
