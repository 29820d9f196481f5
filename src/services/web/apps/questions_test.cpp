#include "services/web/apps/questions.h"

#include <gmock/gmock.h>

namespace outpost::web {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kForm = R"xml(<h:html xmlns:h="http://www.w3.org/1999/xhtml"
  xmlns="http://www.w3.org/2002/xforms" xmlns:jr="http://openrosa.org/javarosa">
 <h:head><h:title>Visit</h:title><model>
  <instance><data xmlns="http://outpost.example/visit"><name/><kids><kid><age/></kid></kids>
   <sex/><score/><case xmlns="http://commcarehq.org/case/transaction/v2"><update><edd/><bmi/>
   </update></case><meta/></data></instance>
  <bind nodeset="/data/kids/kid/age" type="xsd:int"/>
  <itext>
   <translation lang="en" default=""><text id="n"><value>Name</value></text>
     <text id="f"><value>Female</value><value form="image">jr://x</value></text></translation>
   <translation lang="fra"><text id="n"><value>Nom</value></text></translation>
  </itext></model></h:head>
 <h:body><input ref="/data/name"><label ref="jr:itext('n')"/></input>
  <group ref="/data/kids"><repeat nodeset="/data/kids/kid"><input ref="/data/kids/kid/age">
   <label>Age</label></input></repeat></group>
  <select1 ref="/data/sex"><label/><item><label ref="jr:itext('f')"/><value>f</value></item>
  </select1></h:body></h:html>)xml";

TEST(FormOutline, TellsWhatTheFormAsksInItsOrder) {
  const auto outline = ReadFormOutline(kForm, "en");
  ASSERT_EQ(outline.questions.size(), 4u);
  const auto& name = outline.questions[0];
  EXPECT_EQ(name.label + " " + name.tag + " " + name.value + " " + name.type,
            "Name input /data/name Text");
  const auto& age = outline.questions[1];
  EXPECT_EQ(age.type + " " + age.repeat, "Int /data/kids/kid");
  const auto& sex = outline.questions[2];
  ASSERT_EQ(sex.options.size(), 1u);
  EXPECT_EQ(sex.type + " " + sex.options[0].label + " " + sex.options[0].value, "Select Female f");
  EXPECT_EQ(outline.questions[3].type + " " + outline.questions[3].value,
            "DataBindOnly /data/score");
}

TEST(FormOutline, LabelsAreInTheAskedLanguage) {
  EXPECT_EQ(ReadFormOutline(kForm, "fra").questions[0].label, "Nom");
  EXPECT_EQ(ReadFormOutline(kForm, "hin").questions[0].label, "Name");
}

TEST(FormOutline, CasePropertiesAreThoseThatItsCaseBlocksWrite) {
  EXPECT_THAT(ReadFormOutline(kForm, "en").case_properties, ElementsAre("bmi", "edd"));
}

}  // namespace
}  // namespace outpost::web
