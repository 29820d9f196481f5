#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/cases/case.h"

/// Cases as case search and case_fixture show them (restore document 15.1). Pure; appends.
namespace outpost::sync {

struct ResultMarks {
  bool is_found = false;  // has a score; else it is there because another one is
  bool is_related = false;
  std::string_view project;  // "" is not told
};
void AppendResult(std::string& out, const cases::Case& c, const ResultMarks& marks);

inline constexpr std::string_view kResultsStart = "<results id=\"case\">";
inline constexpr std::string_view kResultsEnd = "</results>";

}  // namespace outpost::sync
