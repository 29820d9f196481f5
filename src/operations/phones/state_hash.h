#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "operations/phones/phone_store.h"

/// The digest of the case ids that a phone holds (restore document 11.2).
namespace outpost::phones {

class StateHash {
 public:
  /// Each id at most once.
  void Add(std::string_view case_id);
  /// 32 hex digits; empty while no id is in.
  std::string Digest() const;

 private:
  std::array<std::uint8_t, 16> bits_{};
  std::size_t ids_ = 0;
};

std::string StateDigest(const PhoneCases& cases);
/// "ccsh:…", as the parameter `state` wants it.
std::string StateParameter(const PhoneCases& cases);

}  // namespace outpost::phones
