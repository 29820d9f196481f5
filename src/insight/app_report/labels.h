#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/suite/app.h"

/// Short words for parts of an app.
namespace outpost::app_report {

/// A text as people read it: strings of the default language (the id where there is none),
/// expressions in braces. Blanks and line ends become single blanks.
std::string LabelOf(const suite::App& app, const suite::Text& text);
std::string LabelOf(const suite::App& app, const std::optional<suite::Text>& text);

std::string_view NameOf(suite::Datum::Kind kind);         // "computed", "entity", …
std::string_view NameOf(suite::Entry::Kind kind);         // "form", "view", "remote-request"
std::string_view NameOf(suite::Sort::Type type);          // "string", "int", "double"
std::string_view NameOf(suite::Finding::Severity level);  // "error", "warning"

const suite::FormFile* FindForm(const suite::App& app, std::string_view xmlns);

/// "Name", case_name, sorted …: what a field shows.
std::string ContentOf(const suite::App& app, const suite::Field& field);
/// "1st by number, descending, blanks last"; empty: does not take part in sorting.
std::string SortingOf(const suite::Field& field);

/// Steps of an operation in one line: "m1, case_id = …".
std::string StepsOf(const suite::StackOperation& operation);

/// A menu and where it stands; each id once, in the order in which home shows them.
struct MenuPlace {
  std::string id;
  int depth = 0;
  bool is_reached = true;  // from home or the training section
};
/// Menus deeper than kMenuDepthMax and those in a circle count as not reached.
inline constexpr int kMenuDepthMax = 20;
std::vector<MenuPlace> MenusInOrder(const suite::App& app);

/// Entries that no menu has as a command.
std::vector<const suite::Entry*> EntriesBesideMenus(const suite::App& app);

/// Keys of the default language that another lacks.
std::vector<std::string> MissingKeys(const suite::App& app, std::string_view language);

}  // namespace outpost::app_report
