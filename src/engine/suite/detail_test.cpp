#include "engine/suite/detail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/suite/testing/suite_texts.h"

namespace outpost::suite {
namespace {

using testing::HasSubstr;

Detail DetailOf(const std::string& inside) { return SuiteOf(DetailWith(inside)).details.at(0); }
std::string FieldWith(const std::string& rest, const std::string& attributes = "") {
  return "<field" + attributes + "><header><text>H</text></header><template><text>T</text>" +
         "</template>" + rest + "</field>";
}
Field FieldOf(const std::string& field) { return DetailOf(field).fields.at(0); }
Sort SortOf(const std::string& attributes) {
  return *FieldOf(FieldWith("<sort " + attributes + "/>")).sort;
}
std::string GraphWith(const std::string& type, const std::string& inside) {
  return "<field><header><text/></header><template form='graph'><graph type='" + type + "'>" +
         inside + "</graph></template></field>";
}
const std::string kLookup =
    "<lookup action='a' image='i' name='n' type='t' auto_launch='true'>"
    "<extra key='e' value='1'/><response key='r'/>" +
    kField + "</lookup>";

TEST(Detail, HasItsPartsInAnyOrder) {
  const auto suite = SuiteOf(
      "<detail id='d' nodeset='x/y' fit-across='2' uniform-units='true' force-landscape='true' "
      "print-template='jr://file/p.html' relevant='1'><title><text>T</text></title>" +
      kField +
      "<variables><v function='1'/><w function='$v'/></variables><focus function='2'/>"
      "<no_items_text><text>None</text></no_items_text><select_text><text>Go</text></select_text>"
      "<group function='./parent' header-rows='3'/><global><geo-overlay><label><text>L</text>"
      "</label><coordinates><text>1,2</text></coordinates></geo-overlay></global>" +
      kLookup +
      "<action redo_last='true' auto_launch='false' action-bar-icon='jr://i'><display><text>A"
      "</text></display><stack><push/></stack></action></detail>");
  const Detail& detail = suite.details.at(0);
  EXPECT_EQ(detail.nodeset->text, "x/y");
  EXPECT_EQ(detail.tiles_across, 2);
  EXPECT_TRUE(detail.has_uniform_units && detail.forces_landscape);
  EXPECT_EQ(detail.variables.at(1).name, "w");
  EXPECT_EQ(detail.focus->text, "2");
  EXPECT_EQ(detail.group->header_rows, 3);
  EXPECT_EQ(detail.geo_overlays.size(), 1u);
  EXPECT_EQ(detail.lookup->extras.at(0).first, "e");
  EXPECT_TRUE(detail.lookup->is_auto_launched);
  EXPECT_EQ(detail.lookup->field.size(), 1u);
  const Action& action = detail.actions.at(0);
  EXPECT_TRUE(action.repeats_search);
  EXPECT_FALSE(action.is_auto_launched);
  EXPECT_FALSE(action.auto_launch.has_value());
  EXPECT_EQ(action.stack.size(), 1u);
}

TEST(Detail, HasTabsInsteadOfFields) {
  const auto detail = DetailOf("<detail relevant='1' nodeset='x'><title><text>Tab</text></title>" +
                               kField + "</detail>");
  EXPECT_EQ(detail.tabs.at(0).fields.size(), 1u);
  EXPECT_EQ(detail.tabs[0].id, "");
}

TEST(Detail, IsRefusedForWhatClientsRefuse) {
  EXPECT_THAT(ComplaintOf("<detail><title><text/></title></detail>"), HasSubstr("attribute id"));
  EXPECT_THAT(ComplaintOf("<detail id='d'/>"), HasSubstr("must begin with <title>"));
  EXPECT_THAT(ComplaintOf("<detail id='d'>" + kField + "</detail>"),
              HasSubstr("begin with <title>"));
  EXPECT_THAT(ComplaintOf("<detail id='d'><title/></detail>"), HasSubstr("needs a <text>"));
  EXPECT_THAT(ComplaintOf(DetailWith("<odd/>")), HasSubstr("expected <field>"));
  EXPECT_THAT(ComplaintOf(DetailWith(kLookup + "<global/>" + kField)),
              HasSubstr("must stand before <lookup>"));
  EXPECT_THAT(ComplaintOf(DetailWith(kField + "<global/>")), HasSubstr("must be followed"));
  EXPECT_THAT(ComplaintOf(DetailWith(kField + kLookup)), HasSubstr("must be followed"));
  EXPECT_THAT(ComplaintOf(DetailWith("<focus/>")), HasSubstr("attribute function"));
  EXPECT_THAT(ComplaintOf(DetailWith("<group/>")), HasSubstr("attribute function"));
  EXPECT_THAT(ComplaintOf(DetailWith("<variables><v/></variables>")), HasSubstr("<v> needs"));
  EXPECT_THAT(ComplaintOf(DetailWith("<action/>")), HasSubstr("needs a <display>"));
  EXPECT_THAT(ComplaintOf(DetailWith("<no_items_text/>")), HasSubstr("needs a <text>"));
  EXPECT_THAT(ComplaintOf(DetailWith("<global><geo-overlay/></global>" + kField)),
              HasSubstr("needs a <label> and <coordinates>"));
}

TEST(Lookup, NeedsKeysAndValues) {
  EXPECT_THAT(ComplaintOf(DetailWith("<lookup><extra key='a'/></lookup>" + kField)),
              HasSubstr("needs the attribute value"));
  EXPECT_THAT(ComplaintOf(DetailWith("<lookup><response/></lookup>" + kField)),
              HasSubstr("needs the attribute key"));
}

TEST(Action, IsLaunchedByItselfAlwaysNeverOrByAnExpression) {
  const auto with = [](const std::string& attributes) {
    return DetailOf("<action " + attributes + "><display><text/></display></action>").actions.at(0);
  };
  EXPECT_FALSE(with("").is_auto_launched);
  EXPECT_TRUE(with("auto_launch='true'").is_auto_launched);
  EXPECT_EQ(with("auto_launch='count(x) = 0'").auto_launch->text, "count(x) = 0");
}

TEST(Field, HasStyleTemplateSortAndTheRest) {
  const auto field = FieldOf(
      "<field relevant='1' print-id='p'><style font-size='large' horz-align='left' "
      "vert-align='top' css-id='c' show-border='true'><grid grid-x='1' grid-y='2' grid-width='3' "
      "grid-height='4'/></style><header width='10%' form='f'><text>H</text></header>"
      "<template width='0' form='image'><text>T</text></template><alt_text><text>A</text>"
      "</alt_text><endpoint_action endpoint_id='e' background='true'/><background/></field>");
  EXPECT_EQ(field.style->grid.height, 4);
  EXPECT_TRUE(field.style->shows_border);
  EXPECT_EQ(field.header_width, "10%");
  EXPECT_EQ(field.form, "image");
  EXPECT_EQ(field.width, "0");
  EXPECT_TRUE(field.endpoint_action->runs_in_background);
  EXPECT_TRUE(ShowsTiles(
      DetailOf("<field><style><grid grid-x='0' grid-y='0' grid-width='0' grid-height='1'/></style>"
               "<header><text/></header><template><text/></template></field>")));
  EXPECT_FALSE(ShowsTiles(DetailOf(kField)));
}

TEST(Field, IsRefusedOutOfOrderOrWithHalfAStyle) {
  const auto with = [](const std::string& inside) {
    return ComplaintOf(DetailWith("<field>" + inside + "</field>"));
  };
  const std::string header = "<header><text/></header>";
  const std::string body = "<template><text/></template>";
  EXPECT_THAT(with(""), HasSubstr("needs a <header>"));
  EXPECT_THAT(with(body + header), HasSubstr("needs a <header>"));
  EXPECT_THAT(with(header), HasSubstr("needs a <template>"));
  EXPECT_THAT(with("<header/>" + body), HasSubstr("<header> needs a <text>"));
  EXPECT_THAT(with(header + "<template/>"), HasSubstr("<template> needs a <text>"));
  EXPECT_THAT(with(header + body + "<odd/>"), HasSubstr("is not known in <field>"));
  EXPECT_THAT(with(header + body + "<style/>"), HasSubstr("wrong place"));
  EXPECT_THAT(with("<style/>" + header + body), HasSubstr("needs a <grid>"));
  EXPECT_THAT(with("<style><grid grid-x='1' grid-y='1' grid-width='1'/></style>" + header + body),
              HasSubstr("needs the attribute grid-height"));
  EXPECT_THAT(with(header + body + "<alt_text/>"), HasSubstr("needs a <text>"));
  EXPECT_THAT(with(header + body + "<endpoint_action/>"), HasSubstr("attribute endpoint_id"));
  EXPECT_THAT(with(header + "<template form='graph'/>"), HasSubstr("needs a <graph>"));
  EXPECT_THAT(with(header + "<template form='callout'/>"), HasSubstr("needs a <lookup>"));
  EXPECT_EQ(with(header + "<template form='callout'><lookup/></template>"), "accepted");
}

TEST(Sort, IgnoresWrongValues) {
  const auto sort = SortOf("type='odd' order='x' direction='up' blanks='middle'");
  EXPECT_EQ(sort.type, Sort::Type::kString);
  EXPECT_FALSE(sort.order.has_value());
  EXPECT_FALSE(sort.is_descending);
  EXPECT_TRUE(sort.has_blanks_last);
  EXPECT_EQ(SortOf("type='double' order='-2'").order, -2);
}

TEST(Sort, PutsBlanksFirstOnlyWhereAscendingIsWritten) {
  EXPECT_FALSE(SortOf("direction='ascending'").has_blanks_last);
  EXPECT_TRUE(SortOf("").has_blanks_last);
  EXPECT_TRUE(SortOf("direction='descending'").has_blanks_last);
  EXPECT_FALSE(SortOf("direction='descending' blanks='first'").has_blanks_last);
}

TEST(Sort, IsTheFirstWhereAFieldSaysItTheOldWay) {
  EXPECT_EQ(FieldOf(FieldWith("", " sort='default'")).sort->order, 1);
  EXPECT_EQ(FieldOf(FieldWith("<sort order='3'/>", " sort='default'")).sort->order, 3);
}

TEST(Graph, HasSeriesConfigurationAndAnnotations) {
  const auto graph =
      *FieldOf(GraphWith("bubble",
                         "<configuration><text id='a'>1</text><text id='a'>2</text></configuration>"
                         "<series nodeset='x'><configuration><text "
                         "id='b'>3</text></configuration><x function='1'/>"
                         "<y function='2'/><radius function='3'/></series>"
                         "<annotation><x><text>1</text></x><y><text>2</text></y><text>Here</text></"
                         "annotation>"))
           .graph;
  ASSERT_EQ(graph.configuration.size(), 1u);
  EXPECT_EQ(graph.configuration[0].second.parts.at(0).text, "2");
  EXPECT_EQ(graph.series.at(0).radius->text, "3");
  EXPECT_EQ(graph.annotations.size(), 1u);
}

TEST(Graph, IsRefusedOfAnotherTypeOrWithPointsOutOfOrder) {
  const auto with = [](const std::string& type, const std::string& inside) {
    return ComplaintOf(DetailWith(GraphWith(type, inside)));
  };
  EXPECT_THAT(with("pie", ""), HasSubstr("no known type"));
  EXPECT_THAT(with("xy", "<series nodeset='x'><y function='1'/><x function='1'/></series>"),
              HasSubstr("in this order"));
  EXPECT_THAT(with("bubble", "<series nodeset='x'><x function='1'/><y function='1'/></series>"),
              HasSubstr("in this order"));
  EXPECT_THAT(with("xy", "<series/>"), HasSubstr("needs the attribute nodeset"));
  EXPECT_THAT(with("xy", "<configuration><text/></configuration>"), HasSubstr("attribute id"));
  EXPECT_THAT(with("xy", "<annotation><x><text/></x></annotation>"), HasSubstr("an <x> and a <y>"));
}

}  // namespace
}  // namespace outpost::suite
