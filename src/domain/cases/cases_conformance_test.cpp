// Scenarios of the corpus (submission: case_state) as far as the rules alone decide them: each form
// is parsed and its blocks applied to cases in memory. Index validation belongs to intake, and the
// whole-server runner covers every scenario again.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "domain/cases/case.h"
#include "domain/cases/case_block.h"
#include "domain/forms/form_xml.h"
#include "domain/forms/testing/corpus.h"

namespace outpost::cases {
namespace {

namespace corpus = forms::corpus;
using boost::json::array;
using boost::json::object;
using boost::json::value;

constexpr const char* kFile = "case_state.json";
constexpr const char* kFirstDomain = "d1";

value TimeOrNull(const std::optional<Instant>& at) { return at ? value(FormatT6(*at)) : value(); }

struct KnownCase {
  Case state;
  std::vector<std::string> form_ids;
};

/// One project space after another, in memory.
class World {
 public:
  /// Returns what the form is refused with.
  std::optional<ContentError> Submit(const object& step) {
    ++submitted_;
    const auto document = xml::Document::Parse(corpus::XmlOf(step, "xml", "file"));
    const auto found = FindCaseBlocks(document);
    if (found.error) return found.error;
    const auto identity = forms::ReadIdentity(document);
    const Instant received_on = *ParseDateTime(corpus::Text(step, "received_on"));
    auto& stored = domains_[step.contains("domain") ? corpus::Text(step, "domain") : kFirstDomain];
    auto changed = stored;
    for (const auto& block : found.blocks) {
      if (block.case_id.empty()) {
        return ContentError{"IllegalCaseId", "case_id must not be empty"};
      }
      auto& known = changed[block.case_id];
      known.state.case_id = block.case_id;
      std::int64_t bits = 0;
      const FormContext form{identity.user_id.value_or(""), received_on};
      if (auto error = ApplyBlock(known.state, block, form, bits)) return error;
      known.state.server_modified_on = received_on;
      const bool is_new = identity.form_id.empty();
      const std::string form_id = is_new ? "new " + std::to_string(submitted_) : identity.form_id;
      if (known.form_ids.empty() || known.form_ids.back() != form_id) {
        known.form_ids.push_back(form_id);
      }
    }
    stored = std::move(changed);
    return std::nullopt;
  }

  const KnownCase* Find(const std::string& case_id) {
    const auto& stored = domains_[kFirstDomain];
    const auto at = stored.find(case_id);
    return at == stored.end() ? nullptr : &at->second;
  }

 private:
  std::map<std::string, std::map<std::string, KnownCase>> domains_;
  int submitted_ = 0;
};

array IndicesOf(const Case& c) {
  array indices;
  for (const auto& index : c.indices) {
    indices.push_back(object{{"identifier", index.identifier},
                             {"referenced_id", index.referenced_id},
                             {"referenced_type", index.referenced_type},
                             {"relationship", index.relationship}});
  }
  return indices;
}

object FieldsOf(const KnownCase& known) {
  const Case& c = known.state;
  array form_ids;
  for (const auto& id : known.form_ids)
    form_ids.emplace_back(id.starts_with("new ") ? "*new*" : id);
  return {{"type", c.type},
          {"name", c.name},
          {"owner_id", c.owner_id},
          {"external_id", c.external_id},
          {"opened_on", TimeOrNull(c.opened_on)},
          {"opened_by", c.opened_by},
          {"modified_on", TimeOrNull(c.modified_on)},
          {"modified_by", c.modified_by},
          {"closed", c.is_closed},
          {"closed_on", TimeOrNull(c.closed_on)},
          {"closed_by", c.closed_by},
          {"deleted", c.is_deleted},
          {"server_modified_on", FormatT6(c.server_modified_on)},
          {"properties", boost::json::parse(RenderProperties(c))},
          {"indices", IndicesOf(c)},
          {"xform_ids", form_ids}};
}

/// Lists of indices are compared as sets.
value Sorted(const value& indices) {
  std::vector<std::string> texts;
  for (const auto& index : indices.as_array()) {
    const auto& fields = index.as_object();
    std::string text;
    for (const char* key : {"identifier", "referenced_id", "referenced_type", "relationship"}) {
      text += corpus::Text(fields, key) + "|";
    }
    texts.push_back(std::move(text));
  }
  std::sort(texts.begin(), texts.end());
  return boost::json::value_from(texts);
}

void CompareProperties(const object& actual, const object& expected, bool is_complete) {
  if (is_complete) {
    EXPECT_EQ(value(actual), value(expected));
    return;
  }
  for (const auto& [name, wanted] : expected) {
    const auto* found = actual.if_contains(name);
    EXPECT_TRUE(found != nullptr && *found == wanted) << "property " << name;
  }
}

void CompareCase(const KnownCase& known, const object& expected, bool is_complete) {
  const object actual = FieldsOf(known);
  for (const auto& [name, wanted] : expected) {
    SCOPED_TRACE(std::string(name));
    if (name == "properties") {
      CompareProperties(actual.at(name).as_object(), wanted.as_object(), is_complete);
    } else if (name == "absent_properties") {
      for (const auto& absent : wanted.as_array()) {
        EXPECT_FALSE(actual.at("properties").as_object().contains(absent.as_string()));
      }
    } else if (name == "indices") {
      EXPECT_EQ(Sorted(actual.at(name)), Sorted(wanted));
    } else {
      ASSERT_TRUE(actual.contains(name)) << "the test does not know this field";
      EXPECT_EQ(actual.at(name), wanted);
    }
  }
}

void CompareCases(World& world, const object& expect, bool is_complete) {
  if (const auto* cases = expect.if_contains("cases")) {
    for (const auto& [id, fields] : cases->as_object()) {
      SCOPED_TRACE("case " + std::string(id));
      const auto* known = world.Find(id);
      ASSERT_NE(known, nullptr);
      CompareCase(*known, fields.as_object(), is_complete);
    }
  }
  if (const auto* absent = expect.if_contains("absent_cases")) {
    for (const auto& id : absent->as_array()) {
      EXPECT_EQ(world.Find(std::string(id.as_string())), nullptr) << id;
    }
  }
}

void CompareAnswer(const std::optional<ContentError>& error, const object& expect) {
  const bool is_refused = corpus::Text(expect, "nature") != "submit_success";
  ASSERT_EQ(error.has_value(), is_refused) << (error ? error->Told() : "accepted");
  if (error && expect.contains("message")) {
    EXPECT_EQ(error->Told(), corpus::Text(expect, "message"));
  }
}

/// Whether a form of the scenario is refused for an index, which only intake can tell.
bool NeedsIntake(const object& scenario) {
  return boost::json::serialize(scenario).find("InvalidCaseIndex") != std::string::npos;
}

class CaseStateCorpus : public testing::TestWithParam<corpus::Case> {};

TEST_P(CaseStateCorpus, EndsInTheStateThatCommCareReaches) {
  const object& scenario = GetParam().content;
  if (NeedsIntake(scenario)) GTEST_SKIP() << "decided by the index rules of intake";
  const auto* complete = scenario.if_contains("properties_complete");
  const bool is_complete = complete != nullptr && complete->as_bool();
  World world;
  for (const auto& entry : scenario.at("steps").as_array()) {
    const auto& step = entry.as_object();
    if (step.at("op") == "expect") {
      CompareCases(world, step, is_complete);
    } else {
      ASSERT_EQ(step.at("op"), "submit") << "the test does not know this step";
      CompareAnswer(world.Submit(step), step.at("expect").as_object());
    }
  }
  CompareCases(world, scenario.at("expect").as_object(), is_complete);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CaseStateCorpus);
INSTANTIATE_TEST_SUITE_P(Corpus, CaseStateCorpus, testing::ValuesIn(corpus::CasesOf(kFile)),
                         [](const auto& test) { return test.param.id; });

TEST(CaseStateCorpusFile, IsNotEmpty) {
  if (corpus::IsAbsent(kFile)) GTEST_SKIP() << corpus::WhyAbsent(kFile);
  std::size_t decided = 0, left = 0;
  for (const auto& scenario : corpus::CasesOf(kFile)) {
    ++(NeedsIntake(scenario.content) ? left : decided);
  }
  std::cout << kFile << ": " << decided << " scenarios run here, " << left << " left to intake\n";
  EXPECT_GT(decided, 0u);
}

}  // namespace
}  // namespace outpost::cases
