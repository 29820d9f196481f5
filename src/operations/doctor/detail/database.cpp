#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "operations/doctor/detail/checks.h"
#include "store/sql/migrations.h"

namespace outpost::doctor::detail {
namespace {

constexpr std::int64_t kLogBytesWarning = 256LL << 20;
constexpr std::int64_t kLogBytesFailure = 2LL << 30;

void JudgeIntegrity(const DatabaseFacts& facts, Findings& findings) {
  if (!facts.was_checked) {
    findings.push_back({"integrity", Judgement::kOk,
                        "not examined: the database is large; outpost doctor --deep does", ""});
    return;
  }
  if (facts.integrity_problems.empty()) {
    findings.push_back({"integrity", Judgement::kOk, "every page and index checked", ""});
    return;
  }
  const auto first = facts.integrity_problems.substr(0, facts.integrity_problems.find('\n'));
  findings.push_back({"integrity", Judgement::kFailure, first,
                      "Stop the server, keep a copy of the data folder, and restore the last "
                      "backup. Look at the disk: smartctl -a, dmesg."});
}

void JudgeSchema(const DatabaseFacts& facts, Findings& findings) {
  std::int64_t known = 0;
  for (const auto& step : sql::AllMigrations()) known = std::max(known, step.number);
  const auto evidence = fmt::format("step {} of {}", facts.newest_step, known);
  if (facts.newest_step > known) {
    findings.push_back({"schema", Judgement::kWarning, evidence,
                        "A newer release has written this database. Use that release."});
  } else {
    const bool is_behind = facts.newest_step < known;
    findings.push_back({"schema", Judgement::kOk,
                        evidence + (is_behind ? "; the next start brings it up to date" : ""), ""});
  }
}

void JudgeLog(const DatabaseFacts& facts, Findings& findings) {
  auto judgement = Judgement::kOk;
  if (facts.log_bytes > kLogBytesWarning) judgement = Judgement::kWarning;
  if (facts.log_bytes > kLogBytesFailure) judgement = Judgement::kFailure;
  findings.push_back(
      {"database log", judgement, SizeText(static_cast<double>(facts.log_bytes)),
       judgement == Judgement::kOk
           ? ""
           : "Something reads for very long and keeps the log from being emptied. Restart the "
             "server; if it grows again, look for the long request in the log."});
}

std::optional<DatabaseFacts> FactsOf(const DoctorInput& input, bool is_served, Findings& findings) {
  if (is_served) {
    auto facts = input.ask_server ? input.ask_server() : std::nullopt;
    if (!facts) {
      findings.push_back({"database", Judgement::kFailure,
                          "A server owns the data folder but does not answer on " +
                              input.paths.admin_socket().string(),
                          "Ask as the account that runs the server, or look at the server's log."});
    }
    return facts;
  }
  if (!input.database_location.empty()) return ExaminePostgresql(input.database_location);
  if (!std::filesystem::exists(input.paths.database())) {
    findings.push_back({"database", Judgement::kOk, "none yet: the first start makes it", ""});
    return std::nullopt;
  }
  return ExamineFile(input.paths);
}

}  // namespace

void CheckDatabase(const DoctorInput& input, std::optional<pid_t> server, Findings& findings) {
  const auto facts = FactsOf(input, server.has_value(), findings);
  if (!facts) return;
  if (!facts->error.empty()) {
    findings.push_back({"database", Judgement::kFailure, facts->error,
                        "See that the server's account may read it. If it is damaged, restore the "
                        "last backup."});
    return;
  }
  auto evidence = facts->engine + (server ? ", in use by the running server" : ", not in use");
  if (facts->database_bytes > 0) {
    evidence += ", " + SizeText(static_cast<double>(facts->database_bytes));
  }
  findings.push_back({"database", Judgement::kOk, evidence, ""});
  JudgeSchema(*facts, findings);
  JudgeIntegrity(*facts, findings);
  if (facts->engine == "SQLite") JudgeLog(*facts, findings);
}

}  // namespace outpost::doctor::detail
