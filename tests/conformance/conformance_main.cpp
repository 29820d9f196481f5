#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "conformance/app_http_cases.h"
#include "conformance/case_v2_cases.h"
#include "conformance/list_cases.h"
#include "conformance/ratchet.h"
#include "conformance/restore_world.h"
#include "conformance/stage.h"
#include "store/sql/testing/scratch_postgresql.h"

/// Runs the corpus's cases against the real program: one test per case, counted by area.
///   conformance_test PROGRAM RATCHET CORPUS sqlite|postgresql FOLDER
/// FOLDER is a part of the corpus: app-delivery, submission, data-api or restore.
/// OUTPOST_CORPUS replaces CORPUS. Ends with 77 when the corpus or the database server is absent.
namespace outpost::tests {
namespace {

constexpr int kSkipped = 77;

using boost::json::object;
using boost::json::value;

/// `file` is all that the case's file holds: its cases, and what they share.
using CaseRunner = Findings (*)(Stage&, const value& file, const object& entry, int number);

/// A runner that needs nothing but the case.
template <Findings (*Run)(Stage&, const object&, int)>
Findings Alone(Stage& stage, const value&, const object& entry, int number) {
  return Run(stage, entry, number);
}

struct Area {
  const char* folder;
  const char* name;
  const char* file;
  CaseRunner run;
  const char* skipped = nullptr;  // cases whose id begins so are of another area
  const char* wanted = nullptr;   // only cases whose id begins so
};
constexpr Area kAreas[] = {
    {"app-delivery", "app-http", "cases/server-responses.json", Alone<RunAppResponse>},
    {"app-delivery", "wrapped-password", "cases/password.json", Alone<RunWrappedPassword>},
    {"submission", "wire", "wire.json", Alone<RunWireCase>},
    {"submission", "case_state", "case_state.json", Alone<RunHistoryCase>},
    {"submission", "lifecycle", "lifecycle.json", Alone<RunHistoryCase>},
    {"submission", "ledgers", "ledgers.json", Alone<RunHistoryCase>},
    {"submission", "extension_close", "extension_close.json", Alone<RunHistoryCase>},
    {"submission", "device_logs", "device_logs.json", Alone<RunDeviceLogCase>},
    {"data-api", "case-v2-write", "case-v2/write.json", RunCaseV2Write},
    {"data-api", "case-v2-read", "case-v2/read.json", RunCaseV2Read, "list-"},
    {"data-api", "case-v2-list", "case-v2/read.json", RunCaseV2List, nullptr, "list-"},
    {"data-api", "pagination", "api/pagination.json", RunPagination},
    {"data-api", "date-params", "api/date-params.json", RunDateParam},
    {"data-api", "form-filters", "api/form-filters.json", RunFormFilter},
    {"data-api", "case-v1-filters", "api/case-v1-filters.json", RunCaseFilter},
    {"data-api", "form-json", "api/form-json.json", RunFormJson},
    {"data-api", "trace-401", "commcare-export/traces/401.json", RunTrace},
    {"data-api", "trace-app", "commcare-export/traces/app.json", RunTrace},
    {"data-api", "trace-case", "commcare-export/traces/case.json", RunTrace},
    {"data-api", "trace-digest", "commcare-export/traces/digest.json", RunTrace},
    {"data-api", "trace-form", "commcare-export/traces/form.json", RunTrace},
    {"data-api", "trace-msg", "commcare-export/traces/msg.json", RunTrace},
    {"data-api", "trace-throttle", "commcare-export/traces/throttle.json", RunTrace},
    {"data-api", "trace-users", "commcare-export/traces/users.json", RunTrace},
    {"data-api", "trace-wu", "commcare-export/traces/wu.json", RunTrace},
    {"restore", "live-set-named", "live_set/named.json", RunLiveSet},
    {"restore", "live-set-graphs", "live_set/graphs.json", RunLiveSet},
    {"restore", "state-hash", "state_hash/check.json", RunStateCheck},
    {"restore", "token-forms", "synclog/submissions.json", RunTokenForms},
    {"restore", "sync-flow", "sync_flow/multi_device.json", RunSyncFlow},
    {"restore", "documents", "restore_xml/cases.json", RunRestoreXml},
    {"restore", "phone-http", "http/cases.json", RunPhoneHttp},
    {"restore", "restore-as", "http/restore_as.json", RunRestoreAs},
};

struct Score {
  int passed = 0, awaited = 0, failed = 0;
};

struct Session {
  std::unique_ptr<Stage> stage;
  std::unique_ptr<Ratchet> ratchet;
  std::map<std::string, Score> scores;
};

std::string Joined(const Findings& findings) {
  std::string text;
  for (const auto& finding : findings) text += "  " + finding + "\n";
  return text;
}

class CaseTest : public testing::Test {
 public:
  CaseTest(Session& run, const Area& area, std::shared_ptr<const value> file, object entry,
           int number)
      : run_(run), area_(area), file_(std::move(file)), entry_(std::move(entry)), number_(number) {}

  void TestBody() override {
    const std::string name =
        std::string(area_.name) + "/" + std::string(entry_.at("id").as_string());
    auto& score = run_.scores[area_.name];
    const auto findings = Execute();
    const auto awaited = run_.ratchet->ReasonFor(name);
    if (!findings.empty() && awaited) {
      ++score.awaited;
      std::printf("awaited: %s: %s\n", name.c_str(), awaited->c_str());
      return;
    }
    const bool is_good = findings.empty() && !awaited;
    ++(is_good ? score.passed : score.failed);
    EXPECT_TRUE(findings.empty()) << name << "\n" << Joined(findings);
    EXPECT_FALSE(awaited) << name << " passes: remove it from the ratchet";
  }

 private:
  Findings Execute() {
    try {
      const auto ended = run_.stage->Revive();
      if (!ended.empty()) ADD_FAILURE() << ended;
      return area_.run(*run_.stage, *file_, entry_, number_);
    } catch (const std::exception& error) {
      return {error.what()};
    }
  }

  Session& run_;
  const Area& area_;
  std::shared_ptr<const value> file_;
  object entry_;
  int number_;
};

/// Every entry of the ratchet must name a case that exists.
class RatchetTest : public testing::Test {
 public:
  RatchetTest(Session& run, std::vector<std::string> names) : run_(run), names_(std::move(names)) {}
  void TestBody() override {
    for (const auto& entry : run_.ratchet->entries()) {
      EXPECT_NE(std::find(names_.begin(), names_.end(), entry.first), names_.end())
          << entry.first << " is in the ratchet but not in the corpus";
    }
  }

 private:
  Session& run_;
  std::vector<std::string> names_;
};

std::string ReadAll(const std::filesystem::path& path) {
  std::string text;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return text;
  char bytes[4096];
  for (std::size_t got = 0; (got = std::fread(bytes, 1, sizeof(bytes), file)) > 0;) {
    text.append(bytes, got);
  }
  std::fclose(file);
  return text;
}

/// Cases are known by their id or by their name.
boost::json::array WithIds(boost::json::array cases) {
  for (auto& listed : cases) {
    auto& entry = listed.as_object();
    if (entry.contains("id")) continue;
    const value name = entry.at("name");
    entry["id"] = name;
  }
  return cases;
}

/// A file is a list of cases, an object that has one, or one case.
boost::json::array CasesOf(const value& file) {
  if (file.is_array()) return WithIds(file.get_array());
  if (const auto* cases = file.as_object().if_contains("cases")) return WithIds(cases->as_array());
  auto alone = file.as_object();
  alone["id"] = "all";
  return {alone};
}

void RegisterCases(Session& run, const std::filesystem::path& corpus, std::string_view folder) {
  std::vector<std::string> names;
  int number = 0;
  for (const auto& area : kAreas) {
    const auto text = ReadAll(corpus / area.folder / area.file);
    const auto file = std::make_shared<const value>(boost::json::parse(text));
    for (const auto& listed : CasesOf(*file)) {
      const auto& entry = listed.as_object();
      const std::string id(entry.at("id").as_string());
      if (area.skipped != nullptr && id.starts_with(area.skipped)) continue;
      if (area.wanted != nullptr && !id.starts_with(area.wanted)) continue;
      names.push_back(std::string(area.name) + "/" + id);
      ++number;
      if (area.folder != folder) continue;
      testing::RegisterTest(area.name, id.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                            [&run, &area, file, entry, number]() -> testing::Test* {
                              return new CaseTest(run, area, file, entry, number);
                            });
    }
  }
  testing::RegisterTest("ratchet", "names_only_cases_that_exist", nullptr, nullptr, __FILE__,
                        __LINE__,
                        [&run, names]() -> testing::Test* { return new RatchetTest(run, names); });
}

void PrintScores(const Session& run) {
  std::printf("\n%-16s %7s %8s %7s\n", "area", "passed", "awaited", "failed");
  for (const auto& [area, score] : run.scores) {
    std::printf("%-16s %7d %8d %7d\n", area.c_str(), score.passed, score.awaited, score.failed);
  }
}

int Main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 6) {
    std::fputs("usage: conformance_test PROGRAM RATCHET CORPUS sqlite|postgresql FOLDER\n", stderr);
    return 2;
  }
  const char* chosen = std::getenv("OUTPOST_CORPUS");
  const std::filesystem::path corpus(chosen != nullptr ? chosen : argv[3]);
  if (!std::filesystem::exists(corpus / argv[5])) {
    std::printf("skipped: there is no corpus at %s (set OUTPOST_CORPUS)\n", corpus.c_str());
    return kSkipped;
  }
  std::string database;
  if (std::string_view(argv[4]) == "postgresql") {
    auto* server = sql_testing::ScratchPostgresql::Shared();
    if (server == nullptr) return kSkipped;
    database = server->NewDatabase();
  }
  Session run;
  run.ratchet = std::make_unique<Ratchet>(argv[2]);
  RegisterCases(run, corpus, argv[5]);
  run.stage = std::make_unique<Stage>(argv[1], database, corpus / argv[5]);
  const int result = RUN_ALL_TESTS();
  PrintScores(run);
  run.stage->Stop();
  return result;
}

}  // namespace
}  // namespace outpost::tests

int main(int argc, char** argv) {
  try {
    return outpost::tests::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
