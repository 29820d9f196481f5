// What the corpus (restore) says of phones: which payloads they refuse, what their purge removes,
// their hash, and that the purge leaves every live set as it is.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/text.h"
#include "operations/phones/purge.h"
#include "operations/phones/restore_reader.h"
#include "operations/phones/state_hash.h"

namespace outpost::phones {
namespace {

using boost::json::object;

std::filesystem::path Folder() {
  const char* set = std::getenv("OUTPOST_CORPUS");
  return std::filesystem::path(set != nullptr ? set : OUTPOST_CORPUS_DEFAULT) / "restore";
}

std::string ReadAll(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct CorpusCase {
  std::string id;  // as a test name
  object content;
};
void PrintTo(const CorpusCase& c, std::ostream* out) { *out << c.id; }

/// None where the corpus is absent.
std::vector<CorpusCase> CasesOf(const std::string& file) {
  std::vector<CorpusCase> cases;
  if (!std::filesystem::exists(Folder() / file)) return cases;
  const auto parsed = boost::json::parse(ReadAll(Folder() / file));
  for (const auto& entry : parsed.at("cases").as_array()) {
    std::string id(entry.at("name").as_string());
    for (char& c : id) {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    cases.push_back({std::move(id), entry.as_object()});
  }
  return cases;
}

std::string Text(const object& from, const char* key) {
  return std::string(from.at(key).as_string());
}

std::set<std::string> TextsOf(const boost::json::value& list) {
  std::set<std::string> texts;
  for (const auto& entry : list.as_array()) texts.emplace(entry.as_string());
  return texts;
}

std::set<std::string> IdsOf(const PhoneCases& cases) {
  std::set<std::string> ids;
  for (const auto& [id, held] : cases) ids.insert(id);
  return ids;
}

std::string NameOf(const testing::TestParamInfo<CorpusCase>& test) { return test.param.id; }

class PhonePurgeCorpus : public testing::TestWithParam<CorpusCase> {};

TEST_P(PhonePurgeCorpus, RemovesWhatPhonesRemove) {
  const auto& expected = GetParam().content;
  PhoneStore store;
  const auto read = ApplyRestore(ReadAll(Folder() / "phone_purge" / Text(expected, "file")), store);
  ASSERT_TRUE(read.is_accepted) << read.refusal;
  const auto owners = OwnerIdsOf(store);
  const bool uses_owners = expected.at("use_owners").as_bool();
  const auto result = FindPurged(store.cases, uses_owners ? &owners : nullptr);
  if (expected.contains("error")) {
    EXPECT_EQ(Text(expected, "error"), "cycle");
    EXPECT_TRUE(result.has_cycle);
    return;
  }
  EXPECT_FALSE(result.has_cycle);
  for (const auto& id : result.removed) store.cases.erase(id);
  EXPECT_EQ(std::set(result.removed.begin(), result.removed.end()),
            TextsOf(expected.at("removed")));
  EXPECT_EQ(IdsOf(store.cases), TextsOf(expected.at("kept")));
}

class PhoneParseCorpus : public testing::TestWithParam<CorpusCase> {};

TEST_P(PhoneParseCorpus, IsTakenOrRefusedAsPhonesDo) {
  const auto& expected = GetParam().content;
  PhoneStore store;
  store.cases["before"].owner_id = "x";
  const auto read = ApplyRestore(ReadAll(Folder() / "phone_parse" / Text(expected, "file")), store);
  const bool is_accepted = Text(expected, "phone") == "accept";
  EXPECT_EQ(read.is_accepted, is_accepted) << read.refusal;
  if (!is_accepted) {
    EXPECT_FALSE(read.refusal.empty());
    EXPECT_EQ(IdsOf(store.cases), std::set<std::string>{"before"});
    EXPECT_TRUE(store.fixtures.empty());
  }
  const std::string note(expected.at("note").as_string());
  const auto entries = note.find(" entries");
  if (entries != std::string::npos) {
    const auto& fixture = store.fixtures.at({"commtrack:products", ""});
    EXPECT_EQ(fixture.rows, static_cast<std::size_t>(note[entries - 1] - '0'));
    EXPECT_TRUE(fixture.is_indexed);
  }
}

class SampleCorpus : public testing::TestWithParam<CorpusCase> {};

TEST_P(SampleCorpus, IsReadAsClientsReadIt) {
  const auto& expected = GetParam().content;
  const auto bytes = ReadAll(Folder() / "samples" / Text(expected, "file"));
  if (expected.at("http_status") == 202) {
    const auto& reads = expected.at("client_reads").as_object();
    const auto pending = ReadPending(bytes);
    ASSERT_TRUE(pending);
    EXPECT_EQ(pending->message, Text(reads, "message"));
    EXPECT_EQ(pending->done, reads.at("done").as_int64());
    EXPECT_EQ(pending->total, reads.at("total").as_int64());
  } else if (expected.contains("result_ids")) {
    const auto results = ReadSearchResults(bytes);
    ASSERT_TRUE(results.is_accepted) << results.refusal;
    EXPECT_EQ(std::set(results.case_ids.begin(), results.case_ids.end()),
              TextsOf(expected.at("result_ids")));
  } else {
    PhoneStore store;
    const auto read = ApplyRestore(bytes, store);
    ASSERT_TRUE(read.is_accepted) << read.refusal;
    EXPECT_FALSE(store.sync_token.empty());
    EXPECT_FALSE(store.user_id.empty());
    EXPECT_EQ(store.user_data.at("commcare_project"), "test");
    for (const auto& [id, held] : store.cases) {
      const bool is_user_case = held.type == "commcare-user";
      EXPECT_EQ(is_user_case, held.properties.contains("hq_user_id"));
    }
  }
}

class StateHashCorpus : public testing::TestWithParam<CorpusCase> {};

TEST_P(StateHashCorpus, IsTheSame) {
  const auto& expected = GetParam().content;
  PhoneCases cases;
  for (const auto& id : TextsOf(expected.at("case_ids"))) cases[id];
  EXPECT_EQ(StateDigest(cases), Text(expected, "hash"));
  EXPECT_EQ(StateParameter(cases), Text(expected, "state_param"));
}

/// A live set as it is on the phone: the indices that a server sends are those to live cases.
class LiveSetCorpus : public testing::TestWithParam<CorpusCase> {};

TEST_P(LiveSetCorpus, SurvivesThePurgeUnchanged) {
  const auto& graph = GetParam().content;
  const auto live = TextsOf(graph.at("expected_live"));
  PhoneCases cases;
  for (const auto& id : live) {
    const auto& state = graph.at("cases").as_object().at(id).as_object();
    cases[id].owner_id = state.at("owned").as_bool() ? "me" : "somebody else";
    cases[id].is_closed = state.at("closed").as_bool();
  }
  for (const auto& entry : graph.at("indices").as_array()) {
    const auto& index = entry.as_object();
    const auto from = Text(index, "case"), to = Text(index, "target");
    if (!live.contains(from)) continue;
    // A live case's targets are live; only to such as exist may an index be left out.
    ASSERT_TRUE(live.contains(to) || !graph.at("cases").as_object().contains(to))
        << from << " needs " << to;
    if (!live.contains(to)) continue;
    SetIndex(cases[from],
             {Text(index, "identifier"), to, "", Text(index, "relationship") == "extension"});
  }
  const OwnerIds owners{"me"};
  const auto result = FindPurged(cases, &owners);
  EXPECT_FALSE(result.has_cycle);
  EXPECT_EQ(result.removed, std::vector<std::string>{});
}

#define CORPUS_SUITE(suite, name, file)                 \
  GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(suite); \
  INSTANTIATE_TEST_SUITE_P(name, suite, testing::ValuesIn(CasesOf(file)), NameOf)

CORPUS_SUITE(PhonePurgeCorpus, Corpus, "phone_purge/cases.json");
CORPUS_SUITE(PhoneParseCorpus, Corpus, "phone_parse/cases.json");
CORPUS_SUITE(SampleCorpus, Corpus, "samples/cases.json");
CORPUS_SUITE(StateHashCorpus, Corpus, "state_hash/hash.json");
CORPUS_SUITE(LiveSetCorpus, Named, "live_set/named.json");
INSTANTIATE_TEST_SUITE_P(Graphs, LiveSetCorpus, testing::ValuesIn(CasesOf("live_set/graphs.json")),
                         NameOf);

TEST(PhonesCorpus, IsNotEmpty) {
  if (!std::filesystem::exists(Folder())) {
    GTEST_SKIP() << "no conformance corpus at " << Folder() << " (set OUTPOST_CORPUS)";
  }
  for (const char* file : {"phone_purge/cases.json", "phone_parse/cases.json", "samples/cases.json",
                           "state_hash/hash.json", "live_set/named.json", "live_set/graphs.json"}) {
    std::cout << file << ": " << CasesOf(file).size() << " cases\n";
    EXPECT_FALSE(CasesOf(file).empty()) << file;
  }
}

}  // namespace
}  // namespace outpost::phones
