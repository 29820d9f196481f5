#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "operations/doctor/detail/checks.h"

namespace outpost::doctor::detail {
namespace {

namespace fs = std::filesystem;

constexpr int kDaysWarning = 21;
constexpr int kDaysFailure = 3;

template <class T, void (*Free)(T*)>
struct FreeWith {
  void operator()(T* object) const { Free(object); }
};
using Certificate = std::unique_ptr<X509, FreeWith<X509, X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY, EVP_PKEY_free>>;

struct CloseBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, CloseBio>;

Certificate ReadCertificate(const fs::path& file) {
  const Bio in(BIO_new_file(file.c_str(), "r"));
  return Certificate(in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr);
}

PrivateKey ReadKey(const fs::path& file) {
  const Bio in(BIO_new_file(file.c_str(), "r"));
  return PrivateKey(in ? PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr) : nullptr);
}

/// Whole days until the certificate ends; negative when it has ended.
int DaysLeft(const X509& certificate) {
  int days = 0;
  int seconds = 0;
  ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(&certificate));
  return seconds < 0 ? days - 1 : days;
}

bool IsReadableByAll(const fs::path& file) {
  struct stat facts {};
  return ::stat(file.c_str(), &facts) == 0 && (facts.st_mode & S_IROTH) != 0;
}

Finding JudgeDays(const std::string& name, int days) {
  const auto remedy = "Renew it, and see why it was not renewed by itself.";
  if (days < 0) {
    return {"certificate", Judgement::kFailure, fmt::format("{}: expired {} days ago", name, -days),
            remedy};
  }
  auto judgement = Judgement::kOk;
  if (days < kDaysWarning) judgement = Judgement::kWarning;
  if (days < kDaysFailure) judgement = Judgement::kFailure;
  return {"certificate", judgement, fmt::format("{}: good for {} more days", name, days),
          judgement == Judgement::kOk ? "" : remedy};
}

Finding JudgeFolder(const fs::path& folder, const std::string& host) {
  const auto name = folder.filename().string();
  const auto key_file = folder / "privkey.pem";
  const auto certificate = ReadCertificate(folder / "fullchain.pem");
  const auto key = ReadKey(key_file);
  ERR_clear_error();
  if (certificate == nullptr || key == nullptr) {
    return {"certificate", Judgement::kFailure,
            fmt::format("{}: {} cannot be read", name,
                        certificate == nullptr ? "fullchain.pem" : "privkey.pem"),
            "Put both files, in PEM, where the server's account may read them."};
  }
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    ERR_clear_error();
    return {"certificate", Judgement::kFailure, name + ": the key is of another certificate",
            "Copy fullchain.pem and privkey.pem from the same place again."};
  }
  if (!host.empty() &&
      X509_check_host(certificate.get(), host.c_str(), host.size(), 0, nullptr) != 1) {
    return {"certificate", Judgement::kFailure,
            fmt::format("{}: the certificate is not for {}", name, host),
            "Get one that names it: phones refuse any other."};
  }
  auto finding = JudgeDays(name, DaysLeft(*certificate));
  if (finding.judgement == Judgement::kOk && IsReadableByAll(key_file)) {
    return {"certificate", Judgement::kWarning, name + ": anybody here may read the private key",
            "chmod 600 " + key_file.string()};
  }
  return finding;
}

}  // namespace

void CheckCertificates(const DoctorInput& input, Findings& findings) {
  const bool needs_tls = std::any_of(input.listen.begin(), input.listen.end(),
                                     [](const ListenAddress& listen) { return listen.is_tls; });
  if (input.certificates.empty()) {
    if (needs_tls) {
      findings.push_back({"certificate", Judgement::kFailure, "TLS addresses but no certificates",
                          "Name their folder in the setting server.certificates."});
    }
    return;
  }
  std::vector<fs::path> folders;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(input.certificates, error)) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  if (folders.empty()) {
    findings.push_back({"certificate", needs_tls ? Judgement::kFailure : Judgement::kWarning,
                        "no certificate in " + input.certificates.string(),
                        "Make a folder per host name with fullchain.pem and privkey.pem."});
  }
  for (const auto& folder : folders) {
    const auto name = folder.filename().string();
    findings.push_back(JudgeFolder(folder, name == "default" ? input.public_host : name));
  }
}

}  // namespace outpost::doctor::detail
