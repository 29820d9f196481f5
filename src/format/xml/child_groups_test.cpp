#include "format/xml/child_groups.h"

#include <gtest/gtest.h>

#include <string>

namespace outpost::xml {
namespace {

/// "name:texts" of each group, in order.
std::string GroupsOf(const std::string& children) {
  const auto document = Document::Parse("<r>" + children + "</r>");
  std::string shown;
  for (const auto& group : GroupChildren(document.root())) {
    shown += std::string(group.name) + ":";
    for (const auto& element : group.elements) shown += element.text();
    shown += " ";
  }
  return shown;
}

TEST(ChildGroups, ComeInTheOrderOfFirstOccurrence) {
  EXPECT_EQ(GroupsOf(""), "");
  EXPECT_EQ(GroupsOf("<b>1</b><a>2</a><b>3</b><p:a xmlns:p='u'>4</p:a>"), "b:13 a:24 ");
}

TEST(ChildGroups, KeepTheirOrderWhenThereAreTooManyToScan) {
  for (const int names : {15, 16, 17, 18, 100}) {
    std::string children, expected;
    for (int round = 0; round < 3; ++round) {
      for (int i = names; i > 0; --i) {
        const std::string name = "n" + std::to_string(i);
        children += "<" + name + ">" + std::to_string(round) + "</" + name + ">";
        if (round == 0) expected += name + ":012 ";
      }
    }
    EXPECT_EQ(GroupsOf(children), expected) << names;
  }
}

}  // namespace
}  // namespace outpost::xml
