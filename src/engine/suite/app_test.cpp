#include "engine/suite/app.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/problem.h"

namespace outpost::suite {
namespace {

using testing::Contains;
using testing::HasSubstr;

using Files = std::map<std::string, std::string, std::less<>>;

std::string ResourceOf(const std::string& id, const std::string& uri) {
  return "<resource id='" + id + "' version='1'><location authority='local'>" + uri +
         "</location></resource>";
}
std::string FormOf(const std::string& xmlns) {
  return "<h:html xmlns='http://www.w3.org/2002/xforms' xmlns:h='http://www.w3.org/1999/xhtml'>"
         "<h:head><h:title> Visit </h:title><model><instance><data xmlns='" +
         xmlns +
         "'/></instance><itext><translation lang='en'/><translation lang='hin' default=''/>"
         "</itext></model></h:head></h:html>";
}

/// An app without fault.
Files SoundApp() {
  return {
      {"profile.ccpr", "<profile version='1' uniqueid='u'><suite>" +
                           ResourceOf("suite", "./suite.xml") + "</suite></profile>"},
      {"suite.xml",
       "<suite version='1'><xform>" + ResourceOf("f", "./forms/f.xml") +
           "</xform><locale language='default'>" + ResourceOf("s", "./default/app_strings.txt") +
           "</locale>\n<detail id='d'><title><text><locale id='title'/></text></title></detail>\n"
           "<entry><form>http://f</form><command id='m0-f0'><text><locale id='name'/></text>"
           "</command><instance id='casedb' src='jr://instance/casedb'/><session><datum id='c' "
           "nodeset=\"instance('casedb')/casedb/case\" value='./@case_id' detail-select='d'/>"
           "</session></entry>\n<menu id='m0'><text><locale id='name'/></text>"
           "<command id='m0-f0'/></menu>\n</suite>"},
      {"default/app_strings.txt", "name=Visit\ntitle=Cases"},
      {"forms/f.xml", FormOf("http://f")},
  };
}

App Read(const Files& files) {
  return ReadApp(
      [&](std::string_view path) -> std::optional<std::string> {
        const auto found = files.find(path);
        if (found == files.end()) return std::nullopt;
        return found->second;
      },
      [&](std::string_view path) { return files.contains(path); });
}

/// "error suite.xml:3 <entry>: text" of each finding.
std::vector<std::string> FindingsOf(const Files& files) {
  std::vector<std::string> lines;
  for (const auto& finding : CheckApp(Read(files))) {
    const bool is_error = finding.severity == Finding::Severity::kError;
    lines.push_back((is_error ? "error " : "warning ") + RenderPlace(finding.place) + ": " +
                    finding.text);
  }
  return lines;
}

Files With(const std::string& file, const std::string& from, const std::string& to) {
  auto files = SoundApp();
  auto& text = files[file];
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  return files;
}
/// The sound app with more in its suite.
Files Plus(const std::string& element) {
  return With("suite.xml", "</suite>", element + "</suite>");
}

TEST(App, IsReadWithItsFormsAndStrings) {
  const auto app = Read(SoundApp());
  EXPECT_EQ(app.profile_path, "profile.ccpr");
  ASSERT_EQ(app.forms.size(), 1u);
  EXPECT_EQ(app.forms[0].xmlns, "http://f");
  EXPECT_EQ(app.forms[0].title, "Visit");
  EXPECT_THAT(app.forms[0].languages, testing::ElementsAre("hin", "en"));
  EXPECT_EQ(app.strings.at("default").at("name"), "Visit");
  EXPECT_EQ(app.files.size(), 3u);
  EXPECT_NE(FindEntry(app, "m0-f0"), nullptr);
  EXPECT_EQ(FindEntry(app, "m0"), nullptr);
  EXPECT_NE(FindDetail(app, "d"), nullptr);
  EXPECT_EQ(FindEndpoint(app, "d"), nullptr);
  EXPECT_EQ(MenuBlocks(app, "m0").size(), 1u);
}

TEST(App, WithoutFaultHasNoFindings) { EXPECT_THAT(FindingsOf(SoundApp()), testing::IsEmpty()); }

TEST(App, MayHaveAnOldProfileName) {
  auto files = SoundApp();
  auto profile = files.extract("profile.ccpr");
  profile.key() = "profile.xml";
  files.insert(std::move(profile));
  EXPECT_EQ(Read(files).profile_path, "profile.xml");
}

TEST(App, IsNoneWithoutProfile) {
  try {
    Read({{"suite.xml", "<suite version='1'/>"}});
    FAIL();
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), ProblemKind::kNotFound);
  }
}

TEST(App, TellsMissingAndBrokenFilesAndGoesOn) {
  auto files = SoundApp();
  files.erase("forms/f.xml");
  EXPECT_THAT(FindingsOf(files),
              Contains("error suite.xml:1 <resource>: the file is missing: ./forms/f.xml"));
  files["forms/f.xml"] = "<h";
  EXPECT_THAT(FindingsOf(files), Contains("error forms/f.xml:1: unclosed token"));
  files.erase("suite.xml");
  EXPECT_THAT(FindingsOf(files),
              Contains("error profile.ccpr:1 <resource>: the suite is missing: ./suite.xml"));
  EXPECT_THAT(FindingsOf(With("suite.xml", "<menu id='m0'>", "<menu>")),
              Contains("error suite.xml:4 <menu>: needs the attribute id"));
}

TEST(App, RefusesFormsWithoutXmlns) {
  EXPECT_THAT(FindingsOf(With("forms/f.xml", " xmlns='http://f'", "")),
              Contains("error forms/f.xml:1 <data>: needs an xmlns"));
}

TEST(App, CountsMissingMediaAndForgivesLazyOnes) {
  const auto media = [](const std::string& more) {
    return "<media path='x'><resource id='p' version='1'" + more +
           "><location authority='local'>./commcare/p.png</location></resource></media>";
  };
  auto files = Plus(media(""));
  EXPECT_EQ(Read(files).media_missing, 1u);
  EXPECT_THAT(FindingsOf(files), Contains("warning suite.xml:5 <resource>: 1 media files are "
                                          "missing, the first is ./commcare/p.png"));
  files["commcare/p.png"] = "";
  EXPECT_EQ(Read(files).media_missing, 0u);
  EXPECT_EQ(Read(Plus(media(" lazy='true'"))).media_missing, 0u);
}

TEST(App, NeedsALocalPlaceForEveryFileButMedia) {
  EXPECT_THAT(FindingsOf(With("suite.xml", "authority='local'>./forms", "authority='x'>./forms")),
              Contains("error suite.xml:1 <resource>: the resource has no local location"));
}

TEST(App, RefusesAPracticeUserWhoIsNone) {
  auto files = Plus("<user-restore>" + ResourceOf("p", "./p.xml") + "</user-restore>");
  files["p.xml"] = "<r><Registration><username>a</username></Registration></r>";
  EXPECT_THAT(FindingsOf(files), Contains(HasSubstr("user_type set to demo")));
  files["p.xml"] =
      "<r><Registration><username>a</username><user_data><data key='user_type'>demo"
      "</data></user_data></Registration></r>";
  EXPECT_THAT(FindingsOf(files), testing::IsEmpty());
  EXPECT_EQ(Read(files).practice_user, "a");
}

TEST(CheckApp, TellsResourcesWithOneId) {
  EXPECT_THAT(FindingsOf(Plus("<xform>" + ResourceOf("f", "./forms/g.xml") + "</xform>")),
              Contains("error suite.xml:5 <resource>: the resource id \"f\" is taken: clients "
                       "ignore this one"));
}

TEST(CheckApp, TellsWhatNamesNothing) {
  EXPECT_THAT(FindingsOf(With("suite.xml", "<command id='m0-f0'/>", "<command id='m0-f1'/>")),
              Contains("error suite.xml:4 <command>: no entry has the command \"m0-f1\""));
  EXPECT_THAT(FindingsOf(With("suite.xml", "detail-select='d'", "detail-select='e'")),
              Contains("error suite.xml:3 <datum>: no detail has the id \"e\""));
  EXPECT_THAT(FindingsOf(With("suite.xml", "<menu id='m0'>", "<menu id='m0' root='m9'>")),
              Contains(HasSubstr("stands under \"m9\", which is no menu")));
  EXPECT_THAT(FindingsOf(Plus("<endpoint id='e'><stack><push><command value=\"'m9'\"/></push>"
                              "</stack></endpoint>")),
              Contains(HasSubstr("neither menu nor entry has the id \"m9\"")));
  EXPECT_THAT(FindingsOf(Plus("<detail id='x'><title><text/></title><field><header><text/></header>"
                              "<template><text/></template><endpoint_action endpoint_id='y'/>"
                              "</field></detail>")),
              Contains("error suite.xml:5 <endpoint_action>: no endpoint has the id \"y\""));
}

TEST(CheckApp, NeedsExactlyOneFormForEveryEntry) {
  EXPECT_THAT(FindingsOf(With("forms/f.xml", "http://f", "http://g")),
              Contains("error suite.xml:3 <entry>: no form has the xmlns \"http://f\""));
  auto files = Plus("<xform>" + ResourceOf("g", "./g.xml") + "</xform>");
  files["g.xml"] = FormOf("http://f");
  EXPECT_THAT(FindingsOf(files), Contains(HasSubstr("2 forms have the xmlns \"http://f\"")));
}

TEST(CheckApp, NeedsDeclaredInstances) {
  EXPECT_THAT(FindingsOf(With("suite.xml", "<instance id='casedb'", "<instance id='other'")),
              Contains("error suite.xml:3 <datum>: the instance \"casedb\" is not declared in the "
                       "entry \"m0-f0\""));
  const auto detail = With("suite.xml", "<title><text><locale id='title'/></text></title>",
                           "<title><text><xpath function=\"instance('x')/y\"/></text></title>");
  EXPECT_THAT(FindingsOf(detail), Contains(HasSubstr("the instance \"x\" is not declared in the "
                                                     "entry \"m0-f0\"")));
  EXPECT_THAT(FindingsOf(With("suite.xml", "<menu id='m0'>",
                              "<menu id='m0' relevant=\"instance('y')/a = 1\">")),
              Contains(HasSubstr("\"y\" is not declared in the menu \"m0\"")));
  EXPECT_THAT(FindingsOf(With("suite.xml", "<menu id='m0'>",
                              "<menu id='m0' relevant=\"instance('casedb')/a = 1\">")),
              testing::IsEmpty())
      << "a menu sees the instances of its first entry";
}

TEST(CheckApp, CountsSearchResultsAndSelectionsAsDeclared) {
  EXPECT_THAT(
      FindingsOf(With("suite.xml", "<session>",
                      "<session><query url='https://h/s' storage-instance='r'><prompt key='k' "
                      "default=\"instance('search-input:r')/input/field\"/></query>"
                      "<instance-datum id='many' nodeset=\"instance('r')/results/case\" "
                      "value='@case_id'/><datum id='n' function=\"count(instance('many')/x)\"/>")),
      testing::IsEmpty());
}

TEST(CheckApp, NeedsEveryStringInTheDefaultLanguage) {
  EXPECT_THAT(FindingsOf(With("default/app_strings.txt", "title=Cases", "")),
              Contains("error suite.xml:2 <locale>: the string \"title\" is not in the default "
                       "language"));
  auto files = Plus("<locale language='hin'>" + ResourceOf("h", "./hin.txt") + "</locale>");
  files["hin.txt"] = "name=x\nextra=y\nmore=z";
  EXPECT_THAT(FindingsOf(files), Contains(HasSubstr("2 strings of the language \"hin\" are not in "
                                                    "the default one, the first is \"extra\"")));
  EXPECT_THAT(FindingsOf(With("suite.xml", "language='default'", "language='en'")),
              Contains("error profile.ccpr:1 <profile>: there are no strings for the language "
                       "\"default\""));
}

TEST(CheckApp, NeedsAbsoluteUrls) {
  const auto query = "<query url='/s' storage-instance='r'/>";
  EXPECT_THAT(FindingsOf(With("suite.xml", "<session>", std::string("<session>") + query)),
              Contains(HasSubstr("the URL \"/s\" is not absolute")));
  EXPECT_THAT(FindingsOf(With("suite.xml", "<session>", "<post url='ftp://x'/><session>")),
              Contains("error suite.xml:3 <post>: the URL \"ftp://x\" is not absolute"));
}

TEST(CheckApp, TellsDetailsWithFieldsAndTabsAndEqualOrders) {
  const std::string field =
      "<field><header><text/></header><template><text/></template><sort order='1'/></field>";
  const std::string title = "<title><text/></title>";
  EXPECT_THAT(FindingsOf(Plus("<detail id='x'>" + title + field + "<detail>" + title +
                              "</detail></detail>")),
              Contains("error suite.xml:5 <detail>: a detail has tabs or fields, not both"));
  EXPECT_THAT(FindingsOf(Plus("<detail id='x'>" + title + field + field + "</detail>")),
              Contains(HasSubstr("two columns have the sort order 1")));
}

TEST(CheckApp, WarnsOfTextsThatAreTooLongForClients) {
  const auto parts = [](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "<xpath function='1'/>";
    return FindingsOf(Plus("<menu id='m1'><text>" + text + "</text></menu>"));
  };
  EXPECT_THAT(parts(kTextPartsMax), testing::IsEmpty());
  EXPECT_THAT(parts(kTextPartsMax + 1), Contains(HasSubstr("warning suite.xml:5 <text>: a text of "
                                                           "11 parts")));
  const auto arguments = [](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "<argument>a</argument>";
    return FindingsOf(
        Plus("<menu id='m1'><text><locale id='name'>" + text + "</locale></text></menu>"));
  };
  EXPECT_THAT(arguments(kTextArgumentsMax), testing::IsEmpty());
  EXPECT_THAT(arguments(kTextArgumentsMax + 1), Contains(HasSubstr("a string with 11 arguments")));
}

TEST(CheckApp, WarnsOfAnAppWithoutIdAndOfSuitesThatPhonesWouldKeep) {
  EXPECT_THAT(FindingsOf(With("profile.ccpr", " uniqueid='u'", "")),
              Contains(HasSubstr("warning profile.ccpr:1 <profile>: without uniqueid")));
  EXPECT_THAT(FindingsOf(With("profile.ccpr", "<profile version='1'", "<profile version='2'")),
              Contains(HasSubstr("the version 1 is lower than the app's, 2")));
  EXPECT_THAT(FindingsOf({{"profile.ccpr", "<profile version='1' uniqueid='u'/>"}}),
              Contains("error profile.ccpr:1 <profile>: the profile names no suite"));
}

TEST(MenuStyle, IsWhatAllBlocksThatSayOneSay) {
  const auto style = [](const std::string& one, const std::string& two) {
    return MenuStyle(
        Read(Plus("<menu id='m'" + one + "><text/></menu><menu id='m'" + two + "><text/></menu>")),
        "m");
  };
  EXPECT_EQ(style(" style='grid'", ""), "grid");
  EXPECT_EQ(style(" style='grid'", " style='list'"), "");
  EXPECT_EQ(style("", ""), "");
}

}  // namespace
}  // namespace outpost::suite
