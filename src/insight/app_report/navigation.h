#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/suite/app.h"

/// The ways through an app as a picture: from home through menus and entries, over searches and
/// lists, to forms.
namespace outpost::app_report {

struct Box {
  enum class Kind : std::uint8_t {
    kHome,
    kMenu,
    kEntry,
    kSearch,
    kList,
    kForm,
    kLink,     // an endpoint, or the heading of a group
    kAgain,    // an entry that is drawn elsewhere
    kMissing,  // something that is named and not there
  };
  Kind kind = Kind::kMenu;
  std::string title, id;
  std::string note;               // what happens afterwards, or a condition; may be empty
  std::vector<std::size_t> next;  // boxes to the right of it, from top to bottom
};

/// At most so many boxes; the last one then says how many entries are left out.
inline constexpr std::size_t kBoxesMax = 3'000;

/// Searches and lists of one entry that are drawn.
inline constexpr std::size_t kStepsMax = 30;

struct Navigation {
  std::string title;
  std::vector<Box> boxes;
  std::vector<std::size_t> roots;  // each box hangs on one root or on one box
};

/// Each entry is drawn once with what it needs, and then as a reference.
Navigation MakeNavigation(const suite::App& app);

/// An SVG document on a light background. Text is escaped and cut to fit its box.
std::string RenderSvg(const Navigation& navigation);

}  // namespace outpost::app_report
