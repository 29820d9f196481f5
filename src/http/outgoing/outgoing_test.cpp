#include "http/outgoing/outgoing.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "base/metrics.h"
#include "http/outgoing/testing/relay.h"
#include "http/server.h"

namespace outpost::http {
namespace {

/// A certificate that stands for itself: who trusts it trusts the server.
void WritePair(const std::filesystem::path& folder, const char* name, long valid_for_seconds) {
  std::filesystem::create_directories(folder);
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -7'200);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_for_seconds);
  X509_set_pubkey(certificate.get(), key.get());
  auto* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  auto* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                                    (std::string("DNS:") + name).c_str());
  X509_add_ext(certificate.get(), names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const auto open = [](const std::filesystem::path& path) {
    return std::unique_ptr<std::FILE, int (*)(std::FILE*)>(std::fopen(path.c_str(), "w"),
                                                           std::fclose);
  };
  PEM_write_X509(open(folder / "fullchain.pem").get(), certificate.get());
  PEM_write_PrivateKey(open(folder / "privkey.pem").get(), key.get(), nullptr, nullptr, 0, nullptr,
                       nullptr);
}

class OutgoingTest : public ::testing::Test {
 protected:
  OutgoingTest() {
    std::filesystem::create_directories(folder_);
    router_.Add(Method::kGet, "/large", {"large"}, [](Request&) {
      auto answer = Response::Text(200, std::string(10'000, 'x'));
      answer.may_compress = false;
      return answer;
    });
    router_.Add(Method::kGet, "/moved", {"moved"}, [](Request&) {
      auto answer = Response::Text(302, "");
      answer.headers.Add("Location", "/large");
      return answer;
    });
    router_.Add(Method::kPut, "/echo", {"echo", Group::kWeb, 10'000'000}, [](Request& request) {
      return Response::Text(200, std::to_string(request.body.length()) + " " +
                                     std::string(request.headers.Find("X-Said").value_or("")));
    });
  }
  ~OutgoingTest() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }
  /// With a certificate for `name`, or without TLS.
  void Start(const char* name = nullptr, long valid_for_seconds = 3'600) {
    ServerOptions options;
    options.listeners = {{"127.0.0.1:0", name != nullptr}};
    options.spool = folder_;
    options.log_requests = false;
    if (name != nullptr) WritePair(folder_ / "tls" / "default", name, valid_for_seconds);
    if (name != nullptr) options.tls.certificates = folder_ / "tls";
    server_ =
        std::make_unique<Server>(options, router_, admin_, clock_, metrics_, ProblemRenderer());
    server_->Start();
    const auto address = server_->addresses().front();
    port_ = address.substr(address.rfind(':') + 1);
  }
  std::filesystem::path authority() const { return folder_ / "tls" / "default" / "fullchain.pem"; }
  OutgoingAnswer Get(const std::string& url, const std::filesystem::path& authorities = {}) {
    OutgoingOptions options;
    options.authorities = authorities;
    OutgoingRequest request;
    request.url = url;
    return OutgoingClient(options).Send(request);
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("outpost-test-" + NewHexId());
  Router router_, admin_;
  SystemClock clock_;
  MetricRegistry metrics_;
  std::unique_ptr<Server> server_;
  std::string port_;
};

TEST_F(OutgoingTest, OneConnectionServesManyRequests) {
  Start();
  http_testing::Relay relay(static_cast<std::uint16_t>(std::stoi(port_)));
  OutgoingClient client;
  const std::string body(5'000'000, 'b');
  for (int i = 0; i < 5; ++i) {
    OutgoingRequest request;
    request.method = Method::kPut;
    request.url = "http://127.0.0.1:" + std::to_string(relay.port()) + "/echo";
    request.headers = {{"X-Said", "this"}};
    request.body = body;
    const auto answer = client.Send(request);
    EXPECT_EQ(answer.outcome, Outcome::kAnswered) << answer.failure;
    EXPECT_EQ(answer.body, "5000000 this");
  }
  EXPECT_EQ(relay.connections(), 1);
}

TEST_F(OutgoingTest, RedirectsAreNotFollowed) {
  Start();
  const auto answer = Get("http://127.0.0.1:" + port_ + "/moved");
  EXPECT_EQ(answer.status, 302);
  EXPECT_EQ(answer.headers.Find("Location"), "/large");
}

TEST_F(OutgoingTest, AnAnswerAtItsLimitIsTakenAndOneAboveIsNot) {
  Start();
  OutgoingClient client;
  OutgoingRequest request;
  request.url = "http://127.0.0.1:" + port_ + "/large";
  request.answer_bytes_max = 10'000;
  EXPECT_EQ(client.Send(request).body.size(), 10'000U);
  request.answer_bytes_max = 9'999;
  EXPECT_EQ(client.Send(request).outcome, Outcome::kTooLarge);
}

TEST_F(OutgoingTest, OtherSchemesAreNotSpoken) {
  EXPECT_EQ(Get("file:///etc/hostname").outcome, Outcome::kUnreachable);
  EXPECT_EQ(Get("ftp://127.0.0.1/").outcome, Outcome::kUnreachable);
}

TEST_F(OutgoingTest, OnlyATrustedCertificateIsSpokenTo) {
  Start("localhost");
  const auto url = "https://localhost:" + port_ + "/large";
  const auto trusted = Get(url, authority());
  EXPECT_EQ(trusted.outcome, Outcome::kAnswered) << trusted.failure;
  EXPECT_EQ(trusted.status, 200);
  EXPECT_EQ(Get(url).outcome, Outcome::kUntrusted);
  EXPECT_EQ(Get(url, folder_ / "absent.pem").outcome, Outcome::kUntrusted);
}

TEST_F(OutgoingTest, ACertificateOfAnotherNameIsNotTrusted) {
  Start("elsewhere.example.org");
  EXPECT_EQ(Get("https://localhost:" + port_ + "/large", authority()).outcome, Outcome::kUntrusted);
}

TEST_F(OutgoingTest, ACertificateThatIsPastItsTimeIsNotTrusted) {
  Start("localhost", -3'600);
  EXPECT_EQ(Get("https://localhost:" + port_ + "/large", authority()).outcome, Outcome::kUntrusted);
}

TEST_F(OutgoingTest, AServerThatIsNotThereIsUnreachable) {
  const auto answer = Get("http://127.0.0.1:1/");
  EXPECT_EQ(answer.outcome, Outcome::kUnreachable);
  EXPECT_NE(answer.failure, "");
  EXPECT_EQ(answer.status, 0);
}

}  // namespace
}  // namespace outpost::http
