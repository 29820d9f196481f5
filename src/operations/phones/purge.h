#pragma once

#include <string>
#include <vector>

#include "operations/phones/phone_store.h"

/// The purge that an unmodified phone makes before it syncs, step by step as it makes it (restore
/// document 8.3): deliberately no shared code with what the server computes. Pure.
namespace outpost::phones {

struct PurgeResult {
  /// The cases point at each other in a ring: the phone removes nothing and recovers instead.
  bool has_cycle = false;
  std::vector<std::string> removed;  // in order of their ids
};

/// Which cases the purge removes. Without owners every case counts as owned.
PurgeResult FindPurged(const PhoneCases& cases, const OwnerIds* owners);

/// Purges with the owners of the store; ledgers of removed cases go too. With a cycle nothing is
/// changed.
PurgeResult Purge(PhoneStore& store);

}  // namespace outpost::phones
