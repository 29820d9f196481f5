#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/problem.h"
#include "engine/suite/suite.h"

/// Small suites for unit tests.
namespace outpost::suite {

inline Suite SuiteOf(const std::string& inside) {
  return ReadSuite("<suite version='1'>\n" + inside + "\n</suite>", "suite.xml");
}

/// Why the suite is refused, without its file; "accepted".
inline std::string ComplaintOf(const std::string& inside) {
  try {
    SuiteOf(inside);
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kMalformed);
    EXPECT_NE(problem.position().line, 0u);
    const std::string told = problem.told();
    EXPECT_TRUE(told.starts_with("suite.xml, line ")) << told;
    return told.substr(told.find(": ") + 2);
  }
  return "accepted";
}

/// An entry with these children beside its command.
inline std::string EntryWith(const std::string& inside) {
  return "<entry><command id='m0-f0'><text>Visit</text></command>" + inside + "</entry>";
}
inline std::string SessionWith(const std::string& inside) {
  return EntryWith("<session>" + inside + "</session>");
}
inline std::string QueryWith(const std::string& inside) {
  return SessionWith("<query url='https://h/s' storage-instance='results'>" + inside + "</query>");
}
inline std::string StackWith(const std::string& inside) {
  return EntryWith("<stack>" + inside + "</stack>");
}
inline std::string DetailWith(const std::string& inside) {
  return "<detail id='d'><title><text>List</text></title>" + inside + "</detail>";
}
inline const std::string kField =
    "<field><header><text>Name</text></header>"
    "<template><text><xpath function='case_name'/></text></template></field>";

}  // namespace outpost::suite
