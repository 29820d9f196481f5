#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/suite/resource.h"

/// An app's profile: what is asked of the phone and where the suites are. Section 5.
namespace outpost::suite {

struct Property {
  std::string key, value;
  bool is_forced = false;  // written at every update, over what the user chose
  Place place;
};

/// A version of the client, "2.53.0".
struct ClientVersion {
  int major = 0, minor = 0, minimal = 0;
};

struct Feature {
  std::string name;
  bool is_active = false;
};
struct Dependency {
  std::string id, name;  // an Android package that must be installed
};
struct Credential {
  std::string level, type;
};
/// Maps jr://prefix/ to a place: legacy.
struct Root {
  std::string prefix;
  bool is_read_only = false;
  std::string kind, path;  // "filesystem", "resource" or "absolute"
};

struct Profile {
  std::int64_t version = 0;
  std::string update;                     // URL of update checks; empty: where it came from
  std::string unique_id;                  // empty: an old profile
  std::string name;                       // empty: the string app.display.name is shown
  std::string descriptor, build_profile;  // may be empty
  std::optional<ClientVersion> required;  // only where major and minor are given
  std::vector<Property> properties;       // in document order; keys may repeat
  std::vector<Feature> features;
  std::vector<Dependency> dependencies;
  std::vector<Credential> credentials;
  std::vector<Root> roots;
  std::optional<Resource> login_image;
  std::string registration_namespace, logo;  // <features><users>
  std::vector<Resource> suites;              // in document order
  Place place;
};

/// @param file named in messages and places
/// @throws Problem kMalformed with position; told() names file, line and element.
Profile ReadProfile(std::string_view xml, std::string_view file);

/// Whether a client of this version may install the app (5.5).
bool Accepts(const std::optional<ClientVersion>& required, const ClientVersion& client);

}  // namespace outpost::suite
