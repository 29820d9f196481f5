#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

/// A part of a restore document: cases of a type, a fixture, ledgers, or the frame.
struct RestorePart {
  std::string kind, name;  // "case", "patient"
  std::int64_t count = 0, bytes = 0;
};
/// What a document that Restorer has made consists of, the largest part first.
std::vector<RestorePart> PartsOf(std::string_view document);

}  // namespace outpost::sync
