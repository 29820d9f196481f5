#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/suite/place.h"

/// The files of an app, as profile and suites declare them. Source of the rules: the app delivery
/// document, sections 6.1, 6.2, 17.1 and 17.4.
namespace outpost::suite {

struct Location {
  bool is_local = false;  // authority "local" in any case; everything else is remote
  std::string uri;        // "./suite.xml", "https://…", "jr://…", trimmed
};

enum class ResourceKind : std::uint8_t {
  kSuite,            // profile: <suite>
  kForm,             // <xform>
  kUpdateForm,       // <xform-update-info>
  kStrings,          // <locale language>
  kMedia,            // <media path>
  kPracticeRestore,  // <user-restore>
  kLoginImage,       // profile: <login>
};

struct Resource {
  ResourceKind kind = ResourceKind::kForm;
  std::string id;
  std::int64_t version = 0;
  std::string descriptor;  // for people; may be empty
  bool is_lazy = false;
  std::vector<Location> locations;  // in document order, tried in that order
  std::string language;             // kStrings: its locale
  std::string media_path;           // kMedia: the folder it is installed under
  Place place;
};

/// The element that declares it: "xform", "locale", …
std::string_view ElementOf(ResourceKind kind);

/// A location's path in the folder (archive) of the profile: "./modules-0/forms-0.xml" seen from
/// "profile.ccpr" is "modules-0/forms-0.xml". Empty where it names no file there: another scheme
/// than jr://file/ or none, or a path that leaves the folder.
/// @param parent_path path of the file that holds the location, in the same folder.
std::string LocalPath(std::string_view uri, std::string_view parent_path);

/// A relative location against the URL of the file that holds it, without the URL's query string;
/// any other location as it is.
std::string ResolveLocation(std::string_view uri, std::string_view parent_url);

}  // namespace outpost::suite
