#include "store/objects/testing/object_server.h"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/metrics.h"
#include "base/problem.h"
#include "base/text.h"
#include "crypto/digests.h"
#include "http/server.h"

namespace outpost::objects_testing {
namespace {

using http::Request;
using http::Response;

constexpr std::int64_t kSkewMicros = 15 * 60 * kMicrosPerSecond;
constexpr std::int64_t kBodyBytesMax = std::int64_t{128} << 20;

Response Xml(int status, const std::string& body) {
  return Response::Text(status, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + body,
                        "application/xml");
}
Response Refusal(int status, const std::string& code, const std::string& more = "") {
  return Xml(status,
             "<Error><Code>" + code + "</Code><Message>So it is.</Message>" + more + "</Error>");
}

template <class Hash>
std::string Bytes(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}
std::string Hmac(const std::string& key, const std::string& text) {
  return Bytes(crypto::HmacSha256(key, text));
}

/// "Credential=a/b,Signature=c" as a map.
std::map<std::string, std::string> FieldsOf(std::string_view header) {
  std::map<std::string, std::string> fields;
  for (const auto part : Split(header, ',')) {
    const auto field = Trim(part);
    const auto equals = field.find('=');
    if (equals != std::string_view::npos) {
      fields[std::string(field.substr(0, equals))] = field.substr(equals + 1);
    }
  }
  return fields;
}

}  // namespace

struct ObjectServer::Impl {
  explicit Impl(ObjectServerPlan given) : plan(std::move(given)) {
    std::filesystem::create_directories(folder);
    for (const auto method : {http::Method::kGet, http::Method::kPut, http::Method::kDelete}) {
      router.Add(method, "/{rest...}", {"s3", http::Group::kWeb, kBodyBytesMax},
                 [this](Request& request) { return Serve(request); });
    }
    http::ServerOptions options;
    options.listeners = {{"127.0.0.1:0", !plan.certificates.empty()}};
    options.tls.certificates = plan.certificates;
    options.spool = folder;
    options.log_requests = false;
    server = std::make_unique<http::Server>(options, router, admin, clock, metrics,
                                            http::ProblemRenderer());
    server->Start();
  }
  ~Impl() {
    server.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  Response Serve(Request& request) {
    const auto body = request.body.Read(0, request.body.length());
    const std::string_view method = NameOf(request.method);
    std::chrono::milliseconds delay{};
    {
      const std::lock_guard lock(mutex);
      ++requests;
      last_request = std::string(method) + " " + request.target;
      delay = delay_time;
      if (refusals > 0) {
        --refusals;
        return Refusal(refused_status, refused_code, refused_more);
      }
      if (answers > 0) {
        --answers;
        return Xml(200, answered_body);
      }
    }
    std::this_thread::sleep_for(delay);
    if (auto refused = Check(request, body)) return std::move(*refused);
    const std::lock_guard lock(mutex);
    return Act(request, body);
  }

  /// The rules of "Signature Calculations for the Authorization Header", on what came.
  std::optional<Response> Check(const Request& request, const std::string& body) const {
    const auto header = [&](std::string_view name) {
      return std::string(request.headers.Find(name).value_or(std::string_view()));
    };
    const auto authorization = header("Authorization");
    constexpr std::string_view kScheme = "AWS4-HMAC-SHA256 ";
    if (!authorization.starts_with(kScheme)) return Refusal(403, "AccessDenied");
    auto fields = FieldsOf(std::string_view(authorization).substr(kScheme.size()));
    const auto scope = Split(fields["Credential"], '/');
    if (scope.size() != 5 || scope[3] != "s3" || scope[4] != "aws4_request") {
      return Refusal(400, "AuthorizationHeaderMalformed");
    }
    if (scope[0] != plan.access_key) return Refusal(403, "InvalidAccessKeyId");
    if (scope[2] != plan.region) {
      return Refusal(400, "AuthorizationHeaderMalformed", "<Region>" + plan.region + "</Region>");
    }
    const auto moment = header("x-amz-date");
    const auto at = ParseDateTime(moment);
    if (!at || moment.substr(0, 8) != scope[1] ||
        std::abs(SystemClock().Now() - *at) > kSkewMicros) {
      return Refusal(403, "RequestTimeTooSkewed");
    }
    const auto names = Split(fields["SignedHeaders"], ';');
    std::vector<std::string_view> needed = {"host", "x-amz-content-sha256", "x-amz-date"};
    if (!plan.session_token.empty()) needed.push_back("x-amz-security-token");
    for (const auto name : needed) {
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        return Refusal(403, "AccessDenied");
      }
    }
    if (header("x-amz-security-token") != plan.session_token) return Refusal(403, "InvalidToken");

    const auto question = request.target.find('?');
    std::vector<std::string> query;
    if (question != std::string::npos) {
      for (const auto part : Split(std::string_view(request.target).substr(question + 1), '&')) {
        query.emplace_back(part);
      }
    }
    std::sort(query.begin(), query.end());
    std::string canonical(NameOf(request.method));
    canonical += "\n" + request.target.substr(0, question) + "\n";
    for (const auto& part : query) canonical += (&part == query.data() ? "" : "&") + part;
    canonical += "\n";
    for (const auto name : names) canonical += std::string(name) + ":" + header(name) + "\n";
    canonical += "\n" + fields["SignedHeaders"] + "\n" + header("x-amz-content-sha256");
    const auto within = fields["Credential"].substr(scope[0].size() + 1);
    auto key = "AWS4" + plan.secret_key;
    for (std::size_t i = 1; i < scope.size(); ++i) key = Hmac(key, std::string(scope[i]));
    const auto signature = HexOf(AsBytes(Hmac(
        key, "AWS4-HMAC-SHA256\n" + moment + "\n" + within + "\n" + crypto::Sha256Hex(canonical))));
    if (signature != fields["Signature"]) return Refusal(403, "SignatureDoesNotMatch");
    if (header("x-amz-content-sha256") != crypto::Sha256Hex(body)) {
      return Refusal(400, "XAmzContentSHA256Mismatch");
    }
    if (request.method == http::Method::kPut &&
        header("content-md5") != Base64Of(Bytes(crypto::Md5(body)))) {
      return Refusal(400, "BadDigest");
    }
    return std::nullopt;
  }

  /// Under the mutex.
  Response Act(const Request& request, const std::string& body) {
    const auto path = PercentDecode(request.target.substr(0, request.target.find('?')));
    const auto root = "/" + plan.bucket + "/";
    if (!path.starts_with(root)) return Refusal(404, "NoSuchBucket");
    const auto key = path.substr(root.size());
    if (request.method == http::Method::kPut) {
      objects[key] = body;
      return Response::Text(200, "");
    }
    if (request.method == http::Method::kDelete) {
      objects.erase(key);
      return Response::Text(204, "");
    }
    if (key.empty()) return List(request);
    const auto found = objects.find(key);
    if (found == objects.end()) return Refusal(404, "NoSuchKey");
    auto answer = Response::Text(200, found->second, "application/octet-stream");
    answer.may_compress = false;
    return answer;
  }

  Response List(const Request& request) const {
    const auto value = [&](std::string_view name) {
      return std::string(request.QueryValue(name).value_or(std::string_view()));
    };
    if (value("list-type") != "2") return Refusal(400, "InvalidArgument");
    const auto most = std::min<std::size_t>(
        plan.page_objects, static_cast<std::size_t>(ParseInt(value("max-keys")).value_or(1'000)));
    const bool is_encoded = value("encoding-type") == "url";
    std::string contents;
    std::size_t count = 0;
    std::string last;
    bool goes_on = false;
    for (auto at = objects.upper_bound(value("continuation-token")); at != objects.end(); ++at) {
      if (!at->first.starts_with(value("prefix"))) continue;
      if (count++ == most) {
        goes_on = true;
        break;
      }
      last = at->first;
      contents += "<Contents><Key>" + (is_encoded ? PercentEncode(last) : EscapeMarkup(last)) +
                  "</Key><Size>" + std::to_string(at->second.size()) + "</Size></Contents>";
    }
    return Xml(200, "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" +
                        std::string(is_encoded ? "<EncodingType>url</EncodingType>" : "") +
                        "<IsTruncated>" + (goes_on ? "true" : "false") + "</IsTruncated>" +
                        (goes_on ? "<NextContinuationToken>" + EscapeMarkup(last) +
                                       "</NextContinuationToken>"
                                 : std::string()) +
                        contents + "</ListBucketResult>");
  }

  const ObjectServerPlan plan;
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("outpost-test-" + NewHexId());
  SystemClock clock;
  MetricRegistry metrics;
  http::Router router, admin;
  std::unique_ptr<http::Server> server;

  mutable std::mutex mutex;  // guards the next ones
  std::map<std::string, std::string> objects;
  int requests = 0, refusals = 0, refused_status = 0, answers = 0;
  std::string refused_code, refused_more, answered_body, last_request;
  std::chrono::milliseconds delay_time{};
};

ObjectServer::ObjectServer(ObjectServerPlan plan)
    : impl_(std::make_unique<Impl>(std::move(plan))) {}
ObjectServer::~ObjectServer() = default;

std::uint16_t ObjectServer::port() const {
  const auto address = impl_->server->addresses().front();
  return static_cast<std::uint16_t>(*ParseInt(address.substr(address.rfind(':') + 1)));
}
std::string ObjectServer::endpoint() const {
  return (impl_->plan.certificates.empty() ? "http://127.0.0.1:" : "https://localhost:") +
         std::to_string(port());
}
std::map<std::string, std::string> ObjectServer::objects() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->objects;
}
void ObjectServer::Place(const std::string& key, const std::string& bytes) {
  const std::lock_guard lock(impl_->mutex);
  impl_->objects[key] = bytes;
}
int ObjectServer::requests() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->requests;
}
std::string ObjectServer::last_request() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->last_request;
}
void ObjectServer::RefuseNext(int times, int status, const std::string& code,
                              const std::string& more) {
  const std::lock_guard lock(impl_->mutex);
  impl_->refusals = times;
  impl_->refused_status = status;
  impl_->refused_code = code;
  impl_->refused_more = more;
}
void ObjectServer::AnswerNext(int times, const std::string& body) {
  const std::lock_guard lock(impl_->mutex);
  impl_->answers = times;
  impl_->answered_body = body;
}
void ObjectServer::Delay(std::chrono::milliseconds time) {
  const std::lock_guard lock(impl_->mutex);
  impl_->delay_time = time;
}

}  // namespace outpost::objects_testing
