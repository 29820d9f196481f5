#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "insight/app_report/detail/layout.h"
#include "insight/app_report/labels.h"
#include "insight/app_report/navigation.h"
#include "insight/app_report/report.h"

namespace outpost::app_report {
namespace {

using testing::HasSubstr;
using testing::Not;

using Files = std::map<std::string, std::string, std::less<>>;

suite::App Read(const Files& files) {
  return suite::ReadApp(
      [&](std::string_view path) -> std::optional<std::string> {
        const auto found = files.find(path);
        if (found == files.end()) return std::nullopt;
        return found->second;
      },
      [&](std::string_view path) { return files.contains(path); });
}

std::string Resource(const std::string& id, const std::string& uri) {
  return "<resource id='" + id + "' version='3'><location authority='local'>" + uri +
         "</location></resource>";
}

const Files& Clinic() {
  static const Files kFiles{
      {"profile.ccpr", "<profile version='7' name='Clinic &amp; more' uniqueid='app'><suite>" +
                           Resource("suite", "suite.xml") + "</suite></profile>"},
      {"default.txt", "menu=Patients\nvisit=Visit & <b>see</b>\nlist=All patients\nname=Name"},
      {"hin.txt", "menu=x"},
      {"f.xml",
       "<html><head><title>Visit form</title><model><instance><data xmlns='http://visit'/>"
       "</instance></model></head></html>"},
      {"suite.xml",
       "<suite version='7'><xform>" + Resource("form", "f.xml") +
           "</xform><locale language='default'>" + Resource("d", "default.txt") +
           "</locale><locale language='hin'>" + Resource("h", "hin.txt") +
           "</locale><entry><form>http://visit</form><command id='m0-f0'><text>"
           "<locale id='visit'/></text></command><instance id='casedb' src='jr://instance/casedb'/>"
           "<session><query url='https://h/s' storage-instance='results'><prompt key='name'/>"
           "</query><datum id='case_id' nodeset=\"instance('casedb')/casedb/case\" "
           "value='./@case_id' detail-select='short'/><datum id='new' function='uuid()'/></session>"
           "<stack><create><command value=\"'m0'\"/></create></stack></entry>"
           "<detail id='short'><title><text><locale id='list'/></text></title><field><header><text>"
           "<locale id='name'/></text></header><template><text><xpath function='case_name'/></text>"
           "</template><sort type='int' order='1' direction='descending'/></field></detail>"
           "<menu id='m0'><text><locale id='menu'/></text><command id='m0-f0'/>"
           "<command id='gone'/></menu>"
           "<menu id='m1' root='m0'><text>Again</text><command id='m0-f0'/></menu>"
           "<menu id='m2' root='m3'><text>Lost</text></menu>"
           "<menu id='m3' root='m2'><text>Circle</text></menu></suite>"}};
  return kFiles;
}

TEST(TextReport, TellsMenusNeedsColumnsLanguagesAndFindings) {
  const auto app = Read(Clinic());
  const auto text = RenderText(app, suite::CheckApp(app));
  EXPECT_THAT(text, HasSubstr("Clinic & more, version 7, id app"));
  EXPECT_THAT(text, HasSubstr("  m0 \"Patients\"\n    m0-f0 \"Visit & <b>see</b>\", opens "
                              "\"Visit form\"\n      searches results at https://h/s\n"));
  EXPECT_THAT(text, HasSubstr("needs case_id from instance('casedb')/casedb/case, list short"));
  EXPECT_THAT(text, HasSubstr("needs new = uuid()"));
  EXPECT_THAT(text, HasSubstr("then goes to 'm0'"));
  EXPECT_THAT(text, HasSubstr("gone (no such entry)"));
  EXPECT_THAT(text, HasSubstr("\"Name\": {case_name}, sorted 1 int descending, blanks last"));
  EXPECT_THAT(text, HasSubstr("hin: 1 strings, 3 missing: list, name, visit"));
  EXPECT_THAT(text, HasSubstr("m2 \"Lost\", not reached from home"));
  EXPECT_THAT(text, HasSubstr("error suite.xml:1 <command>: no entry has the command \"gone\""));
}

TEST(JsonReport, IsOneObjectWithTheSame) {
  const auto app = Read(Clinic());
  const auto json = boost::json::parse(RenderJson(app, suite::CheckApp(app))).as_object();
  EXPECT_EQ(json.at("name"), "Clinic & more");
  EXPECT_EQ(json.at("menus").as_array().size(), 4u);
  const auto& entry = json.at("entries").as_array().at(0).as_object();
  EXPECT_EQ(entry.at("form_title"), "Visit form");
  EXPECT_EQ(entry.at("needs").as_array().at(1).at("detail_select"), "short");
  EXPECT_EQ(
      json.at("details").as_array().at(0).at("columns").as_array().at(0).at("sort").at("type"),
      "int");
  EXPECT_EQ(json.at("languages").as_array().at(1).at("missing").as_array().size(), 3u);
  const auto& finding = json.at("findings").as_array().at(0).as_object();
  EXPECT_EQ(finding.at("severity"), "warning");
  EXPECT_EQ(finding.at("file"), "profile.ccpr");
  EXPECT_EQ(finding.at("line"), 1);
}

TEST(Navigation, LeadsFromMenusOverSearchesAndListsToForms) {
  const auto drawing = MakeNavigation(Read(Clinic()));
  std::vector<std::string> way;
  for (std::size_t at = drawing.roots.at(0);;) {
    const Box& box = drawing.boxes[at];
    way.push_back(box.title);
    if (box.next.empty()) break;
    at = box.next.front();
  }
  EXPECT_THAT(way, testing::ElementsAre("Home", "Patients", "Visit & <b>see</b>", "Search",
                                        "All patients", "Visit form"));
}

TEST(Navigation, DrawsAnEntryOnceAndWhatIsMissingInRed) {
  const auto drawing = MakeNavigation(Read(Clinic()));
  int again = 0, missing = 0, entries = 0;
  for (const Box& box : drawing.boxes) {
    again += box.kind == Box::Kind::kAgain;
    missing += box.kind == Box::Kind::kMissing;
    entries += box.kind == Box::Kind::kEntry;
  }
  EXPECT_EQ(entries, 1);
  EXPECT_EQ(again, 1);
  EXPECT_EQ(missing, 1);
}

TEST(Layout, LetsNothingOverlap) {
  const auto drawing = MakeNavigation(Read(Clinic()));
  const auto layout = MakeLayout(drawing);
  for (std::size_t i = 0; i < layout.boxes.size(); ++i) {
    const auto& a = layout.boxes[i];
    EXPECT_LE(a.x + a.width, layout.width);
    EXPECT_LE(a.y + a.height, layout.height);
    EXPECT_LE(a.width, kBoxWidthMax);
    for (std::size_t k = i + 1; k < layout.boxes.size(); ++k) {
      const auto& b = layout.boxes[k];
      const bool is_apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y ||
                            b.y + b.height <= a.y;
      EXPECT_TRUE(is_apart) << drawing.boxes[i].title << " and " << drawing.boxes[k].title;
    }
  }
}

TEST(Layout, KeepsABoxThatIsHigherThanWhatHangsOnItApart) {
  Navigation drawing;
  for (int i = 0; i < 3; ++i) {
    drawing.boxes.push_back({Box::Kind::kMenu, "Menu", "id", "note", {}});
    drawing.boxes.push_back({Box::Kind::kEntry, "Entry", {}, {}, {}});
    drawing.boxes[drawing.boxes.size() - 2].next = {drawing.boxes.size() - 1};
    drawing.roots.push_back(drawing.boxes.size() - 2);
  }
  const auto layout = MakeLayout(drawing);
  EXPECT_GE(layout.boxes[2].y, layout.boxes[0].y + layout.boxes[0].height);
  EXPECT_GE(layout.boxes[4].y, layout.boxes[2].y + layout.boxes[2].height);
}

TEST(Layout, CutsLongTextsBetweenCharacters) {
  EXPECT_EQ(Cut("short", 10, 100), "short");
  const auto cut = Cut("ééééééééééééééééééé", 10, 60);
  EXPECT_TRUE(cut.ends_with("é…")) << cut;
  EXPECT_LE(WidthOf(cut, 10), 60);
}

TEST(Svg, IsEscaped) {
  const auto svg = RenderSvg(MakeNavigation(Read(Clinic())));
  EXPECT_THAT(svg, HasSubstr("Clinic &amp; more, version 7"));
  EXPECT_THAT(svg, HasSubstr("Visit &amp; &lt;b&gt;see"));
  EXPECT_THAT(svg, Not(HasSubstr("<b>")));
}

TEST(Navigation, LeavesOutAndCountsWhatIsTooMuch) {
  auto files = Clinic();
  auto& text = files["suite.xml"];
  std::string menus;
  for (std::size_t i = 0; i < kBoxesMax + 10; ++i) {
    menus += "<menu id='x" + std::to_string(i) + "'><text>X</text></menu>";
  }
  text.replace(text.find("</suite>"), 8, menus + "</suite>");
  const auto drawing = MakeNavigation(Read(files));
  EXPECT_LE(drawing.boxes.size(), kBoxesMax + 10);
  EXPECT_THAT(drawing.boxes.back().title, HasSubstr("more are left out"));
}

TEST(Navigation, DrawsSoManyStepsOfAnEntryAndNoMore) {
  const auto longest = [](std::size_t lists) {
    auto files = Clinic();
    auto& text = files["suite.xml"];
    std::string datums;
    for (std::size_t i = 2; i < lists; ++i) {
      datums += "<datum id='d' nodeset='x' value='@id' detail-select='short'/>";
    }
    const auto at = text.find("</session>");
    text.insert(at, datums);
    int cut = 0;
    for (const Box& box : MakeNavigation(Read(files)).boxes) {
      cut += box.title == "more steps are left out";
    }
    return cut;
  };
  EXPECT_EQ(longest(kStepsMax), 0);
  EXPECT_EQ(longest(kStepsMax + 1), 1);
}

TEST(MenusInOrder, EndsInDeepNesting) {
  auto files = Clinic();
  auto& text = files["suite.xml"];
  std::string menus;
  for (int i = 0; i < kMenuDepthMax + 2; ++i) {
    menus += "<menu id='y" + std::to_string(i + 1) + "' root='" +
             (i == 0 ? "root" : "y" + std::to_string(i)) + "'><text>Y</text></menu>";
  }
  text.replace(text.find("</suite>"), 8, menus + "</suite>");
  int reached = 0, lost = 0;
  for (const auto& place : MenusInOrder(Read(files))) {
    if (!place.id.starts_with("y")) continue;
    (place.is_reached ? reached : lost) += 1;
  }
  EXPECT_EQ(reached, kMenuDepthMax + 1);
  EXPECT_EQ(lost, 1);
}

}  // namespace
}  // namespace outpost::app_report
