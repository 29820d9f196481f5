#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/suite/profile.h"
#include "engine/suite/strings.h"
#include "engine/suite/suite.h"

/// A whole app, read from the folder (or archive) of its profile. Sections 16.3 and 23.
///
/// Pure: files come through functions. Threads: any.
namespace outpost::suite {

/// The content of a file, none where it is missing. The path is relative to the profile's folder,
/// without "./" and "..". Only text files are read: profile, suites, strings, forms, restore.
using ReadFile = std::function<std::optional<std::string>(std::string_view path)>;
using HasFile = std::function<bool(std::string_view path)>;

struct FormFile {
  std::string path, xmlns;
  Resource resource;
  std::string title;                   // may be empty
  std::vector<std::string> languages;  // of its itext, in document order; the default first
};

/// What a resource of the app is in the archive.
struct AppFile {
  Resource resource;
  std::string path;  // of the first local location that is there; empty: none is
};

struct App {
  Profile profile;
  std::string profile_path;                // "profile.ccpr" or "profile.xml"
  std::vector<Suite> suites;               // those that could be read, in the profile's order
  std::vector<AppFile> files;              // suites and their resources; of one id only the first
  std::map<std::string, Strings> strings;  // by language
  std::vector<FormFile> forms;             // those that could be read
  std::optional<std::string> practice_restore;  // path
  std::string practice_user;                    // its user's name
  std::vector<Finding> findings;                // what went wrong on reading
  std::size_t media_missing = 0;                // media files that are named and not there
};

/// Reads profile.ccpr, else profile.xml, then its suites, then forms and strings, all by their
/// local locations. What is missing or malformed beside the profile is a finding and left out.
/// @throws Problem kNotFound without a profile, kMalformed where it is malformed.
App ReadApp(const ReadFile& read, const HasFile& has);

/// Everything that keeps an app from being published (section 23) and what its builder should know:
/// the findings of reading, then those of the whole, each list in document order.
/// Not checked, for want of an earlier build: that versions rise (6.4).
std::vector<Finding> CheckApp(const App& app);
bool HasErrors(const std::vector<Finding>& findings);

/// The first suite that has the id wins; null: none has.
const Entry* FindEntry(const App& app, std::string_view command_id);
const Detail* FindDetail(const App& app, std::string_view id);
const Endpoint* FindEndpoint(const App& app, std::string_view id);
/// All blocks of the menu, over all suites.
std::vector<const Menu*> MenuBlocks(const App& app, std::string_view id);
/// "grid" or "list" where all blocks that say a style say the same, else empty.
std::string MenuStyle(const App& app, std::string_view id);

}  // namespace outpost::suite
