#pragma once

#include <string>

#include "operations/loadtest/phone_load.h"

/// What `outpost loadtest sync` and `mixed` say in the end (operations document 6.5, 6.6).
namespace outpost::loadtest {

/// Thresholds of 6.6 for restores and syncs; those of report.h hold for forms.
inline constexpr double kSyncP95MsMax = 5'000;
inline constexpr double kRestoreP95MsMax = 15'000;

/// How a part went.
struct PartSummary {
  double per_second = 0;
  double error_share = 0;
  /// Milliseconds.
  double first_byte_p50 = 0, first_byte_p99 = 0;
  double whole_p50 = 0, whole_p95 = 0, whole_p99 = 0, whole_max = 0;
};
/// Sorts the samples.
PartSummary Summarise(LoadPart& part);

struct PhoneSummary {
  PartSummary restores, syncs, logins, forms;
};
PhoneSummary Summarise(PhoneLoadResult& result);

/// No phone that did everything right was refused or misled, few errors, and quick enough. A
/// throttled phone's time is its own, so that only errors count.
bool Passed(const PhoneLoadOptions& options, const PhoneLoadResult& result,
            const PhoneSummary& summary);

std::string TextOf(const PhoneLoadOptions& options, const PhoneLoadResult& result,
                   const PhoneSummary& summary);
std::string JsonOf(const PhoneLoadOptions& options, const PhoneLoadResult& result,
                   const PhoneSummary& summary);

}  // namespace outpost::loadtest
