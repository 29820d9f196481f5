#include "engine/xpath/references.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/xpath/parse.h"

namespace outpost::xpath {
namespace {

using testing::ElementsAre;

TEST(References, NameTheInstancesOfPathsPredicatesAndArguments) {
  EXPECT_THAT(InstanceIds(Parse("instance('casedb')/casedb/case[@case_id = "
                                "instance('session')/session/data/id]/name = "
                                "count(instance('groups')/groups/group)")),
              ElementsAre("casedb", "groups", "session"));
  EXPECT_THAT(InstanceIds(Parse("instance($which)/a")), ElementsAre());
}

TEST(References, NameVariablesAndFunctions) {
  const auto expression = Parse("concat($a, b[$b > 1], -$a) or here()");
  EXPECT_THAT(VariableNames(expression), ElementsAre("a", "b"));
  EXPECT_THAT(FunctionNames(expression), ElementsAre("concat", "here"));
}

TEST(References, TellPathsFromOtherExpressions) {
  EXPECT_TRUE(IsPath(Parse("instance('x')/a")));
  EXPECT_TRUE(IsPath(Parse("./@case_id")));
  EXPECT_FALSE(IsPath(Parse("a = b")));
  EXPECT_FALSE(IsPath(Parse("uuid()")));
}

}  // namespace
}  // namespace outpost::xpath
