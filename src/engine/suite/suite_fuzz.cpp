#include <cstddef>
#include <cstdint>

#include "base/problem.h"
#include "engine/suite/app.h"
#include "engine/suite/detail/raw_less.h"

namespace {

/// The first byte chooses the reader; one runs an app that has the text for every file.
void Read(std::uint8_t which, std::string_view text) {
  namespace suite = outpost::suite;
  switch (which % 5) {
    case 0:
      suite::ReadSuite(text, "suite.xml");
      return;
    case 1:
      suite::ReadProfile(text, "profile.ccpr");
      return;
    case 2: {
      const auto strings = suite::ReadStrings(text, "app_strings.txt");
      const auto again = suite::ReadStrings(suite::RenderStrings(strings), "app_strings.txt");
      if (again.size() > strings.size()) __builtin_trap();
      return;
    }
    case 3: {
      const auto escaped = suite::EscapeRawLess(text);
      if (escaped && suite::EscapeRawLess(*escaped)) __builtin_trap();
      return;
    }
    default: {
      const std::string profile =
          "<profile version='1'><suite><resource id='s' version='1'><location authority='local'>"
          "./suite.xml</location></resource></suite></profile>";
      const auto app = suite::ReadApp(
          [&](std::string_view path) {
            return path == "profile.ccpr" ? profile : std::string(text);
          },
          [](std::string_view) { return true; });
      suite::CheckApp(app);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  try {
    Read(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
  } catch (const outpost::Problem& problem) {
    if (problem.kind() != outpost::ProblemKind::kMalformed) __builtin_trap();
    if (problem.position().line == 0) __builtin_trap();
  }
  return 0;
}
