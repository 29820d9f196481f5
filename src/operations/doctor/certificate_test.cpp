#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>

#include "operations/doctor/detail/checks.h"
#include "store/sql/testing/scratch_folder.h"

namespace outpost::doctor {
namespace {

namespace fs = std::filesystem;
constexpr long kDaySeconds = 86'400;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using OpenFile = std::unique_ptr<std::FILE, CloseFile>;

Key NewKey() { return Key(EVP_EC_gen("P-256")); }

void WriteKey(const fs::path& folder, EVP_PKEY* key) {
  fs::create_directories(folder);
  const auto path = folder / "privkey.pem";
  {
    const OpenFile file(std::fopen(path.c_str(), "w"));
    PEM_write_PrivateKey(file.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  }
  ::chmod(path.c_str(), 0600);
}

/// A certificate for `host` that its own key has signed.
void WriteCertificate(const fs::path& folder, EVP_PKEY* key, const std::string& host, long days) {
  const std::unique_ptr<X509, FreeCertificate> certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -400 * kDaySeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * kDaySeconds + 60);
  auto* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(host.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key);
  X509_sign(certificate.get(), key, EVP_sha256());
  fs::create_directories(folder);
  const OpenFile file(std::fopen((folder / "fullchain.pem").c_str(), "w"));
  PEM_write_X509(file.get(), certificate.get());
}

class CertificateTest : public ::testing::Test {
 protected:
  CertificateTest() { input_.certificates = folder_.path(); }

  Finding Judge() {
    detail::Findings findings;
    detail::CheckCertificates(input_, findings);
    return findings.empty() ? Finding{} : findings.front();
  }

  sql_testing::ScratchFolder folder_;
  DoctorInput input_;
};

struct DaysCase {
  long days;
  Judgement judgement;
};

TEST_F(CertificateTest, DaysLeftDecide) {
  const auto key = NewKey();
  const auto folder = folder_.path() / "a.example.org";
  WriteKey(folder, key.get());
  for (const auto& c : {DaysCase{90, Judgement::kOk}, DaysCase{21, Judgement::kOk},
                        DaysCase{20, Judgement::kWarning}, DaysCase{3, Judgement::kWarning},
                        DaysCase{2, Judgement::kFailure}, DaysCase{-5, Judgement::kFailure}}) {
    WriteCertificate(folder, key.get(), "a.example.org", c.days);
    EXPECT_EQ(Judge().judgement, c.judgement) << c.days << ": " << Judge().evidence;
  }
}

TEST_F(CertificateTest, AKeyOfAnotherCertificateFails) {
  const auto folder = folder_.path() / "a.example.org";
  WriteCertificate(folder, NewKey().get(), "a.example.org", 90);
  WriteKey(folder, NewKey().get());
  EXPECT_NE(Judge().evidence.find("another certificate"), std::string::npos);
}

TEST_F(CertificateTest, ItMustNameTheHost) {
  const auto key = NewKey();
  const auto folder = folder_.path() / "default";
  WriteKey(folder, key.get());
  WriteCertificate(folder, key.get(), "*.example.org", 90);
  EXPECT_EQ(Judge().judgement, Judgement::kOk) << "nobody said which name";
  input_.public_host = "a.example.org";
  EXPECT_EQ(Judge().judgement, Judgement::kOk);
  input_.public_host = "example.com";
  EXPECT_EQ(Judge().judgement, Judgement::kFailure);
}

TEST_F(CertificateTest, AKeyThatAllMayReadIsAWarning) {
  const auto key = NewKey();
  const auto folder = folder_.path() / "a.example.org";
  WriteKey(folder, key.get());
  WriteCertificate(folder, key.get(), "a.example.org", 90);
  ::chmod((folder / "privkey.pem").c_str(), 0644);
  EXPECT_EQ(Judge().judgement, Judgement::kWarning);
}

TEST_F(CertificateTest, MissingOnesFailWhereTlsIsWanted) {
  EXPECT_EQ(Judge().judgement, Judgement::kWarning);
  input_.listen = {{"0.0.0.0:443", true}};
  EXPECT_EQ(Judge().judgement, Judgement::kFailure);
  fs::create_directories(folder_.path() / "a.example.org");
  EXPECT_NE(Judge().evidence.find("fullchain.pem cannot be read"), std::string::npos);
  input_.certificates.clear();
  EXPECT_EQ(Judge().judgement, Judgement::kFailure);
}

}  // namespace
}  // namespace outpost::doctor
