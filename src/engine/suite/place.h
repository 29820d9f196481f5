#pragma once

#include <cstdint>
#include <string>

/// Where in an app's files something stands, and what is wrong there.
namespace outpost::suite {

/// Line and column count from 1, the column in bytes; 0 means unknown.
struct Place {
  std::string file;  // as the reader was told, relative to the profile's folder
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string element;  // local name, such as "menu"
};

/// "suite.xml:12 <menu>"; without what is unknown.
std::string RenderPlace(const Place& place);

/// What an app does wrong. An app with errors must not be published; a warning is for its builder.
struct Finding {
  enum class Severity : std::uint8_t { kError, kWarning };
  Severity severity = Severity::kError;
  Place place;
  std::string text;  // one sentence without full stop
};

}  // namespace outpost::suite
