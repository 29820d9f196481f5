#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "domain/people/accounts.h"
#include "domain/projects/projects.h"
#include "store/sql/database.h"

/// Why a case is, or is not, on a user's phones, in plain words (restore document 7, 8).
namespace outpost::sync {

struct DeviceHolding {
  std::string device_id;  // "" unknown
  Instant synced_on;
  bool holds = false;  // as of that sync and the forms sent since
};

struct CaseExplanation {
  bool is_there = false;               // the project has the case, not deleted
  bool belongs = false;                // the next sync puts it, or leaves it, on the phones
  std::vector<std::string> reasons;    // sentences, the decisive one first
  std::vector<DeviceHolding> devices;  // newest sync first
};

CaseExplanation ExplainCase(sql::Connection& connection, const sql::Database& database,
                            const projects::Project& project, const people::Account& user,
                            const std::string& case_id);

}  // namespace outpost::sync
