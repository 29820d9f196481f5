#include "domain/sync_log/state_hash.h"

#include <algorithm>

#include "base/problem.h"
#include "base/text.h"
#include "crypto/digests.h"

namespace outpost::sync_log {

StateHash::StateHash(std::string_view bytes) {
  if (bytes.size() != xored_.size()) {
    throw Problem(ProblemKind::kInternal, "A sync log is damaged.", "state hash");
  }
  std::copy(bytes.begin(), bytes.end(), xored_.begin());
}

void StateHash::Toggle(std::string_view case_id) {
  const auto md5 = crypto::Md5(case_id);
  for (std::size_t i = 0; i < xored_.size(); ++i) xored_[i] ^= md5[i];
}

std::string StateHash::Digest(std::size_t ids) const {
  if (ids == 0) return {};
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digest;
  for (const auto byte : xored_) {
    digest += kDigits[byte >> 4];
    digest += kDigits[byte & 15];
  }
  return digest;
}

std::string_view StateHash::Bytes() const {
  return {reinterpret_cast<const char*>(xored_.data()), xored_.size()};
}

bool StateFits(std::string_view state, std::string_view digest) {
  return state.size() >= kStatePrefix.size() &&
         EqualsIgnoreCase(state.substr(0, kStatePrefix.size()), kStatePrefix) &&
         state.substr(kStatePrefix.size()) == digest;
}

}  // namespace outpost::sync_log
