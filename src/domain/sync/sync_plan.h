#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/sync/case_xml.h"
#include "domain/sync/network.h"
#include "domain/sync_log/sync_log.h"

/// What a restore sends, and what the phone holds when it has arrived (restore document 9, 10.1).
namespace outpost::sync {

struct CaseToSend {
  std::uint32_t place = 0;  // in the network
  bool creates = false;     // the phone does not hold it
  std::vector<SentIndex> indices;
};

struct SyncPlan {
  std::vector<CaseToSend> sends;  // by row
  sync_log::NodeSet live;         // one flag for each case of the network

  // From here on by SumUp.
  sync_log::PhoneGraph graph;  // as the phone has it, before its next purge
  sync_log::StateHash digest;  // of what it holds after that
  std::size_t held_count = 0;
  /// The phone will hold another set than the live one. Its own set counts; the difference means
  /// that something went by without being noticed.
  bool differs_from_live = false;
};

/// What the phone has when it asks; a first restore has none.
struct PhoneBefore {
  const sync_log::SyncLog* log = nullptr;
  sync_log::PhoneGraph held;  // purged by the owners of the log
};

/// What is sent. Adds what is held but not reached to the network.
SyncPlan PlanSync(sql::Connection& connection, Network& network, const PhoneBefore& before);

/// What the phone holds when it has read that: as much work again, which sending need not wait for.
void SumUp(SyncPlan& plan, const Network& network, PhoneBefore before,
           const sync_log::OwnerIds& owners);

}  // namespace outpost::sync
