// What the corpus (app-delivery) says of phones: which updates they take, how they read keys,
// heartbeats, recovery measures, claims and searches. Cases that need expressions evaluated are
// skipped and say so.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/text.h"
#include "engine/suite/app.h"
#include "operations/phones/apps/app_client.h"
#include "operations/phones/apps/claim_client.h"
#include "operations/phones/apps/heartbeat_client.h"
#include "operations/phones/apps/key_store.h"
#include "operations/phones/apps/recovery_client.h"

namespace outpost::phones {
namespace {

namespace fs = std::filesystem;
using boost::json::object;
using boost::json::value;

constexpr std::string_view kResources = "jr://resource/";
constexpr std::string_view kFakeServer = "https://fake_url_for_resource/";

fs::path Folder() {
  const char* set = std::getenv("OUTPOST_CORPUS");
  return fs::path(set != nullptr ? set : OUTPOST_CORPUS_DEFAULT) / "app-delivery";
}

std::string ReadAll(const fs::path& file) {
  std::stringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

struct CorpusCase {
  std::string name;
  object content;
};
void PrintTo(const CorpusCase& c, std::ostream* out) { *out << c.name; }

/// None where the corpus is absent.
std::vector<CorpusCase> CasesOf(const std::string& file) {
  std::vector<CorpusCase> cases;
  const auto path = Folder() / "cases" / (file + ".json");
  if (!fs::exists(path)) return cases;
  const auto parsed = boost::json::parse(ReadAll(path));
  for (const auto& entry : parsed.as_array()) {
    std::string name = file + "_" + std::string(entry.at("id").as_string());
    for (char& c : name) {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    cases.push_back({std::move(name), entry.as_object()});
  }
  return cases;
}

std::string Text(const object& from, const char* key) {
  const auto* found = from.if_contains(key);
  return found == nullptr || !found->is_string() ? std::string() : std::string(found->as_string());
}

/// The corpus as a place that phones fetch apps from, and one server that is told what to answer.
class CorpusPlace {
 public:
  Fetch fetch() {
    return [this](const std::string& address, const http::Headers&) { return Answer(address); };
  }
  static Place ProfileOf(const std::string& app) {
    return {false, std::string(kResources) + app + "/profile.ccpr"};
  }
  /// Of the fake server: what it answers for each path.
  void Serve(const object& paths, const std::string& app) { paths_ = paths, app_ = app; }
  int requests() const { return requests_; }

 private:
  FetchAnswer Answer(const std::string& address) {
    FetchAnswer answer;
    if (address.starts_with(kFakeServer)) return FromServer(address.substr(kFakeServer.size()));
    ++requests_;
    const auto file = Folder() / address.substr(kResources.size());
    answer.kind = FetchAnswer::Kind::kAnswer;
    answer.status = fs::is_regular_file(file) ? 200 : 404;
    if (answer.status == 200) answer.body = ReadAll(file);
    return answer;
  }
  FetchAnswer FromServer(const std::string& path) {
    FetchAnswer answer;
    const auto& told = paths_.at(path);
    if (told.is_string()) return answer;
    answer.kind = FetchAnswer::Kind::kAnswer;
    answer.status = static_cast<int>(told.at("status").as_int64());
    answer.headers.Set("Date", "Tue, 03 Jun 2025 10:00:00 GMT");
    answer.body = ReadAll(Folder() / app_ / std::string(told.at("file").as_string()));
    return answer;
  }

  object paths_;
  std::string app_;
  int requests_ = 0;
};

class AppsCorpus : public testing::TestWithParam<CorpusCase> {
 protected:
  const object& Case() const { return GetParam().content; }
  const value& Expected() const { return Case().at("expect"); }
  std::string Kind() const { return Text(Case(), "kind"); }
};

void ExpectUpdate(AppClient& phone, CorpusPlace& place, const object& step) {
  const auto& expect = step.at("expect").as_object();
  const auto app = Text(step, "update_to");
  if (const auto* http = step.if_contains("http")) place.Serve(http->as_object(), app);
  const auto staged = phone.StageFrom(CorpusPlace::ProfileOf(app));
  EXPECT_EQ(NameOf(staged.result), Text(expect, "stage")) << staged.resource << staged.told;
  if (expect.contains("install")) {
    EXPECT_EQ(NameOf(phone.Apply().result), Text(expect, "install"));
  }
  EXPECT_EQ(phone.version(), expect.at("version").as_int64());
  if (const auto* left = expect.if_contains("partial_table_left")) {
    EXPECT_EQ(!phone.partial().empty(), left->as_bool());
  }
}

void CheckUpdate(const object& content) {
  CorpusPlace place;
  const SystemClock clock;
  AppClient phone({}, place.fetch(), clock);
  const auto base = CorpusPlace::ProfileOf(Text(content, "installed"));
  const auto installed = phone.Install(base.address);
  ASSERT_EQ(installed.result, AppResult::kInstalled) << installed.resource << installed.told;
  EXPECT_EQ(phone.version(), content.at("installed_version").as_int64());
  for (const auto& step : content.at("steps").as_array()) {
    ExpectUpdate(phone, place, step.as_object());
  }
}

/// The corpus's practice apps list the open cases of one type.
constexpr const char* kListed = "instance('casedb')/casedb/case[@case_type='case'][@status='open']";

std::string NodesetOf(const AppClient& phone, std::string_view command) {
  const auto suite = suite::ReadSuite(*phone.Content("suite"), "suite.xml");
  for (const auto& entry : suite.entries) {
    if (entry.command_id == command && !entry.datums.empty()) return entry.datums[0].nodeset.text;
  }
  return {};
}

void CheckPracticeUser(const object& content) {
  CorpusPlace place;
  const SystemClock clock;
  AppClient phone({}, place.fetch(), clock);
  for (const auto& listed : content.at("steps").as_array()) {
    const auto& step = listed.as_object();
    if (step.contains("install")) {
      const auto from = CorpusPlace::ProfileOf(Text(step, "install"));
      ASSERT_TRUE(phone.Install(from.address).is_success());
    } else {
      const auto staged = phone.StageFrom(CorpusPlace::ProfileOf(Text(step, "update_to")));
      ASSERT_EQ(staged.result, AppResult::kUpdateStaged) << staged.told;
      ASSERT_EQ(phone.Apply().result, AppResult::kInstalled);
    }
    auto* practice = phone.PracticeLogin();
    ASSERT_NE(practice, nullptr);
    std::int64_t own_fixtures = 0, cases = 0;
    for (const auto& [key, fixture] : practice->fixtures)
      own_fixtures += key.second.empty() ? 0 : 1;
    for (const auto& [id, held] : practice->cases) {
      cases += held.type == "case" && !held.is_closed ? 1 : 0;
    }
    const auto& expect = step.at("expect").as_object();
    EXPECT_EQ(own_fixtures, expect.at("user_fixtures").as_int64());
    EXPECT_EQ(NodesetOf(phone, "m0-f0"), kListed) << "this test counts by hand";
    EXPECT_EQ(cases, expect.at("cases_listed_by_m0-f0").as_int64());
  }
}

/// The app as an archive, as its own addresses are of a server that there is not.
ArchiveFiles FilesOf(const std::string& app) {
  ArchiveFiles files;
  for (const auto& entry : fs::recursive_directory_iterator(Folder() / app)) {
    if (!entry.is_regular_file()) continue;
    files[fs::relative(entry.path(), Folder() / app).generic_string()] = ReadAll(entry.path());
  }
  return files;
}

/// The same app as a build of a higher version.
ArchiveFiles Raised(ArchiveFiles files) {
  for (auto& [path, content] : files) {
    const std::string old = "version=\"7\"";
    for (auto at = content.find(old); at != std::string::npos; at = content.find(old, at + 1)) {
      content.replace(at, old.size(), "version=\"8\"");
    }
  }
  return files;
}

void CheckUpdateForm(const object& content) {
  const auto app = FilesOf(Text(content, "app"));
  CorpusPlace place;
  const SystemClock clock;
  AppClient phone({}, place.fetch(), clock);
  const auto installed = phone.InstallArchive(app);
  ASSERT_TRUE(installed.is_success()) << installed.told;
  ASSERT_EQ(phone.version(), 7);
  EXPECT_FALSE(phone.Login()) << "nothing was updated yet";
  const auto staged = phone.StageArchive(Raised(app));
  ASSERT_EQ(staged.result, AppResult::kUpdateStaged) << staged.told;
  ASSERT_TRUE(phone.Apply().is_success());
  EXPECT_EQ(phone.Login(), Text(content.at("expect").as_object(), "update_info_form_xmlns"));
  EXPECT_FALSE(phone.Login()) << "it is shown once";
}

class AppUpdates : public AppsCorpus {};
TEST_P(AppUpdates, EndAsOnPhones) {
  if (Kind() == "app-update") return CheckUpdate(Case());
  if (Kind() == "practice-user") return CheckPracticeUser(Case());
  if (Kind() == "profile-suite") return CheckUpdateForm(Case());
  FAIL() << "unknown kind " << Kind();
}

suite::ClientVersion VersionOf(const value& numbers) {
  const auto& list = numbers.as_array();
  const auto at = [&](std::size_t i) { return static_cast<int>(list.at(i).as_int64()); };
  return {at(0), at(1), at(2)};
}

class Resources : public AppsCorpus {};
TEST_P(Resources, AreDecidedAsOnPhones) {
  if (Kind() == "profile-requirement") {
    EXPECT_EQ(suite::Accepts(VersionOf(Case().at("required")), VersionOf(Case().at("client"))),
              Expected().at("accepted").as_bool());
  } else if (Kind() == "resource-url") {
    const auto& location = Case().at("location").as_array();
    const bool is_local = location.at(0).as_string() == "local";
    suite::Resource resource;
    resource.locations.push_back({is_local, std::string(location.at(1).as_string())});
    const Place wanted{is_local, std::string(Expected().as_string())};
    EXPECT_EQ(PlacesOf(resource, {{is_local, Text(Case(), "parent")}}), std::vector{wanted});
    EXPECT_TRUE(PlacesOf(resource, {{!is_local, Text(Case(), "parent")}}).empty());
  } else if (Kind() == "resource-decision") {
    const auto& installed = Case().at("installed");
    const auto version = installed.is_null() ? std::nullopt : std::optional(installed.as_int64());
    EXPECT_EQ(IsFetched(version, Case().at("offered").as_int64()),
              Expected().as_string() == "download");
  } else {
    FAIL() << "unknown kind " << Kind();
  }
}

HeartbeatReport ReportOf(const object& installed) {
  HeartbeatReport report;
  report.app_id = Text(installed, "app_id");
  report.app_version = installed.at("app_version").as_int64();
  report.cc_version = "2.57.0";
  return report;
}

class Heartbeats : public AppsCorpus {};
TEST_P(Heartbeats, AreTakenAsOnPhones) {
  if (Kind() == "heartbeat-response") {
    const auto& expect = Expected().as_object();
    const auto got = ReadHeartbeat(200, boost::json::serialize(Case().at("body")),
                                   ReportOf(Case().at("installed").as_object()));
    const auto& app = expect.at("ccz_prompt");
    ASSERT_EQ(got.app.has_value(), !app.is_null());
    if (got.app) {
      EXPECT_EQ(got.app->version, app.at("version").as_int64());
      EXPECT_EQ(got.app->is_forced, app.at("forced").as_bool());
    }
    EXPECT_EQ(got.client.has_value(), !expect.at("apk_prompt").is_null());
    if (expect.contains("stored_latest_commcare_version")) {
      EXPECT_EQ(got.latest_client, Text(expect, "stored_latest_commcare_version"));
    }
  } else if (Kind() == "apk-version-compare") {
    for (const auto& listed : Case().at("pairs").as_array()) {
      const auto& pair = listed.as_array();
      const auto a = ClientVersionOf(pair.at(0).as_string());
      const auto b = ClientVersionOf(pair.at(1).as_string());
      ASSERT_TRUE(a && b);
      EXPECT_EQ(CompareVersions(*a, *b), pair.at(2).as_string() == "equal" ? 0 : -1);
    }
  } else if (Kind() == "prompt-frequency") {
    PromptFrequency frequency;
    for (const auto& shown : Expected().as_array()) {
      EXPECT_EQ(frequency.ShowsAtLogin(false), shown.as_bool());
    }
  } else {
    FAIL() << "unknown kind " << Kind();
  }
}

class RecoveryMeasures : public AppsCorpus {};
TEST_P(RecoveryMeasures, AreQueuedAsOnPhones) {
  const auto& installed = Case().at("installed").as_object();
  RecoverySituation here;
  here.app_id = Text(installed, "app_id");
  here.app_version = installed.at("app_version").as_int64();
  here.client = {2, 57, 0};  // "between 2.44.0 and 2.90.0"
  const auto read = ReadMeasures(200, boost::json::serialize(Case().at("body")), here);
  ASSERT_TRUE(read.is_accepted);
  EXPECT_EQ(!read.queued.empty(), Expected().at("queued").as_bool());
}

class Keys : public AppsCorpus {};
TEST_P(Keys, AreTakenAsOnPhones) {
  if (Kind() == "key-response") {
    const auto& expect = Expected().as_object();
    const auto read = ReadKeys(200, ReadAll(Folder() / Text(Case(), "body")));
    EXPECT_EQ(read.is_accepted, expect.at("accepted").as_bool());
    EXPECT_EQ(read.reported_as, Text(expect, "reported_as"));
    KeyStore store;
    if (read.is_accepted) store.Take("user", Text(Case(), "password"), read);
    EXPECT_EQ(store.Of("user").size(), static_cast<std::size_t>(expect.at("records").as_int64()));
  } else if (Kind() == "key-date") {
    for (const auto& [date, verdict] : Case().at("values").as_object()) {
      EXPECT_EQ(ReadKeyDate(date).has_value(), verdict.as_string() == "accepted") << date;
    }
  } else {
    FAIL() << "unknown kind " << Kind();
  }
}

suite::Query QueryOf(const std::string& app, const std::string& command) {
  const auto suite = suite::ReadSuite(ReadAll(Folder() / app / "suite.xml"), "suite.xml");
  for (const auto& entry : suite.entries) {
    if (entry.command_id != command) continue;
    for (const auto& datum : entry.datums) {
      if (datum.query) return *datum.query;
    }
  }
  throw std::runtime_error("no query in " + command);
}

std::vector<QueryAnswer> AnswersTo(const suite::Query& query, const object& typed) {
  std::vector<QueryAnswer> answers;
  for (const auto& prompt : query.prompts) {
    const auto* answer = typed.if_contains(prompt.key);
    if (answer == nullptr) continue;
    QueryAnswer one{prompt.key, {}, false};
    if (answer->is_string()) one.values.emplace_back(answer->as_string());
    if (answer->is_array()) {
      for (const auto& each : answer->as_array()) one.values.emplace_back(each.as_string());
    }
    answers.push_back(std::move(one));
  }
  return answers;
}

std::multiset<std::string> PartsOf(const std::string& address) {
  std::multiset<std::string> parts;
  const auto mark = address.find('?');
  parts.insert(address.substr(0, mark));
  for (const auto part : Split(std::string_view(address).substr(mark + 1), '&')) {
    parts.emplace(part);
  }
  return parts;
}

/// Its only hidden value is the device's id, by a path that this test knows.
void CheckQueryUrl(const object& content, const value& expect) {
  const auto query = QueryOf(Text(content, "app"), Text(content, "command"));
  std::vector<std::pair<std::string, std::string>> data;
  for (const auto& hidden : query.data) {
    ASSERT_EQ(hidden.ref.text, "instance('session')/session/context/deviceid");
    data.emplace_back(hidden.key, Text(content, "device_id"));
  }
  const auto address =
      QueryAddress(query.url, data, AnswersTo(query, content.at("answers").as_object()));
  const std::string wanted(expect.at("url_unordered_query").as_string());
  EXPECT_EQ(PartsOf(address), PartsOf(wanted));
}

class ClaimsAndSearches : public AppsCorpus {};
TEST_P(ClaimsAndSearches, AreAnsweredAsByPhones) {
  if (Kind() == "post-response") {
    const auto& expect = Expected().as_object();
    const auto got = ReactToPost(static_cast<int>(Case().at("status").as_int64()));
    EXPECT_EQ(got.is_success(), expect.contains("then"));
    EXPECT_EQ(got.string_id, Text(expect, "string_id"));
    EXPECT_EQ(got.argument, Text(expect, "argument"));
  } else if (Kind() == "post-sequence") {
    const auto& statuses = Case().at("statuses").as_array();
    for (std::size_t i = 0; i < statuses.size(); ++i) {
      EXPECT_EQ(ReactToPost(static_cast<int>(statuses[i].as_int64())).is_success(),
                Expected().as_array().at(i).as_string().starts_with("sync"));
    }
  } else if (Kind() == "query-url") {
    CheckQueryUrl(Case(), Expected());
  } else if (Kind() == "query-response") {
    const auto body = ReadAll(Folder() / Text(Case(), "app") / Text(Case(), "body"));
    EXPECT_EQ(ReactToQuery(200, body), Text(Expected().as_object(), "string_id"));
  } else {
    FAIL() << "unknown kind " << Kind();
  }
}

/// A text of literals and strings without arguments.
std::string Shown(const std::optional<suite::Text>& text, const suite::Strings& strings) {
  std::string shown;
  for (const auto& part : text ? text->parts : std::vector<suite::TextPart>()) {
    const auto found = strings.find(part.text);
    shown += part.kind == suite::TextPart::Kind::kLocale && found != strings.end() ? found->second
                                                                                   : part.text;
  }
  return shown;
}

class Queries : public AppsCorpus {};
TEST_P(Queries, AreAskedAsByPhones) {
  if (Kind() == "daterange") {
    EXPECT_EQ(DateRange(Text(Case(), "input")), Expected().as_string());
  } else if (Kind() == "query-datum") {
    const auto query = QueryOf(Text(Case(), "app"), Text(Case(), "command"));
    EXPECT_EQ(query.searches_while_typing, Expected().at("dynamic_search").as_bool());
    EXPECT_EQ(query.searches_on_clear, Expected().at("search_on_clear").as_bool());
    const auto strings =
        suite::ReadStrings(ReadAll(Folder() / Text(Case(), "app") / "app_strings.txt"), "strings");
    EXPECT_EQ(Shown(query.title, strings), Text(Expected().as_object(), "title"));
    EXPECT_EQ(Shown(query.description, strings), Text(Expected().as_object(), "description"));
  } else {
    GTEST_SKIP() << Kind()
                 << " needs the expressions of the search screen to be evaluated: this is "
                 << "of the session engine, which does not exist yet";
  }
}

class Lists : public AppsCorpus {};
TEST_P(Lists, AreSearchedAndSortedAsByPhones) {
  GTEST_SKIP() << Kind() << " is of entity lists, which belong to the session engine: it does not "
               << "exist yet";
}

#define CORPUS_SUITE(suite, file)                       \
  GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(suite); \
  INSTANTIATE_TEST_SUITE_P(Corpus, suite, testing::ValuesIn(CasesOf(file)), NameOfCase)

std::string NameOfCase(const testing::TestParamInfo<CorpusCase>& test) { return test.param.name; }

CORPUS_SUITE(AppUpdates, "app-update");
CORPUS_SUITE(Resources, "resources");
CORPUS_SUITE(Heartbeats, "heartbeat");
CORPUS_SUITE(RecoveryMeasures, "recovery");
CORPUS_SUITE(Keys, "keys");
CORPUS_SUITE(ClaimsAndSearches, "claim-post");
CORPUS_SUITE(Queries, "queries");
CORPUS_SUITE(Lists, "fuzzy");
INSTANTIATE_TEST_SUITE_P(Sorted, Lists, testing::ValuesIn(CasesOf("sort")), NameOfCase);

TEST(AppsCorpusFiles, AreNotEmpty) {
  if (!fs::exists(Folder())) {
    GTEST_SKIP() << "no conformance corpus at " << Folder() << " (set OUTPOST_CORPUS)";
  }
  for (const char* file : {"app-update", "resources", "heartbeat", "recovery", "keys", "claim-post",
                           "queries", "fuzzy", "sort"}) {
    std::cout << file << ": " << CasesOf(file).size() << " cases\n";
    EXPECT_FALSE(CasesOf(file).empty()) << file;
  }
}

}  // namespace
}  // namespace outpost::phones
