#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/suite/testing/suite_texts.h"

namespace outpost::suite {
namespace {

using testing::HasSubstr;

Entry EntryOf(const std::string& xml) { return SuiteOf(xml).entries.at(0); }
Datum DatumOf(const std::string& xml) { return EntryOf(SessionWith(xml)).datums.at(0); }
Query QueryOf(const std::string& inside) { return *EntryOf(QueryWith(inside)).datums.at(0).query; }
std::vector<StackOperation> StackOf(const std::string& xml) {
  return EntryOf(StackWith(xml)).stack;
}

TEST(Entry, IsAViewWithoutFormAndStack) {
  EXPECT_EQ(EntryOf(EntryWith("<form> http://f </form>")).kind, Entry::Kind::kForm);
  EXPECT_EQ(EntryOf(EntryWith("<form> http://f </form>")).form, "http://f");
  EXPECT_EQ(EntryOf(EntryWith("")).kind, Entry::Kind::kView);
  EXPECT_EQ(EntryOf(StackWith("<create/>")).kind, Entry::Kind::kForm);
  EXPECT_EQ(EntryOf(StackWith("")).kind, Entry::Kind::kView);
  EXPECT_EQ(EntryOf("<view><command id='v'><text/></command></view>").kind, Entry::Kind::kView);
  EXPECT_EQ(EntryOf("<remote-request><post url='https://h/c'/><command id='r'><text/></command>"
                    "</remote-request>")
                .kind,
            Entry::Kind::kRemoteRequest);
}

TEST(Entry, IsRefusedWithoutWhatItMustHave) {
  EXPECT_THAT(ComplaintOf("<entry/>"), HasSubstr("needs a <command>"));
  EXPECT_THAT(ComplaintOf("<entry><command><text/></command></entry>"),
              HasSubstr("needs the attribute id"));
  EXPECT_THAT(ComplaintOf("<entry><command id='x'/></entry>"), HasSubstr("<entry> needs a label"));
  EXPECT_THAT(ComplaintOf("<view><form>f</form><command id='v'><text/></command></view>"),
              HasSubstr("<form> is not allowed in <view>"));
  EXPECT_THAT(ComplaintOf("<remote-request><command id='x'><text/></command></remote-request>"),
              HasSubstr("needs a <post>"));
  EXPECT_THAT(ComplaintOf(EntryWith("<entity/>")), HasSubstr("CaseXML 1.0"));
  EXPECT_THAT(ComplaintOf(EntryWith("<details/>")), HasSubstr("CaseXML 1.0"));
}

TEST(Datum, IsComputedWhereItHasAFunctionAndAnEntityElse) {
  EXPECT_EQ(DatumOf("<datum id='a' function='uuid()' nodeset='x'/>").kind, Datum::Kind::kComputed);
  const auto entity = DatumOf(
      "<datum id='a' nodeset=\"instance('casedb')/casedb/case\" value='./@case_id' "
      "detail-select='s' detail-confirm='c' detail-inline='i' detail-persistent='p' "
      "autoselect='true'/>");
  EXPECT_EQ(entity.kind, Datum::Kind::kEntity);
  EXPECT_EQ(entity.detail_select + entity.detail_confirm + entity.detail_inline +
                entity.detail_persistent,
            "scip");
  EXPECT_TRUE(entity.is_auto_selected);
  EXPECT_EQ(DatumOf("<form function=\"'f'\"/>").kind, Datum::Kind::kFormId);
}

TEST(Datum, TakesAHundredOfManyUnlessItSaysHowMany) {
  const std::string rest = " id='a' nodeset='x' value='@id'/>";
  EXPECT_EQ(DatumOf("<instance-datum" + rest).selected_max, 100);
  EXPECT_EQ(DatumOf("<instance-datum max-select-value='7'" + rest).selected_max, 7);
  EXPECT_THAT(ComplaintOf(SessionWith("<instance-datum max-select-value='x'" + rest)),
              HasSubstr("needs an integer in max-select-value"));
}

TEST(Datum, IsRefusedWithoutSourceOrWithANodesetThatIsNoPath) {
  const auto with = [](const std::string& datum) { return ComplaintOf(SessionWith(datum)); };
  EXPECT_THAT(with("<datum id='a' value='@id'/>"), HasSubstr("needs a function or a nodeset"));
  EXPECT_THAT(with("<datum function='1'/>"), HasSubstr("needs the attribute id"));
  EXPECT_THAT(with("<datum id='a' nodeset='x'/>"), HasSubstr("needs the attribute value"));
  EXPECT_THAT(with("<datum id='a' nodeset='1 + 1' value='.'/>"),
              HasSubstr("needs a path in nodeset"));
  EXPECT_THAT(with("<form/>"), HasSubstr("needs the attribute function"));
  EXPECT_EQ(with("<odd/>"), "accepted");
}

TEST(Query, HasItsAttributesDataPromptsAndGroups) {
  const auto query =
      EntryOf(
          SessionWith(
              "<query url='https://h/s' storage-instance='r' template='case' default_search='true' "
              "dynamic_search='true' search_on_clear='true'><title><text>T</text></title>"
              "<description><text>D</text></description><data key='a' ref=\"'x'\" "
              "exclude='true()'/>"
              "<data key='b' ref='.' nodeset='x/y'/><group "
              "key='g'><display><text>G</text></display>"
              "</group><odd/></query>"))
          .datums.at(0);
  EXPECT_EQ(query.id, "r");
  EXPECT_TRUE(query.query->runs_at_once);
  EXPECT_TRUE(query.query->searches_while_typing);
  EXPECT_TRUE(query.query->searches_on_clear);
  EXPECT_EQ(query.query->data.size(), 2u);
  EXPECT_EQ(query.query->data[1].nodeset->text, "x/y");
  EXPECT_EQ(query.query->groups.at(0).key, "g");
}

TEST(Query, IsRefusedWithoutUrlInstanceOrReferences) {
  EXPECT_THAT(ComplaintOf(SessionWith("<query storage-instance='r'/>")),
              HasSubstr("needs the attribute url"));
  EXPECT_THAT(ComplaintOf(SessionWith("<query url='https://h'/>")),
              HasSubstr("needs the attribute storage-instance"));
  EXPECT_THAT(ComplaintOf(QueryWith("<data key='a'/>")), HasSubstr("needs the attribute ref"));
  EXPECT_THAT(ComplaintOf(QueryWith("<data ref='a'/>")), HasSubstr("needs the attribute key"));
  EXPECT_THAT(ComplaintOf(QueryWith("<group key='g'/>")), HasSubstr("needs a <display>"));
  EXPECT_THAT(ComplaintOf(QueryWith("<group><display/></group>")), HasSubstr("attribute key"));
  EXPECT_THAT(ComplaintOf(QueryWith("<title/>")), HasSubstr("needs a <text>"));
}

TEST(Prompt, HasItsInputChoicesAndRules) {
  const auto prompt =
      QueryOf(
          "<prompt key='k' input='select1' appearance='a' receive='z-city' hidden='true' "
          "allow_blank_value='true' default='1' exclude='false()' group_key='g'>"
          "<display><text>L</text><hint><text>H</text></hint></display>"
          "<itemset nodeset='x/y'><value ref='id'/><label ref='name'/><sort ref='name'/></itemset>"
          "<required test='true()'><text>R</text></required>"
          "<validation test='. > 1'><text>V</text></validation></prompt>")
          .prompts.at(0);
  EXPECT_EQ(prompt.input, "select1");
  EXPECT_EQ(prompt.receive, "z-city");
  EXPECT_TRUE(prompt.is_hidden);
  EXPECT_TRUE(prompt.allows_blank);
  EXPECT_EQ(prompt.itemset->sort->text, "name");
  EXPECT_EQ(prompt.required->message->parts.at(0).text, "R");
  EXPECT_EQ(prompt.validation->test.text, ". > 1");
}

TEST(Prompt, IsRefusedWithContradictoryRulesAndHalfChoices) {
  const auto with = [](const std::string& attributes, const std::string& inside) {
    return ComplaintOf(QueryWith("<prompt " + attributes + ">" + inside + "</prompt>"));
  };
  EXPECT_THAT(with("", ""), HasSubstr("needs the attribute key"));
  EXPECT_THAT(with("key='k' required='true()'", "<required test='1'/>"),
              HasSubstr("stands beside another rule"));
  EXPECT_THAT(with("key='k'", "<required/>"), HasSubstr("needs the attribute test"));
  EXPECT_THAT(with("key='k'", "<required test='1'><odd/></required>"),
              HasSubstr("<odd> is not known in <required>"));
  EXPECT_THAT(with("key='k'", "<validation/>"), HasSubstr("needs the attribute test"));
  EXPECT_THAT(with("key='k'", "<validation test='1'><odd/></validation>"),
              HasSubstr("is not known in <validation>"));
  EXPECT_THAT(with("key='k'", "<itemset nodeset='x'><value ref='a'/></itemset>"),
              HasSubstr("needs a <value> and a <label>"));
}

TEST(Post, NeedsAUrl) {
  EXPECT_THAT(ComplaintOf(EntryWith("<post/>")), HasSubstr("<post> needs the attribute url"));
  const auto post = EntryOf(EntryWith("<post url='https://h' relevant='$a'><data key='a' ref='b'/>"
                                      "</post>"))
                        .post;
  EXPECT_EQ(post->relevant->text, "$a");
  EXPECT_EQ(post->data.size(), 1u);
}

TEST(Stack, HasOperationsWithStepsOfEveryKind) {
  const auto stack = StackOf(
      "<create if='true()'><command value=\"'m0'\"/><command> m1 </command>"
      "<datum id='a' value='1'/><datum id='b'>lit</datum><instance-datum id='c' value='2'/>"
      "<query id='q' value='https://h'><data key='k' ref='r'/></query><mark/><rewind value='3'/>"
      "<jump id='j'><url><text>https://x</text></url></jump></create><push/><clear if='1'/>");
  ASSERT_EQ(stack.size(), 3u);
  EXPECT_EQ(stack[0].condition->text, "true()");
  ASSERT_EQ(stack[0].steps.size(), 9u);
  EXPECT_EQ(stack[0].steps[0].value->text, "'m0'");
  EXPECT_EQ(stack[0].steps[1].literal, "m1");
  EXPECT_EQ(stack[0].steps[3].literal, "lit");
  EXPECT_EQ(stack[0].steps[5].url, "https://h");
  EXPECT_EQ(stack[0].steps[7].value->text, "3");
  EXPECT_TRUE(stack[0].steps[8].jump_url.has_value());
  EXPECT_EQ(stack[2].kind, StackOperation::Kind::kClear);
}

TEST(Stack, RefusesOtherOperationsAndSteps) {
  EXPECT_THAT(ComplaintOf(StackWith("<replace/>")), HasSubstr("is no stack operation"));
  EXPECT_THAT(ComplaintOf(StackWith("<push><odd/></push>")), HasSubstr("is no step"));
  EXPECT_THAT(ComplaintOf(StackWith("<clear><mark/></clear>")), HasSubstr("must be empty"));
  EXPECT_THAT(ComplaintOf(StackWith("<push><datum value='1'/></push>")), HasSubstr("attribute id"));
  EXPECT_THAT(ComplaintOf(StackWith("<push><query id='q'/></push>")), HasSubstr("attribute value"));
  EXPECT_THAT(ComplaintOf(StackWith("<push><jump id='j'/></push>")), HasSubstr("needs a <url>"));
}

TEST(Endpoint, HasArgumentsAndMayIgnoreRelevancy) {
  const auto suite = SuiteOf(
      "<endpoint id='e' respect-relevancy='false'><argument id='a'/><argument id='b' "
      "instance-id='i' instance-src='jr://instance/selected-entities'/><stack><push/></stack>"
      "</endpoint><endpoint id='f' respect-relevancy='no'/>");
  EXPECT_FALSE(suite.endpoints.at(0).respects_relevancy);
  EXPECT_EQ(suite.endpoints[0].arguments.size(), 2u);
  EXPECT_EQ(suite.endpoints[0].stack.size(), 1u);
  EXPECT_TRUE(suite.endpoints[1].respects_relevancy);
}

TEST(Endpoint, IsRefusedWithoutIdOrWithHalfAnInstance) {
  EXPECT_THAT(ComplaintOf("<endpoint id=''/>"), HasSubstr("needs a value of id"));
  EXPECT_THAT(ComplaintOf("<endpoint id='e'><argument/></endpoint>"), HasSubstr("attribute id"));
  EXPECT_THAT(ComplaintOf("<endpoint id='e'><argument id='a' instance-id='i'/></endpoint>"),
              HasSubstr("needs the attribute instance-src"));
  EXPECT_THAT(ComplaintOf("<endpoint id='e'><argument id='a' instance-id='i' "
                          "instance-src='jr://instance/casedb'/></endpoint>"),
              HasSubstr("another instance-src"));
}

}  // namespace
}  // namespace outpost::suite
