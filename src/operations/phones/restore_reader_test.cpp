#include "operations/phones/restore_reader.h"

#include <gtest/gtest.h>

namespace outpost::phones {
namespace {

constexpr const char* kHead =
    "<OpenRosaResponse xmlns='http://openrosa.org/http/response' items='5'>"
    "<message nature='ota_restore_success'>Successfully restored account jane!</message>"
    "<Sync xmlns='http://commcarehq.org/sync'><restore_id>t1</restore_id></Sync>"
    "<Registration xmlns='http://openrosa.org/user/registration'><username>jane</username>"
    "<password/><uuid>u1</uuid><date>2016-12-12</date>"
    "<user_data><data key='village'>Aba</data></user_data></Registration>"
    "<fixture id='user-groups' user_id='u1'><groups><group id='g1'><name>G</name></group>"
    "</groups></fixture>";

std::string Restore(const std::string& more) { return kHead + more + "</OpenRosaResponse>"; }

std::string Case(const std::string& id, const std::string& actions) {
  return "<case xmlns='http://commcarehq.org/case/transaction/v2' case_id='" + id +
         "' user_id='u9' date_modified='2020-01-02T03:04:05.000000Z'>" + actions + "</case>";
}

std::string Create(const std::string& type, const std::string& name, const std::string& owner) {
  return "<create><case_type>" + type + "</case_type><case_name>" + name +
         "</case_name><owner_id>" + owner + "</owner_id></create>";
}

/// Why a phone that holds the case "held" refuses; empty: it does not.
std::string RefusalOf(const std::string& payload) {
  PhoneStore store;
  store.cases["held"].owner_id = "u1";
  store.sync_token = "old";
  const auto before = store.cases;
  const auto read = ApplyRestore(payload, store);
  EXPECT_EQ(read.is_accepted, read.refusal.empty());
  if (!read.is_accepted) {
    EXPECT_EQ(store.cases, before);
    EXPECT_EQ(store.sync_token, "old");
    EXPECT_TRUE(store.user_id.empty());
  }
  return read.refusal;
}

#define EXPECT_REFUSED(payload, why) \
  EXPECT_NE(RefusalOf(payload).find(why), std::string::npos) << RefusalOf(payload)
#define EXPECT_ACCEPTED(payload) EXPECT_EQ(RefusalOf(payload), "")

TEST(RestoreReader, TakesEverythingOfAWholeRestore) {
  PhoneStore store;
  const auto read = ApplyRestore(
      Restore("<schema id='item-list:city'><indices><index>@id</index></indices></schema>"
              "<fixture id='item-list:city' user_id='u1' indexed='true'><city_list><city id='a'/>"
              "<city id='b'/></city_list></fixture>"
              "<balance xmlns='http://commcarehq.org/ledger/v1' entity-id='c1' section-id='stock' "
              "date='2020-01-02T03:04:05.000000Z'><entry id='p' quantity='-4'/></balance>" +
              Case("c1", Create("patient", "Ann &amp; Bo", "g1") +
                             "<update><external_id>X-9</external_id><date_opened>2019-12-31"
                             "</date_opened><dob> 1990-05-05 </dob><notes/></update>"
                             "<index><host case_type='household' relationship='extension'>h1</host>"
                             "<parent case_type='mother'>m1</parent></index>") +
              Case("c2", Create("patient", "", "u1") + "<update/><close/>")),
      store);
  ASSERT_TRUE(read.is_accepted) << read.refusal;
  EXPECT_EQ(store.sync_token, "t1");
  EXPECT_EQ(store.user_id, "u1");
  EXPECT_EQ(store.username, "jane");
  EXPECT_EQ(store.user_data.at("village"), "Aba");
  EXPECT_EQ(OwnerIdsOf(store), (OwnerIds{"u1", "g1"}));
  const auto& c1 = store.cases.at("c1");
  EXPECT_EQ(c1.type, "patient");
  EXPECT_EQ(c1.name, "Ann & Bo");
  EXPECT_EQ(c1.owner_id, "g1");
  EXPECT_EQ(c1.external_id, "X-9");
  EXPECT_EQ(c1.properties,
            (std::map<std::string, std::string>{{"dob", "1990-05-05"}, {"notes", ""}}));
  EXPECT_EQ(c1.indices, (std::vector<CaseIndex>{{"host", "h1", "household", true},
                                                {"parent", "m1", "mother", false}}));
  EXPECT_FALSE(c1.is_closed);
  EXPECT_TRUE(store.cases.at("c2").is_closed);
  EXPECT_EQ(store.ledgers.at({"c1", "stock", "p"}), -4);
  const auto& city = store.fixtures.at({"item-list:city", "u1"});
  EXPECT_EQ(city.rows, 2u);
  EXPECT_EQ(city.indices, std::vector<std::string>{"@id"});
  EXPECT_EQ(read.items, 5);
  EXPECT_EQ(read.items_counted, 9u);
  EXPECT_EQ(read.created, (std::vector<std::string>{"c1", "c2"}));
  EXPECT_EQ(read.closed, std::vector<std::string>{"c2"});
}

TEST(RestoreReader, KeepsOnlyWhatRulesNeedWhenTold) {
  PhoneStore store;
  const auto payload =
      Restore(Case("c1", Create("patient", "Ann", "g1") + "<update><a>1</a></update><index><parent "
                                                          "case_type='m'>m1</parent></index>"));
  ASSERT_TRUE(ApplyRestore(payload, store, {.keep = Keep::kRules}).is_accepted);
  PhoneCase expected;
  expected.owner_id = "g1";
  expected.indices = {{"parent", "m1", "", false}};
  EXPECT_EQ(store.cases.at("c1"), expected);
}

TEST(RestoreReader, AnUpdateChangesWhatItNamesAndNothingElse) {
  PhoneStore store;
  ASSERT_TRUE(ApplyRestore(Restore(Case("c1", Create("t", "n", "u1") +
                                                  "<update><a>1</a><b>2</b></update><index>"
                                                  "<p case_type='t'>x</p><q case_type='t'>y</q>"
                                                  "</index>")),
                           store)
                  .is_accepted);
  const auto read = ApplyRestore(
      Restore(Case("c1",
                   "<update><case_type>t</case_type><case_name>new</case_name><owner_id>g1"
                   "</owner_id><b/></update><index><p case_type='t'/></index>")),
      store);
  ASSERT_TRUE(read.is_accepted) << read.refusal;
  EXPECT_EQ(read.updated, std::vector<std::string>{"c1"});
  const auto& c1 = store.cases.at("c1");
  EXPECT_EQ(c1.name, "new");
  EXPECT_EQ(c1.owner_id, "g1");
  EXPECT_EQ(c1.properties, (std::map<std::string, std::string>{{"a", "1"}, {"b", ""}}));
  EXPECT_EQ(c1.indices, (std::vector<CaseIndex>{{"q", "y", "t", false}}));
}

TEST(RestoreReader, NothingReopensACaseAndACreateForAHeldOneIsTold) {
  PhoneStore store;
  ASSERT_TRUE(
      ApplyRestore(Restore(Case("c1", Create("t", "n", "u1") + "<close/>")), store).is_accepted);
  const auto read = ApplyRestore(Restore(Case("c1", Create("t", "m", "u1"))), store);
  ASSERT_TRUE(read.is_accepted);
  EXPECT_EQ(read.recreated, std::vector<std::string>{"c1"});
  EXPECT_EQ(store.cases.at("c1").name, "m");
  EXPECT_TRUE(store.cases.at("c1").is_closed);
}

TEST(RestoreReader, WithoutSyncTheTokenIsGone) {
  PhoneStore store;
  store.sync_token = "old";
  ASSERT_TRUE(ApplyRestore("<OpenRosaResponse/>", store).is_accepted);
  EXPECT_EQ(store.sync_token, "");
}

TEST(RestoreReader, ARecoveryForgetsCasesAndLedgersButNotFixtures) {
  PhoneStore store;
  store.cases["old"].owner_id = "u1";
  store.ledgers[{"old", "s", "e"}] = 1;
  store.fixtures[{"locations", "u1"}].root = "locations";
  const ReadOptions recovery{.replaces_cases = true};
  EXPECT_FALSE(ApplyRestore(Restore(Case("", "")), store, recovery).is_accepted);
  EXPECT_EQ(store.cases.size(), 1u);
  ASSERT_TRUE(ApplyRestore(Restore(""), store, recovery).is_accepted);
  EXPECT_TRUE(store.cases.empty());
  EXPECT_TRUE(store.ledgers.empty());
  EXPECT_TRUE(store.fixtures.contains({"locations", "u1"}));
}

TEST(RestoreReader, RefusesUpdateIndexAndCloseOfACaseItLacks) {
  EXPECT_ACCEPTED(Restore(Case("held", "<update><a>1</a></update><index/><close/>")));
  EXPECT_ACCEPTED(Restore(Case("other", "")));
  for (const char* action : {"<update><a>1</a></update>", "<index/>", "<close/>", "<update/>"}) {
    EXPECT_REFUSED(Restore(Case("other", action)), "lacks other");
  }
}

TEST(RestoreReader, RefusesACreateThatLacksSomething) {
  EXPECT_REFUSED(
      Restore(Case("c", "<create><case_name>n</case_name><owner_id>u</owner_id></create>")),
      "lacks case_type");
  EXPECT_REFUSED(
      Restore(Case("c", "<create><case_type>t</case_type><owner_id>u</owner_id></create>")),
      "case_name");
  EXPECT_REFUSED(Restore(Case("c", Create("t", "n", ""))), "no owner");
  EXPECT_REFUSED(Restore(Case("c", Create("t", "n", " "))), "no owner");
  EXPECT_ACCEPTED(Restore(Case("c", Create("", "", "u"))));
  // Without the element the block's user owns it.
  EXPECT_ACCEPTED(Restore(Case("c", "<create><case_type>t</case_type><case_name/></create>")));
  EXPECT_REFUSED(Restore(Case("c",
                              "<create><case_type>t</case_type><case_name/><owner_id>u"
                              "</owner_id><external_id>x</external_id></create>")),
                 "external_id");
}

TEST(RestoreReader, RefusesBlocksWithoutIdOrDate) {
  EXPECT_REFUSED(Restore("<case date_modified='2020-01-01T00:00:00Z'/>"), "case_id");
  EXPECT_REFUSED(Restore("<case case_id='' date_modified='2020-01-01T00:00:00Z'/>"), "case_id");
  EXPECT_REFUSED(Restore("<case case_id='held'/>"), "date_modified");
  EXPECT_REFUSED(Restore("<case case_id='held' date_modified='yesterday'/>"), "no date");
  EXPECT_REFUSED(
      Restore(Case("held", "<update><date_opened>2020-01-01T00:00:00Z</date_opened></update>")),
      "date_opened");
}

TEST(RestoreReader, RefusesBadIndices) {
  EXPECT_REFUSED(Restore(Case("held", "<index><p case_type='t'>held</p></index>")),
                 "points at itself");
  EXPECT_REFUSED(Restore(Case("held", "<index><p case_type='t' relationship=''>x</p></index>")),
                 "relationship");
  EXPECT_ACCEPTED(
      Restore(Case("held", "<index><p case_type='t' relationship='child'>x</p></index>")));
}

TEST(RestoreReader, RefusesValuesOver255Characters) {
  const std::string most(255, 'x');
  std::string wide;  // 127 characters of two units each, one of one
  for (int i = 0; i < 127; ++i) wide += "\U0001F600";
  wide += "x";
  const auto with = [](const std::string& name, const std::string& value) {
    return Restore(Case("held", "<update><" + name + ">" + value + "</" + name + "></update>"));
  };
  for (const char* name : {"case_type", "case_name", "owner_id", "external_id"}) {
    EXPECT_ACCEPTED(with(name, most));
    EXPECT_ACCEPTED(with(name, wide));
    EXPECT_REFUSED(with(name, most + "x"), "255");
    EXPECT_REFUSED(with(name, wide + "x"), "255");
  }
  EXPECT_ACCEPTED(with("note", std::string(5'000, 'x')));
  EXPECT_REFUSED(Restore(Case("c", Create("t", most + "x", "u"))), "255");
}

TEST(RestoreReader, RefusesElementsInsideAProperty) {
  EXPECT_ACCEPTED(Restore(Case("held", "<update><a kind='x'>1</a></update>")));
  EXPECT_REFUSED(Restore(Case("held", "<update><a><b/></a></update>")), "elements");
}

TEST(RestoreReader, RefusesARegistrationThatIsNotExactlyAsItMustBe) {
  const auto with = [](const std::string& children) {
    return "<OpenRosaResponse><Registration>" + children + "</Registration></OpenRosaResponse>";
  };
  const std::string four = "<username>j</username><password/><uuid>u</uuid><date>2016-12-12</date>";
  EXPECT_ACCEPTED(with(four));
  EXPECT_ACCEPTED(with(four + "<registering_phone_id/><token/><user_data/>"));
  EXPECT_REFUSED(with(four + "<email/>"), "email");
  EXPECT_REFUSED(with(four + "<user_data/><token/>"), "not the last");
  EXPECT_REFUSED(with(four + "<user_data><datum key='a'/></user_data>"), "datum");
  EXPECT_REFUSED(with("<password/><username>j</username><uuid>u</uuid><date>2016-12-12</date>"),
                 "username");
  EXPECT_REFUSED(with("<username>j</username><password/><uuid>u</uuid>"), "date");
  EXPECT_REFUSED(with("<username>j</username><password/><uuid>u</uuid><date>today</date>"),
                 "no date");
}

TEST(RestoreReader, RefusesASyncThatDoesNotBeginWithItsToken) {
  const auto with = [](const std::string& children) {
    return "<R><Sync xmlns='http://commcarehq.org/sync'>" + children + "</Sync></R>";
  };
  EXPECT_ACCEPTED(with("<restore_id>t</restore_id><more/>"));
  EXPECT_REFUSED(with("<more/><restore_id>t</restore_id>"), "restore_id");
  EXPECT_REFUSED(with(""), "restore_id");
  EXPECT_ACCEPTED("<R><Sync xmlns='http://example.org/other'/></R>");
}

TEST(RestoreReader, RefusesSchemasThatAreLateOrOdd) {
  const std::string fixture = "<fixture id='f'><rows/></fixture>";
  const auto schema = [](const std::string& index) {
    return "<schema id='f'><indices><index>" + index + "</index></indices></schema>";
  };
  EXPECT_ACCEPTED("<R>" + schema("@a,b_c.d-e") + fixture + "</R>");
  EXPECT_REFUSED("<R>" + fixture + schema("a") + "</R>", "after its fixture");
  EXPECT_REFUSED("<R>" + schema("a b") + fixture + "</R>", "name of an index");
  EXPECT_REFUSED("<R>" + schema("") + fixture + "</R>", "name of an index");
  EXPECT_REFUSED("<R><schema><indices/></schema></R>", "no id");
  EXPECT_REFUSED("<R><fixture><rows/></fixture></R>", "no id");
  EXPECT_REFUSED("<R><fixture id='f'><a/><b/></fixture></R>", "two roots");
}

TEST(RestoreReader, AFixtureReplacesTheOneOfItsIdAndUserAndAnEmptyElementClearsNothing) {
  PhoneStore store;
  const auto apply = [&](const std::string& fixture) {
    ASSERT_TRUE(ApplyRestore("<R>" + fixture + "</R>", store).is_accepted);
  };
  apply("<fixture id='f' user_id='u'><l><i/><i/></l></fixture>");
  apply("<fixture id='f' user_id='u'/>");
  EXPECT_EQ(store.fixtures.at({"f", "u"}).rows, 2u);
  apply("<fixture id='f' user_id='v'><l><i/></l></fixture>");
  EXPECT_EQ(store.fixtures.at({"f", "u"}).rows, 2u);
  apply("<fixture id='f' user_id='u'><l/></fixture>");
  EXPECT_EQ(store.fixtures.at({"f", "u"}).rows, 0u);
}

TEST(RestoreReader, RefusesLedgersThatLackSomething) {
  const auto with = [](const std::string& attributes, const std::string& entry) {
    return "<R><balance xmlns='http://commcarehq.org/ledger/v1' " + attributes + ">" + entry +
           "</balance></R>";
  };
  const std::string all = "entity-id='c' section-id='s' date='2020-01-01T00:00:00Z'";
  EXPECT_ACCEPTED(with(all, "<entry id='p' quantity='0'/>"));
  EXPECT_REFUSED(with(all, "<entry id='p' quantity='1.5'/>"), "whole number");
  EXPECT_REFUSED(with(all, "<entry id='p' quantity=''/>"), "quantity");
  EXPECT_REFUSED(with(all, "<entry quantity='1'/>"), "id");
  EXPECT_REFUSED(with("section-id='s' date='2020-01-01'", ""), "entity-id");
  EXPECT_REFUSED(with("section-id='s' entity-id='c'", ""), "date");
}

TEST(RestoreReader, LooksIntoElementsItDoesNotKnow) {
  PhoneStore store;
  const auto read = ApplyRestore(
      "<R><new><deep>" + Case("c", Create("t", "n", "u")) + "</deep></new></R>", store);
  ASSERT_TRUE(read.is_accepted);
  EXPECT_TRUE(store.cases.contains("c"));
}

TEST(RestoreReader, RefusesATruncatedPayloadWhole) {
  const auto whole = Restore(Case("c", Create("t", "n", "u")));
  EXPECT_REFUSED(whole.substr(0, whole.size() - 5), "line");
}

TEST(RestoreReader, ReadsFarMoreThanAFormMayHave) {
  std::string many;
  for (int i = 0; i < 30'000; ++i) {
    many += Case("case-" + std::to_string(i), Create("t", std::string(250, 'n'), "u1"));
  }
  const auto payload = Restore(many);
  ASSERT_GT(payload.size(), xml::Limits{}.bytes);
  PhoneStore store;
  ASSERT_TRUE(ApplyRestore(payload, store, {.keep = Keep::kRules}).is_accepted);
  EXPECT_EQ(store.cases.size(), 30'000u);
  EXPECT_REFUSED(payload.substr(0, 100), "line");
  EXPECT_FALSE(ApplyRestore(payload, store, {.limits = {}}).is_accepted);
}

TEST(ReadPending, WantsOneMessageOneProgressAndNumbers) {
  const auto with = [](const std::string& inner) {
    return "<OpenRosaResponse><message>m</message>" + inner + "</OpenRosaResponse>";
  };
  EXPECT_TRUE(ReadPending(with("<Sync><progress done='0' total='0' retry-after='5'/></Sync>")));
  EXPECT_FALSE(ReadPending(with("")));
  EXPECT_FALSE(ReadPending(with("<Sync><progress done='0' total=''/></Sync>")));
  EXPECT_FALSE(ReadPending(with("<message/><Sync><progress done='0' total='0'/></Sync>")));
  EXPECT_FALSE(ReadPending("gone"));
}

TEST(ReadSearchResults, WantsEveryMandatoryPart) {
  const auto with = [](const std::string& attributes, const std::string& children) {
    return "<results id='case'><case case_id='c' " + attributes + ">" + children +
           "</case></results>";
  };
  const std::string all = "case_type='t' owner_id='o' status='open'";
  const std::string both = "<case_name>n</case_name><last_modified>2021</last_modified>";
  EXPECT_TRUE(ReadSearchResults(with(all, both)).is_accepted);
  EXPECT_FALSE(ReadSearchResults(with("case_type='t' owner_id='o'", both)).is_accepted);
  EXPECT_FALSE(ReadSearchResults(with(all, "<case_name>n</case_name>")).is_accepted);
  EXPECT_FALSE(ReadSearchResults("<OpenRosaResponse/>").is_accepted);
  EXPECT_TRUE(ReadSearchResults("<results id='case'/>").is_accepted);
}

}  // namespace
}  // namespace outpost::phones
