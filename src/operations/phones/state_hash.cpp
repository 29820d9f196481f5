#include "operations/phones/state_hash.h"

#include "base/text.h"
#include "crypto/digests.h"

namespace outpost::phones {

void StateHash::Add(std::string_view case_id) {
  const auto digest = crypto::Md5(case_id);
  for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] ^= digest[i];
  ++ids_;
}

std::string StateHash::Digest() const { return ids_ == 0 ? std::string() : HexOf(bits_); }

std::string StateDigest(const PhoneCases& cases) {
  StateHash hash;
  for (const auto& [id, held] : cases) hash.Add(id);
  return hash.Digest();
}

std::string StateParameter(const PhoneCases& cases) { return "ccsh:" + StateDigest(cases); }

}  // namespace outpost::phones
