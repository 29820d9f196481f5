#pragma once

#include <array>
#include <string>
#include <string_view>

/// Switches of single features of a project space, kept as one JSON object in its row. A switch
/// that is not in the object has its default; those of a newer release are kept and ignored.
namespace outpost::projects {

struct ProjectSettings {
  bool closes_extensions = false;
  bool keeps_case_attachments = false;
  bool ignores_practice_users = false;
  bool blocks_submissions = false;
  bool limits_submissions = false;
  bool is_exempt_from_rate_limits = false;
  bool uses_stock = false;
  bool syncs_all_locations = false;
  bool has_hierarchical_locations = false;
  bool limits_child_data = false;
  bool limits_restores = false;
  bool has_case_search = false;
  bool has_user_cases = false;
};

/// One switch: its name in commands and JSON, what it does, its place.
struct Switch {
  std::string_view name;
  std::string_view meaning;
  bool ProjectSettings::*place;
};

inline constexpr std::array kSwitches = {
    Switch{"extension_case_closing", "closing a case closes its extension cases",
           &ProjectSettings::closes_extensions},
    Switch{"case_attachments", "forms may attach files to cases",
           &ProjectSettings::keeps_case_attachments},
    Switch{"ignore_practice_users", "forms of practice workers are acknowledged and dropped",
           &ProjectSettings::ignores_practice_users},
    Switch{"block_submissions", "forms are refused with 509 (submission blacklist)",
           &ProjectSettings::blocks_submissions},
    Switch{"rate_limit_submissions",
           "forms that come too fast wait or get 429, also where limits.submissions is off",
           &ProjectSettings::limits_submissions},
    Switch{"exempt_from_rate_limits", "forms never wait for a rate limit",
           &ProjectSettings::is_exempt_from_rate_limits},
    Switch{"stock", "products and programs are sent to phones", &ProjectSettings::uses_stock},
    Switch{"sync_all_locations", "every phone gets all locations",
           &ProjectSettings::syncs_all_locations},
    Switch{"hierarchical_locations", "phones may get locations as a tree, not only as a list",
           &ProjectSettings::has_hierarchical_locations},
    Switch{"limit_child_data_by_level", "levels may say how far below them their workers see cases",
           &ProjectSettings::limits_child_data},
    Switch{"rate_limit_restores",
           "phones that sync too often get 429, also where limits.restores is off",
           &ProjectSettings::limits_restores},
    Switch{"case_search", "apps may search cases on the server", &ProjectSettings::has_case_search},
    Switch{"user_cases", "every mobile worker has a case of type commcare-user",
           &ProjectSettings::has_user_cases},
};

/// @throws Problem kInternal when the stored text is no JSON object.
ProjectSettings ReadSettings(std::string_view json);

/// The stored object with `changes`, a JSON object of switches by name, put over it.
/// @throws Problem kBadRequest for an unknown name (names the nearest) or a value that is neither
///         true nor false.
std::string MergeSettings(std::string_view json, std::string_view changes);

/// Every switch by name, as commands show them.
std::string RenderSettings(const ProjectSettings& settings);

}  // namespace outpost::projects
