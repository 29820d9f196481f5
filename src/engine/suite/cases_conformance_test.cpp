// Cases of the corpus that readers decide (app-delivery: cases). Kinds that need the engine that
// evaluates expressions and runs sessions are listed below with the reason.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "base/problem.h"
#include "engine/suite/testing/app_corpus.h"
#include "engine/suite/testing/suite_facts.h"

namespace outpost::suite {
namespace {

using boost::json::object;
using boost::json::value;

std::string TextOf(const value& from, const char* key) {
  return std::string(from.at(key).as_string());
}

App AppOf(const std::string& folder) {
  const corpus::Source source(folder);
  return ReadApp(source.read(), source.has());
}

void CheckStringsLine(const object& given) {
  const auto strings = ReadStrings(TextOf(given, "line"), "f");
  const auto& expected = given.at("expect").as_object();
  if (expected.contains("ignored")) {
    EXPECT_TRUE(strings.empty());
    return;
  }
  EXPECT_THAT(strings, testing::ElementsAre(
                           testing::Pair(TextOf(expected, "key"), TextOf(expected, "value"))));
}

void CheckStringsValue(const object& given) {
  const auto strings = ReadStrings("k=" + TextOf(given, "value"), "f");
  EXPECT_EQ(strings.at("k"), given.at("expect").as_string());
}

void CheckArguments(const object& given) {
  std::vector<std::string> arguments;
  for (const auto& argument : given.at("args").as_array()) {
    arguments.emplace_back(argument.as_string());
  }
  EXPECT_EQ(FillArguments(TextOf(given, "template"), arguments), given.at("expect").as_string());
}

void CheckMenuStyle(const object& given) {
  const auto style = MenuStyle(AppOf(TextOf(given, "app")), TextOf(given, "menu"));
  const auto& expected = given.at("expect");
  EXPECT_EQ(style, expected.is_null() ? "" : expected.as_string());
}

/// The text in the default language, of a text without arguments.
std::string Shown(const App& app, const std::optional<Text>& text) {
  if (!text || text->parts.size() != 1) return {};
  const TextPart& part = text->parts.front();
  if (part.kind == TextPart::Kind::kLiteral) return part.text;
  const TextPart& named =
      part.kind == TextPart::Kind::kXpath ? part.variables.at(0).value.parts.at(0) : part;
  return app.strings.at("default").at(named.text);
}

void CheckDetail(const object& given) {
  const auto app = AppOf(TextOf(given, "app"));
  const auto* detail = FindDetail(app, TextOf(given, "detail"));
  ASSERT_NE(detail, nullptr);
  const auto path = TextOf(given, "path");
  const auto& expected = given.at("expect");
  if (path == "lookup.type") {
    EXPECT_EQ(detail->lookup->type, expected.as_string());
  } else if (path == "lookup.field") {
    ASSERT_EQ(detail->lookup->field.size(), 1u);
    EXPECT_FALSE(detail->lookup->field[0].header.parts.empty());
    EXPECT_TRUE(detail->lookup->field[0].text.has_value());
  } else if (path == "focus") {
    EXPECT_EQ(detail->focus.has_value(), expected == "present");
  } else if (path == "no_items_text") {
    EXPECT_EQ(Shown(app, detail->no_items_text), expected.as_string());
  } else if (path == "select_text") {
    EXPECT_EQ(Shown(app, detail->select_text), expected.as_string());
  } else if (path == "fields[0].alt_text") {
    EXPECT_EQ(Shown(app, detail->fields.at(0).alt_text), expected.as_string());
  } else if (path == "fields[0].endpoint_action") {
    const auto& action = detail->fields.at(0).endpoint_action;
    EXPECT_EQ(action->endpoint_id, TextOf(expected, "endpoint_id"));
    EXPECT_EQ(action->runs_in_background, expected.at("background").as_bool());
  } else if (path == "geo_overlays") {
    EXPECT_EQ(detail->geo_overlays.size(), expected.to_number<std::size_t>());
  } else {
    FAIL() << "unknown path " << path;
  }
}

void CheckEndpoint(const object& given) {
  const auto app = AppOf(TextOf(given, "app"));
  const auto* endpoint = FindEndpoint(app, TextOf(given, "endpoint"));
  ASSERT_NE(endpoint, nullptr);
  EXPECT_EQ(endpoint->respects_relevancy, given.at("expect").at("respect_relevancy").as_bool());
}

void CheckInstall(const object& given) {
  const auto app = AppOf(TextOf(given, "app"));
  const auto& expected = given.at("expect").as_object();
  std::string complaints;
  for (const auto& finding : app.findings) complaints += finding.text + "\n";
  if (expected.at("installs").as_bool()) {
    EXPECT_FALSE(HasErrors(app.findings)) << complaints;
    EXPECT_EQ(app.practice_user, TextOf(expected, "practice_user"));
  } else {
    EXPECT_TRUE(HasErrors(app.findings));
    EXPECT_THAT(complaints, testing::HasSubstr(TextOf(expected, "error")));
  }
}

void CheckProfile(const object& given) {
  const auto file = TextOf(given, "input");
  const auto profile = ReadProfile(corpus::ReadText(corpus::FileOf(file)), file);
  const auto& expected = given.at("expect").as_object();
  const auto facts = facts::Of(profile);
  EXPECT_EQ(profile.version, expected.at("version").as_int64());
  EXPECT_EQ(profile.unique_id, "") << "a client makes one up";
  EXPECT_EQ(profile.name, TextOf(expected, "name"));
  EXPECT_EQ(facts.at("dependencies"), expected.at("dependencies"));
  EXPECT_EQ(facts.at("credentials"), expected.at("credentials"));
  EXPECT_EQ(facts.at("features").at("dependencies"), expected.at("dependencies_active"));
  EXPECT_EQ(facts.at("features").at("credentials"), expected.at("credentials_active"));
}

ClientVersion VersionOf(const value& list) {
  const auto at = [&](std::size_t i) { return list.as_array().at(i).to_number<int>(); };
  return {at(0), at(1), at(2)};
}

void CheckRequirement(const object& given) {
  EXPECT_EQ(Accepts(VersionOf(given.at("required")), VersionOf(given.at("client"))),
            given.at("expect").at("accepted").as_bool());
}

void CheckResourceUrl(const object& given) {
  const auto uri = std::string(given.at("location").as_array().at(1).as_string());
  EXPECT_EQ(ResolveLocation(uri, TextOf(given, "parent")), given.at("expect").as_string());
}

void CheckUpdateForm(const object& given) {
  const auto app = AppOf(TextOf(given, "app"));
  std::string xmlns;
  for (const auto& form : app.forms) {
    if (form.resource.kind == ResourceKind::kUpdateForm) xmlns = form.xmlns;
  }
  EXPECT_EQ(xmlns, TextOf(given.at("expect"), "update_info_form_xmlns"));
}

/// A suite that holds the element.
std::string SuiteAround(const std::string& element) {
  const auto is = [&](const char* tag) { return element.starts_with(std::string("<") + tag); };
  const std::string query = "<query url='https://x/y' storage-instance='q'>";
  const std::string entry = "<entry><command id='x'><text>t</text></command>";
  std::string inside = element;
  if (is("data") || is("prompt") || is("group")) inside = query + element + "</query>";
  if (inside.starts_with("<query")) inside = entry + "<session>" + inside + "</session></entry>";
  if (is("stack")) inside = entry + element + "</entry>";
  return "<suite version='1'>" + inside + "</suite>";
}

void CompareQuery(const object& expected, const Query& query) {
  const auto is = [&](const char* key) { return expected.contains(key); };
  if (is("id")) {
    EXPECT_EQ(query.storage_instance, TextOf(expected, "id"));
    EXPECT_EQ(query.title->parts.at(0).text, TextOf(expected, "title_locale"));
    EXPECT_EQ(query.data.at(0).key, expected.at("data_keys").as_array().at(0).as_string());
  } else if (is("values")) {
    EXPECT_EQ(query.data.at(0).key, TextOf(expected, "key"));
  } else if (is("required")) {
    ASSERT_TRUE(query.prompts.at(0).required);
    EXPECT_EQ(query.prompts[0].required->test.text, "true()");
    const auto& message = query.prompts[0].required->message;
    EXPECT_EQ(message ? message->parts.at(0).text : "default", TextOf(expected, "message"));
  } else if (is("group_key")) {
    EXPECT_EQ(query.prompts.at(0).group_key, TextOf(expected, "group_key"));
  } else {
    EXPECT_EQ(query.groups.at(0).key, TextOf(expected, "key"));
  }
}

void CheckElement(const object& given) {
  const auto xml = SuiteAround(TextOf(given, "xml"));
  const auto& expected = given.at("expect").as_object();
  if (expected.contains("parse_error")) {
    EXPECT_THROW(ReadSuite(xml, "suite.xml"), Problem) << xml;
    return;
  }
  const auto suite = ReadSuite(xml, "suite.xml");
  const Entry& entry = suite.entries.at(0);
  if (!expected.contains("form")) return CompareQuery(expected, *entry.datums.at(0).query);
  EXPECT_EQ(entry.form, TextOf(expected, "form"));
  const auto& post = expected.at("post");
  EXPECT_EQ(entry.post ? entry.post->url : "", post.is_null() ? "" : post.as_string());
}

using Check = void (*)(const object&);
const std::map<std::string, Check, std::less<>> kChecks{
    {"strings-line", CheckStringsLine},
    {"strings-value", CheckStringsValue},
    {"text-arguments", CheckArguments},
    {"menu-style", CheckMenuStyle},
    {"detail", CheckDetail},
    {"endpoint", CheckEndpoint},
    {"install", CheckInstall},
    {"profile", CheckProfile},
    {"profile-requirement", CheckRequirement},
    {"resource-url", CheckResourceUrl},
    {"profile-suite", CheckUpdateForm},
    {"element-parse", CheckElement},
};

const char* const kNeedsSessions = "needs the engine that evaluates expressions and runs sessions";
const char* const kIsClients = "is what a phone decides, from versions that the server serves";
const std::map<std::string, const char*, std::less<>> kSkipped{
    {"menu-assertion", kNeedsSessions}, {"menu-list", kNeedsSessions},
    {"menu-display", kNeedsSessions},   {"menu-relevance", kNeedsSessions},
    {"menu-item-text", kNeedsSessions}, {"text-eval", kNeedsSessions},
    {"session-walk", kNeedsSessions},   {"navigator-walk", kNeedsSessions},
    {"screen-walk", kNeedsSessions},    {"endpoint-launch", kNeedsSessions},
    {"entity-list", kNeedsSessions},    {"entity-sort", kNeedsSessions},
    {"fuzzy-match", kNeedsSessions},    {"query-datum", kNeedsSessions},
    {"query-choices", kNeedsSessions},  {"query-params", kNeedsSessions},
    {"query-errors", kNeedsSessions},   {"query-required", kNeedsSessions},
    {"query-run", kNeedsSessions},      {"daterange", kNeedsSessions},
    {"resource-decision", kIsClients},  {"app-update", kIsClients},
    {"practice-user", kIsClients},
};

class ReaderCases : public testing::TestWithParam<const char*> {};

TEST_P(ReaderCases, AreReadAsClientsReadThem) {
  if (corpus::IsAbsent()) GTEST_SKIP() << corpus::WhyAbsent();
  std::map<std::string, int> skipped;
  const auto cases = corpus::ReadJson(std::string("cases/") + GetParam());
  for (const auto& one : cases.as_array()) {
    const auto& given = one.as_object();
    const auto kind = TextOf(given, "kind");
    SCOPED_TRACE(TextOf(given, "id"));
    if (const auto check = kChecks.find(kind); check != kChecks.end()) {
      check->second(given);
    } else {
      ASSERT_TRUE(kSkipped.contains(kind)) << "unknown kind " << kind;
      ++skipped[kind];
    }
  }
  for (const auto& [kind, count] : skipped) {
    std::cout << "skipped " << count << " of kind " << kind << ": " << kSkipped.at(kind) << '\n';
  }
}

INSTANTIATE_TEST_SUITE_P(Corpus, ReaderCases,
                         testing::Values("strings.json", "structure.json", "element-parse.json",
                                         "resources.json", "text.json", "app-update.json",
                                         "endpoints.json", "navigator.json", "queries.json",
                                         "screens.json", "session-walks.json", "sort.json",
                                         "fuzzy.json"),
                         [](const auto& test) {
                           std::string name = test.param;
                           for (char& c : name) {
                             if (c == '-' || c == '.') c = '_';
                           }
                           return name;
                         });

/// Every app of the corpus can be checked; what is broken on purpose is found.
TEST(CorpusApps, AreReadAndChecked) {
  if (corpus::IsAbsent()) GTEST_SKIP() << corpus::WhyAbsent();
  const auto broken = AppOf("apps/android/update_tests/invalid_update");
  EXPECT_TRUE(HasErrors(broken.findings)) << "its form is cut off";
  const auto media = AppOf("apps/android/update_tests/valid_update_without_multimedia_present");
  EXPECT_GT(media.media_missing, 0u);
  EXPECT_FALSE(HasErrors(media.findings)) << "media are no error";
}

}  // namespace
}  // namespace outpost::suite
