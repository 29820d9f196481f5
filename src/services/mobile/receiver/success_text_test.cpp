#include "services/mobile/receiver/success_text.h"

#include <gtest/gtest.h>

#include "services/mobile/receiver/openrosa_reply.h"

namespace outpost::mobile {
namespace {

using intake::Outcome;

SuccessTone WebUser(bool sees_forms, bool sees_cases, bool exports_data) {
  return {true, true, sees_forms, sees_cases, exports_data, "demo"};
}

intake::Receipt ReceiptWith(std::vector<intake::AffectedCase> cases) {
  return {Outcome::kProcessed, "f 1", "f 1", "", std::move(cases)};
}

constexpr const char* kSaved = "Form successfully saved!";

TEST(SuccessText, IsTheCheckMarkForPhones) {
  EXPECT_EQ(SuccessText({}, ReceiptWith({{"c1", "Ann"}})), kSuccessText);
}

TEST(SuccessText, IsOneSentenceForMobileWorkersAndUnknownUsersOfWebEntry) {
  SuccessTone tone;
  tone.is_web_entry = true;
  EXPECT_EQ(SuccessText(tone, ReceiptWith({{"c1", "Ann"}})), kSaved);
}

TEST(SuccessText, TellsWebUsersWhatTheirPermissionsLetThemSee) {
  const auto with_case = ReceiptWith({{"c/1", "Ann"}});
  const auto with_two = ReceiptWith({{"c1", "Ann"}, {"c2", "Bo"}});
  const auto without = ReceiptWith({});
  const std::string form = "[this form](/a/demo/reports/form_data/f%201/)";
  const std::string this_case = "[this case](/a/demo/reports/case_data/c%2F1/)";
  const std::string these_cases =
      "these cases: [Ann](/a/demo/reports/case_data/c1/), [Bo](/a/demo/reports/case_data/c2/)";
  const std::string saved = std::string(kSaved) + "\n\n";
  EXPECT_EQ(SuccessText(WebUser(false, false, false), with_case), kSaved);
  EXPECT_EQ(SuccessText(WebUser(true, false, false), with_case),
            saved + "You submitted " + form + ".");
  EXPECT_EQ(SuccessText(WebUser(true, true, false), with_case),
            saved + "You submitted " + form + ", which affected " + this_case + ".");
  EXPECT_EQ(SuccessText(WebUser(true, true, false), with_two),
            saved + "You submitted " + form + ", which affected " + these_cases + ".");
  EXPECT_EQ(SuccessText(WebUser(true, true, false), without),
            saved + "You submitted " + form + ".");
  EXPECT_EQ(SuccessText(WebUser(false, true, false), with_case),
            saved + "Your form affected " + this_case + ".");
  EXPECT_EQ(SuccessText(WebUser(false, true, false), without), kSaved);
  EXPECT_EQ(SuccessText(WebUser(false, false, true), without),
            saved + "Click to export your [form data](/a/demo/data/export/custom/form/).");
  EXPECT_EQ(SuccessText(WebUser(true, false, true), with_case),
            saved + "You submitted " + form +
                ".\n\nClick to export your [case](/a/demo/data/export/custom/case/) or "
                "[form](/a/demo/data/export/custom/form/) data.");
}

TEST(SuccessText, NamesOfCasesMakeNoLinks) {
  const auto text =
      SuccessText(WebUser(true, true, false),
                  ReceiptWith({{"c1", "a](http://evil.example) [b"}, {"c2", "two\nlines"}}));
  EXPECT_NE(text.find(R"([a\]\(http://evil.example\) \[b](/a/demo)"), std::string::npos) << text;
  EXPECT_NE(text.find("[two lines]"), std::string::npos) << text;
}

TEST(SuccessText, OfAHeldFormHasNoLinks) {
  auto receipt = ReceiptWith({});
  receipt.outcome = Outcome::kHeld;
  EXPECT_EQ(SuccessText(WebUser(true, true, true), receipt), kSaved);
}

}  // namespace
}  // namespace outpost::mobile
