#include "store/blobs/detail/sha256.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::blobs::detail {

struct Sha256Stream::Impl {
  Impl() : context(EVP_MD_CTX_new()) {}
  ~Impl() { EVP_MD_CTX_free(context); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  EVP_MD_CTX* context;
};

Sha256Stream::Sha256Stream() : impl_(std::make_unique<Impl>()) {
  OUTPOST_CHECK(impl_->context != nullptr);
  OUTPOST_CHECK(EVP_DigestInit_ex(impl_->context, EVP_sha256(), nullptr) == 1);
}

Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::Add(std::string_view piece) {
  OUTPOST_CHECK(EVP_DigestUpdate(impl_->context, piece.data(), piece.size()) == 1);
}

std::string Sha256Stream::Finish() {
  std::array<std::uint8_t, 32> digest{};
  unsigned int length = 0;
  OUTPOST_CHECK(EVP_DigestFinal_ex(impl_->context, digest.data(), &length) == 1);
  OUTPOST_CHECK(length == digest.size());
  return HexOf(digest);
}

}  // namespace outpost::blobs::detail
