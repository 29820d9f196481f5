#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/suite/profile.h"

/// What a phone makes of recovery measures (app delivery document 9). Pure.
namespace outpost::phones {

enum class MeasureKind : std::uint8_t {
  kAppUpdate,
  kAppReinstall,         // and update
  kAppOfflineReinstall,  // and update
  kClientUpdate,
  kClientReinstall,
};

struct Measure {
  std::int64_t number = 0;
  MeasureKind kind = MeasureKind::kAppUpdate;
};

struct RecoverySituation {
  std::string app_id;
  std::int64_t app_version = 0;
  suite::ClientVersion client;
  std::int64_t last_number = 0;  // of the last measure that was carried out
};

struct RecoveryReading {
  bool is_accepted = false;  // else the answer counts for nothing
  std::vector<Measure> queued;
};
/// Measures come out in the order of their numbers.
RecoveryReading ReadMeasures(int status, std::string_view body, const RecoverySituation& here);

}  // namespace outpost::phones
