#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What changes between releases, for operators and for unattended upgrades (operations document
/// 7.1). CHANGES.json of the source tree, which every program carries in itself.
namespace outpost::upgrade {

struct Change {
  std::int64_t number = 0;
  std::string date;     // 2026-11-28
  std::string version;  // first release that has it
  std::string title, context;
  bool is_required = true;
  bool needs_action = false;  // an operator must do `steps`: an unattended upgrade stops there
  std::vector<std::string> steps;
  std::string min_from_version;  // releases before must go by another one first; empty: any
  bool needs_downtime = false;
  double estimated_minutes_per_gb = 0;  // of back-fills after the switch
  bool is_reversible = true;            // the release before works on the data afterwards
};

/// @throws Problem kUnprocessable that names the entry and the field
std::vector<Change> ChangesOf(std::string_view json);
std::string JsonOf(const std::vector<Change>& changes);
/// Of this program.
std::vector<Change> ShippedChanges();

/// "1.10.0" is newer than "1.9.2"; less than zero: `a` is older.
int CompareVersions(std::string_view a, std::string_view b);
/// Behind `from`, up to `to`.
std::vector<Change> Between(const std::vector<Change>& changes, std::string_view from,
                            std::string_view to);

}  // namespace outpost::upgrade
