#include "insight/lists/detail/rebuild.h"

#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "domain/cases/case_facts.h"
#include "domain/forms/form_facts.h"
#include "insight/lists/detail/case_table.h"
#include "insight/lists/detail/form_table.h"

namespace outpost::lists::detail {
namespace {

constexpr int kSliceRows = 10'000;
/// Counters held in memory before they are written: about 10 MB.
constexpr std::size_t kTallyMax = 100'000;

struct Run {
  sql::Database& primary;
  sql::Database& query;
  sql::Connection& writing;
  const Progress& progress;
  std::int64_t done = 0, total = 0;
  Tally tally = {};
};

std::int64_t CountRows(sql::Database& primary, const std::string& table) {
  const auto rows = primary.Read()->Query("SELECT COUNT(*) FROM " + table);
  return rows->Next() ? rows->Int(0) : 0;
}

/// One table, in slices of one transaction each; no read transaction outlives a slice.
template <class Table, class Facts, class Scan>
bool Fill(Run& run, const Scan& scan) {
  Table table(run.query, run.writing, run.tally);
  for (std::int64_t after = 0;;) {
    run.writing.Begin();
    const int count = scan(*run.primary.Read(), after, [&](const Facts& facts) {
      after = facts.row;
      if (Table::IsListed(facts)) table.Insert(facts);
    });
    if (run.tally.size() > kTallyMax || count < kSliceRows) run.tally.Flush(run.writing);
    run.writing.Commit();
    run.done += count;
    if (!run.progress(run.done, run.total)) return false;
    if (count < kSliceRows) return true;
  }
}

void MakeIndexes(sql::Connection& writing) {
  for (const auto& step : query::IndexSteps(writing.engine())) {
    const auto start = SteadyMicros();
    writing.Execute(step.ddl);
    Log(LogLevel::kDebug, "lists.index", {{"name", step.name}, {"micros", SteadyMicros() - start}});
  }
}

}  // namespace

bool Rebuild(sql::Database& primary, sql::Database& query, sql::Connection& writing,
             const Progress& progress) {
  query::BeginAnew(writing);
  Run run{primary, query, writing, progress};
  run.total = CountRows(primary, "forms") + CountRows(primary, "cases");
  const auto forms = [](sql::Connection& connection, std::int64_t after, const auto& each) {
    return forms::ScanFacts(connection, after, kSliceRows, each);
  };
  const auto cases = [](sql::Connection& connection, std::int64_t after, const auto& each) {
    return cases::ScanFacts(connection, after, kSliceRows, each);
  };
  if (!Fill<FormTable, forms::FormFacts>(run, forms)) return false;
  if (!Fill<CaseTable, cases::CaseFacts>(run, cases)) return false;
  MakeIndexes(writing);
  return true;
}

}  // namespace outpost::lists::detail
