#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/suite/detail.h"
#include "engine/suite/resource.h"
#include "engine/suite/session.h"
#include "engine/suite/text.h"

/// A suite: menus, entries, details and the resources they use. Section 17.
namespace outpost::suite {

struct MenuCommand {
  std::string id;
  std::optional<Xpath> relevant;
  Place place;
};

/// One <menu>; several of the same id make one menu.
struct Menu {
  std::string id;
  std::string root = "root";  // id of the parent menu; "root" is home
  std::optional<Xpath> relevant;
  std::string style;  // "grid", "list" or empty; see MenuStyle
  Display display;
  std::vector<MenuCommand> commands;
  std::vector<Instance> instances;
  std::vector<Assertion> assertions;
  Place place;
};

/// Submenus of this menu are training content, apart from home.
inline constexpr std::string_view kTrainingRoot = "training-root";
inline constexpr std::string_view kHomeMenu = "root";

struct Entry {
  enum class Kind : std::uint8_t { kForm, kView, kRemoteRequest };
  Kind kind = Kind::kForm;
  std::string tag;   // "entry", "view" or "remote-request"
  std::string form;  // xmlns; empty where it opens no form
  std::string command_id;
  Display display;
  std::vector<Instance> instances;
  std::vector<Datum> datums;  // in the order in which they are asked for
  std::vector<Assertion> assertions;
  std::vector<StackOperation> stack;
  std::optional<Post> post;
  Place place;
};

/// App-wide lookup data, jr://fixture/{id}.
struct Fixture {
  std::string id, user_id;
  std::string xml;  // its one root element
  Place place;
};

struct Suite {
  std::string file;
  std::int64_t version = 0;
  std::string descriptor;
  std::vector<Resource> resources;  // all lists in document order
  std::vector<Menu> menus;
  std::vector<Entry> entries;       // of one command id the last, at the place of the first
  std::vector<Detail> details;      // of one id the last, likewise
  std::vector<Endpoint> endpoints;  // likewise
  std::vector<Fixture> fixtures;
  std::vector<Finding> findings;  // warnings, such as what was replaced
};

/// @param file named in messages and places
/// @throws Problem kMalformed with position; told() names file, line and element.
Suite ReadSuite(std::string_view xml, std::string_view file);

}  // namespace outpost::suite
