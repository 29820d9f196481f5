#include "http/detail/certificates.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <map>
#include <mutex>
#include <optional>

#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"
#include "http/detail/transport_tls.h"

namespace outpost::http::detail {
namespace {

using ContextPointer = std::shared_ptr<SSL_CTX>;

constexpr std::string_view kDefaultName = "default";

std::string LastTlsError() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

/// When chain and key were last written; empty when one is missing.
using Stamp = std::optional<std::array<std::filesystem::file_time_type, 2>>;

Stamp StampOf(const std::filesystem::path& folder) {
  std::error_code of_chain;
  std::error_code of_key;
  const auto chain = std::filesystem::last_write_time(folder / "fullchain.pem", of_chain);
  const auto key = std::filesystem::last_write_time(folder / "privkey.pem", of_key);
  if (of_chain || of_key) return std::nullopt;
  return {{chain, key}};
}

/// We speak HTTP/1.1 only; clients that offer h2 as well must hear so.
int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* in, unsigned int in_size, void*) {
  static constexpr std::array<unsigned char, 9> kOurs = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  const int found =
      SSL_select_next_proto(&chosen, out_size, kOurs.data(), kOurs.size(), in, in_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

ContextPointer NewContext() {
  ContextPointer context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  OUTPOST_CHECK(context != nullptr);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE |
                                         SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                      SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context.get(), ChooseProtocol, nullptr);
  return context;
}

/// Empty, with `why`, when the pair cannot be used.
ContextPointer LoadPair(const std::filesystem::path& folder, std::string& why) {
  ContextPointer context = NewContext();
  const auto chain = (folder / "fullchain.pem").string();
  const auto key = (folder / "privkey.pem").string();
  const bool is_good =
      SSL_CTX_use_certificate_chain_file(context.get(), chain.c_str()) == 1 &&
      SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) == 1 &&
      SSL_CTX_check_private_key(context.get()) == 1;
  if (is_good) return context;
  why = LastTlsError();
  return nullptr;
}

}  // namespace

struct Certificates::Impl {
  struct Pair {
    Stamp stamp;
    ContextPointer context;  // empty: never usable so far
  };

  std::filesystem::path folder;
  ContextPointer greeting = NewContext();  // before the name is known
  mutable std::mutex mutex;
  std::map<std::string, Pair> pairs;  // by host name, lower-case

  ContextPointer Find(std::string_view name) const {
    const std::lock_guard lock(mutex);
    const auto exact = pairs.find(ToLower(name));
    if (exact != pairs.end() && exact->second.context) return exact->second.context;
    const auto fallback = pairs.find(std::string(kDefaultName));
    return fallback != pairs.end() ? fallback->second.context : nullptr;
  }

  static int ChooseCertificate(SSL* ssl, int* alert, void* self) {
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    const auto context = static_cast<const Impl*>(self)->Find(name != nullptr ? name : "");
    if (!context) {
      *alert = SSL_AD_UNRECOGNIZED_NAME;
      return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    SSL_set_SSL_CTX(ssl, context.get());  // takes its own reference
    return SSL_TLSEXT_ERR_OK;
  }

  bool Refresh(const std::filesystem::path& of_host) {
    const std::string name = ToLower(of_host.filename().string());
    const Stamp stamp = StampOf(of_host);
    {
      const std::lock_guard lock(mutex);
      const auto known = pairs.find(name);
      if (!stamp || (known != pairs.end() && known->second.stamp == stamp)) return false;
    }
    std::string why;
    auto context = LoadPair(of_host, why);
    if (!context) {
      Log(LogLevel::kError, "tls.certificate_unusable", {{"host", name}, {"why", why}});
    }
    const std::lock_guard lock(mutex);
    Pair& pair = pairs[name];
    pair.stamp = stamp;  // a broken pair is not tried and logged again until it changes
    if (!context) return false;
    pair.context = std::move(context);
    return true;
  }
};

Certificates::Certificates(std::filesystem::path folder) : impl_(std::make_unique<Impl>()) {
  impl_->folder = std::move(folder);
  SSL_CTX_set_tlsext_servername_callback(impl_->greeting.get(), Impl::ChooseCertificate);
  SSL_CTX_set_tlsext_servername_arg(impl_->greeting.get(), impl_.get());
  Reload();
  if (size() == 0) {
    throw Problem(ProblemKind::kUnknownSetting,
                  "No usable certificate in " + impl_->folder.string() +
                      ". Put fullchain.pem and privkey.pem into a folder there named after the "
                      "host, or \"default\".");
  }
}

Certificates::~Certificates() = default;

bool Certificates::Reload() {
  bool has_changed = false;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(impl_->folder, error)) {
    if (entry.is_directory(error)) has_changed |= impl_->Refresh(entry.path());
  }
  return has_changed;
}

std::size_t Certificates::size() const {
  const std::lock_guard lock(impl_->mutex);
  std::size_t usable = 0;
  for (const auto& pair : impl_->pairs) usable += pair.second.context != nullptr ? 1 : 0;
  return usable;
}

std::unique_ptr<Transport> Certificates::NewTransport(int socket) const {
  return NewTlsTransport(socket, impl_->greeting.get());
}

}  // namespace outpost::http::detail
