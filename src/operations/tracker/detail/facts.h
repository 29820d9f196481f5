#pragma once

#include <vector>

#include "operations/doctor/doctor.h"
#include "operations/usage/usage.h"
#include "store/sql/connection.h"
#include "transition/checkpoints/collectors.h"

/// What a server knows about items of the transition, by area. What it cannot know yet is left to
/// the verdict "not yet: needs …".
namespace outpost::operations::detail {

using transition::Facts;

/// Workers, forms, cases, apps, the disk: R1.1 to R1.4, S1.1 to S1.4, Q1.5, Q2.2.3. Nothing about
/// forms before one has come.
void AddUsageFacts(const usage::Usage& usage, Facts& facts);

/// Who may change apps: Q2.4.1.
void AddPeopleFacts(sql::Connection& reader, Facts& facts);

/// What doctor finds: C3.1.1, T5.3, K2.2, Q3.1.4, and with leave to ask name servers Q3.1.5.
void AddDoctorFacts(const std::vector<doctor::Finding>& findings, const std::string& public_host,
                    bool may_ask_outside, Facts& facts);

/// What the running process has measured, as Prometheus text: C3.1.2, C4.2.1, Q4.2.1.
struct MetricFactsInput {
  std::string_view prometheus;
  std::int64_t active_people = 0;  // in the running month
  std::string public_url;
};
void AddMetricFacts(const MetricFactsInput& input, Facts& facts);

}  // namespace outpost::operations::detail
