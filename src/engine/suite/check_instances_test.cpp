#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/suite/detail/checks.h"

namespace outpost::suite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string EntryOf(const std::string& command, const std::string& instances) {
  return "<entry><form>http://f</form><command id='" + command + "'><text>x</text></command>" +
         instances + "</entry>";
}
std::string MenuOf(const std::string& attributes, const std::string& content) {
  return "<menu id='m0'" + attributes + "><text>x</text>" + content + "</menu>";
}

const std::string kCases = "<instance id='casedb' src='jr://instance/casedb'/>";
const std::string kAsksCases = " relevant=\"count(instance('casedb')/casedb/case) = 0\"";

std::vector<std::string> ErrorsOf(const std::string& parts) {
  App app;
  app.suites.push_back(ReadSuite("<suite version='1'>" + parts + "</suite>", "suite.xml"));
  Findings findings;
  CheckInstances(app, findings);
  std::vector<std::string> errors;
  for (const auto& finding : findings.list) errors.push_back(finding.text);
  return errors;
}

TEST(CheckInstances, AMenuMayUseWhatItsFirstEntryDeclares) {
  const auto menu = MenuOf(kAsksCases, "<command id='m0-f0'/><command id='m0-f1'/>");
  EXPECT_THAT(ErrorsOf(EntryOf("m0-f0", kCases) + EntryOf("m0-f1", "") + menu), IsEmpty());
  EXPECT_THAT(ErrorsOf(EntryOf("m0-f0", "") + EntryOf("m0-f1", kCases) + menu),
              ElementsAre(HasSubstr("\"casedb\" is not declared in the menu \"m0\"")));
}

TEST(CheckInstances, TheFirstBlockOfAMenuHasItsFirstEntry) {
  EXPECT_THAT(
      ErrorsOf(EntryOf("m0-f0", kCases) + EntryOf("m0-f1", "") +
               MenuOf("", "<command id='m0-f0'/>") + MenuOf(kAsksCases, "<command id='m0-f1'/>")),
      IsEmpty());
}

TEST(CheckInstances, WhetherACommandIsShownIsAskedWithItsEntrysInstancesOnly) {
  const auto menu = MenuOf("", kCases + "<command id='m0-f0'" + kAsksCases + "/>");
  EXPECT_THAT(ErrorsOf(EntryOf("m0-f0", "") + menu),
              ElementsAre(HasSubstr("\"casedb\" is not declared in the entry \"m0-f0\"")));
  EXPECT_THAT(ErrorsOf(EntryOf("m0-f0", kCases) + menu), IsEmpty());
}

}  // namespace
}  // namespace outpost::suite
