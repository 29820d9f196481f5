#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <thread>

#include "base/problem.h"
#include "http/detail/certificates.h"
#include "http/detail/server_fixture.h"

namespace outpost::http {
namespace {

using detail::TestServer;

using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

void WritePair(const std::filesystem::path& folder, const std::string& common_name) {
  std::filesystem::create_directories(folder);
  const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), name);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const auto open = [](const std::filesystem::path& path) {
    return std::unique_ptr<std::FILE, int (*)(std::FILE*)>(std::fopen(path.c_str(), "w"),
                                                           std::fclose);
  };
  PEM_write_X509(open(folder / "fullchain.pem").get(), certificate.get());
  PEM_write_PrivateKey(open(folder / "privkey.pem").get(), key.get(), nullptr, nullptr, 0, nullptr,
                       nullptr);
}

/// A TLS client for one connection.
class TlsClient {
 public:
  TlsClient(const std::string& address, const std::string& server_name, int version_max = 0)
      : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free), ssl_(nullptr, SSL_free) {
    if (version_max != 0) SSL_CTX_set_max_proto_version(context_.get(), version_max);
    ssl_.reset(SSL_new(context_.get()));
    if (!server_name.empty()) SSL_set_tlsext_host_name(ssl_.get(), server_name.c_str());
    const unsigned char protocols[] = {2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    SSL_set_alpn_protos(ssl_.get(), protocols, sizeof protocols);
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.find(':') + 1))));
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    OUTPOST_CHECK(::connect(socket_, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0);
    const timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    SSL_set_fd(ssl_.get(), socket_);
    is_open_ = SSL_connect(ssl_.get()) == 1;
    ERR_clear_error();
  }
  ~TlsClient() { ::close(socket_); }

  bool is_open() const { return is_open_; }
  std::string CommonName() const {
    const std::unique_ptr<X509, void (*)(X509*)> certificate(SSL_get1_peer_certificate(ssl_.get()),
                                                             X509_free);
    if (!certificate) return {};
    char name[100] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name,
                              sizeof name);
    return name;
  }
  std::string Protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  std::string Exchange(const std::string& bytes) {
    std::size_t put = 0;
    for (std::size_t at = 0; at < bytes.size(); at += put) {
      if (SSL_write_ex(ssl_.get(), bytes.data() + at, bytes.size() - at, &put) != 1) return {};
    }
    std::string out;
    char buffer[16384];
    std::size_t got = 0;
    while (SSL_read_ex(ssl_.get(), buffer, sizeof buffer, &got) == 1) out.append(buffer, got);
    ended_well_ = SSL_get_error(ssl_.get(), 0) == SSL_ERROR_ZERO_RETURN;
    return out;
  }
  bool ended_well() const { return ended_well_; }

 private:
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  int socket_ = -1;
  bool is_open_ = false;
  bool ended_well_ = false;
};

class Tls : public testing::Test {
 protected:
  Tls() {
    test_.options.listeners = {{"127.0.0.1:0", true}};
    test_.options.tls.certificates = certificates_.path();
    test_.options.tls.check_interval = std::chrono::milliseconds(50);
    test_.router.Add(Method::kGet, "/secure", {.name = "secure"}, [](Request& request) {
      return Response::Text(200, request.is_secure ? "secure" : "open");
    });
    WritePair(certificates_.path() / "one.example", "one");
    WritePair(certificates_.path() / "default", "fallback");
  }
  std::string NameFor(const std::string& host) {
    return TlsClient(test_.address(), host).CommonName();
  }
  /// Waits until the certificate for a host has this name.
  bool BecomesFor(const std::string& host, const std::string& name) {
    for (int i = 0; i < 100; ++i) {
      if (NameFor(host) == name) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }

  detail::ScratchFolder certificates_;
  TestServer test_;
};

TEST_F(Tls, RequestsAreAnsweredAndEndInOrder) {
  test_.Start();
  TlsClient client(test_.address(), "one.example");
  ASSERT_TRUE(client.is_open());
  EXPECT_EQ(client.Protocol(), "http/1.1");
  const std::string get = "GET /secure HTTP/1.1\r\nHost: one.example\r\n";
  const std::string answer = client.Exchange(get + "\r\n" + get + "Connection: close\r\n\r\n");
  EXPECT_EQ(detail::CountAnswers(answer), 2);
  EXPECT_TRUE(answer.ends_with("secure"));
  EXPECT_TRUE(client.ended_well()) << "cut off without good-bye";
}

TEST_F(Tls, LargeBodiesPassBothWays) {
  test_.Start();
  TlsClient client(test_.address(), "one.example");
  const std::string body(900'000, 'b');
  const std::string answer = client.Exchange(
      "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 900000\r\n\r\n" +
      body);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n" + body));
}

TEST_F(Tls, FilesAreSentEncryptedToo) {
  test_.router.Add(Method::kGet, "/file", {.name = "file"}, [](Request&) {
    std::FILE* file = std::tmpfile();
    const std::string bytes(300'000, 'f');
    EXPECT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), file), bytes.size());
    std::fflush(file);
    Response response;
    response.body = FileBody(::dup(::fileno(file)), 0, 300'000);
    std::fclose(file);
    return response;
  });
  test_.Start();
  TlsClient client(test_.address(), "one.example");
  const auto answer = client.Exchange("GET /file HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.ends_with("\r\n\r\n" + std::string(300'000, 'f')));
}

TEST_F(Tls, BodiesThatGrowAreSentEncryptedAsTheyCome) {
  const auto bytes = std::make_shared<SpooledBytes>(certificates_.path());
  bytes->Share();
  test_.router.Add(Method::kGet, "/growing", {.name = "growing"}, [&bytes](Request&) {
    Response response;
    response.body = GrowingBody{bytes};
    return response;
  });
  test_.Start();
  const MetricLabel labels[] = {{"route", "growing"}, {"status", "2xx"}};
  auto& answered = test_.metrics.CounterOf("outpost.http.requests", labels);
  std::thread maker([&] {
    while (answered.value() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    for (int i = 0; i < 100; ++i) bytes->Append(std::string(9'000, 'g'));
    bytes->End(true);
  });
  TlsClient client(test_.address(), "one.example");
  const auto answer =
      client.Exchange("GET /growing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  maker.join();
  EXPECT_TRUE(answer.ends_with("\r\n0\r\n\r\n"));
  const auto body = answer.substr(answer.find("\r\n\r\n"));
  EXPECT_EQ(std::count(body.begin(), body.end(), 'g'), 900'000);
  EXPECT_TRUE(client.ended_well());
}

TEST_F(Tls, EachHostNameHasItsCertificateAndOthersTheDefault) {
  test_.Start();
  EXPECT_EQ(NameFor("one.example"), "one");
  EXPECT_EQ(NameFor("ONE.example"), "one");
  EXPECT_EQ(NameFor("other.example"), "fallback");
  EXPECT_EQ(NameFor(""), "fallback");
}

TEST_F(Tls, WithoutADefaultUnknownNamesAreRefused) {
  std::filesystem::remove_all(certificates_.path() / "default");
  test_.Start();
  EXPECT_FALSE(TlsClient(test_.address(), "other.example").is_open());
  EXPECT_TRUE(TlsClient(test_.address(), "one.example").is_open());
}

TEST_F(Tls, OldVersionsAreRefused) {
  test_.Start();
  EXPECT_TRUE(TlsClient(test_.address(), "one.example", TLS1_2_VERSION).is_open());
  EXPECT_FALSE(TlsClient(test_.address(), "one.example", TLS1_1_VERSION).is_open());
}

TEST_F(Tls, AChangedPairAndANewHostAreTakenUpWhileRunning) {
  test_.Start();
  EXPECT_EQ(NameFor("one.example"), "one");
  WritePair(certificates_.path() / "one.example", "renewed");
  WritePair(certificates_.path() / "two.example", "two");
  EXPECT_TRUE(BecomesFor("one.example", "renewed"));
  EXPECT_TRUE(BecomesFor("two.example", "two"));
}

TEST_F(Tls, ABrokenPairLeavesTheOldOneInPlace) {
  test_.Start();
  std::ofstream(certificates_.path() / "one.example" / "fullchain.pem") << "nonsense";
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(NameFor("one.example"), "one");
  WritePair(certificates_.path() / "one.example", "repaired");
  EXPECT_TRUE(BecomesFor("one.example", "repaired"));
}

TEST_F(Tls, AKeyOfAnotherCertificateIsNotUsable) {
  WritePair(certificates_.path() / "other", "other");
  std::filesystem::copy_file(certificates_.path() / "other" / "privkey.pem",
                             certificates_.path() / "one.example" / "privkey.pem",
                             std::filesystem::copy_options::overwrite_existing);
  const detail::Certificates certificates(certificates_.path());
  EXPECT_EQ(certificates.size(), 2u);
}

TEST_F(Tls, WithoutAnyUsablePairTheServerDoesNotStart) {
  detail::ScratchFolder empty;
  test_.options.tls.certificates = empty.path();
  EXPECT_THROW(test_.Start(), Problem);
}

TEST_F(Tls, PlainHttpToATlsPortLeavesTheServerWell) {
  test_.Start();
  detail::RawConnection plain(test_.address());
  plain.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  plain.ReadToEnd();
  EXPECT_EQ(NameFor("one.example"), "one");
}

}  // namespace
}  // namespace outpost::http
