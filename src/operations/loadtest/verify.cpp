#include "operations/loadtest/verify.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "base/problem.h"

namespace outpost::loadtest {
namespace {

constexpr std::int64_t kNormalState = 1;
constexpr std::int64_t kCountStep = 20'000;

void Example(VerifyResult& result, const std::string& line) {
  if (result.examples.size() < VerifyResult::kExamplesMax) result.examples.push_back(line);
}

/// Rows of the stores by external id; ids are found by hash and compared in the row.
struct FormRow {
  std::int64_t row = 0;
  int copies = 0;
  bool is_complete = false;
};

std::vector<FormRow> FindForms(sql::Connection& connection, const sql::Database& database,
                               std::int64_t project, const std::vector<std::string>& ids) {
  std::vector<std::vector<sql::Param>> sets;
  for (const auto& id : ids) sets.push_back({database.HashOf(project, id), project});
  std::vector<FormRow> found(ids.size());
  connection.QueryEach(
      "SELECT id, form_id, state, is_complete FROM forms WHERE id_hash = $1 AND project = $2", sets,
      [&](std::size_t index, const sql::Rows& row) {
        if (row.Text(1) != ids[index]) return;
        ++found[index].copies;
        found[index].row = row.Int(0);
        found[index].is_complete = row.Int(2) == kNormalState && row.Int(3) != 0;
      });
  return found;
}

std::vector<std::int64_t> FindCases(sql::Connection& connection, const sql::Database& database,
                                    std::int64_t project, const std::vector<std::string>& ids) {
  std::vector<std::vector<sql::Param>> sets;
  for (const auto& id : ids) sets.push_back({database.HashOf(project, id), project});
  std::vector<std::int64_t> found(ids.size());
  connection.QueryEach("SELECT id, case_id FROM cases WHERE id_hash = $1 AND project = $2", sets,
                       [&](std::size_t index, const sql::Rows& row) {
                         if (row.Text(1) == ids[index]) found[index] = row.Int(0);
                       });
  return found;
}

/// Form rows of each case's transactions, sorted.
std::vector<std::vector<std::int64_t>> FindTransactions(sql::Connection& connection,
                                                        const std::vector<std::int64_t>& cases) {
  std::vector<std::vector<sql::Param>> sets;
  for (const auto row : cases) sets.push_back({row});
  std::vector<std::vector<std::int64_t>> found(cases.size());
  connection.QueryEach(
      "SELECT form_row FROM case_transactions WHERE case_row = $1", sets,
      [&](std::size_t index, const sql::Rows& row) { found[index].push_back(row.Int(0)); });
  for (auto& rows : found) std::sort(rows.begin(), rows.end());
  return found;
}

void JudgeForm(const LedgerEntry& entry, const FormRow& found, VerifyResult& result) {
  ++result.checked;
  if (found.copies == 0) {
    if (!entry.is_acknowledged) return;
    ++result.missing;
    return Example(result, "form " + TextOf(entry.form) + " was acknowledged and is not there");
  }
  if (!entry.is_acknowledged) ++result.found_unanswered;
  if (found.copies > 1) {
    ++result.doubled;
    Example(result, "form " + TextOf(entry.form) + " is there more than once");
  }
  if (!found.is_complete) {
    ++result.incomplete;
    Example(result, "form " + TextOf(entry.form) + " is stored, but not processed");
  }
}

std::uint64_t NumberIn(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_int64()) {
    throw Problem(ProblemKind::kMalformed, "The answer has no number " + std::string(key) + ".");
  }
  return static_cast<std::uint64_t>(value->as_int64());
}

}  // namespace

void VerifyResult::Add(const VerifyResult& other) {
  checked += other.checked;
  found_unanswered += other.found_unanswered;
  missing += other.missing;
  doubled += other.doubled;
  incomplete += other.incomplete;
  wrong_transactions += other.wrong_transactions;
  surplus += other.surplus;
  for (const auto& example : other.examples) Example(*this, example);
}

std::vector<std::vector<LedgerEntry>> SliceByCase(std::vector<LedgerEntry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const LedgerEntry& a, const LedgerEntry& b) { return a.case_id < b.case_id; });
  std::vector<std::vector<LedgerEntry>> slices;
  for (const auto& entry : entries) {
    const bool is_full = slices.empty() || (slices.back().size() >= kSliceEntries &&
                                            slices.back().back().case_id != entry.case_id);
    if (is_full) slices.emplace_back();
    slices.back().push_back(entry);
  }
  return slices;
}

VerifyResult VerifySlice(sql::Connection& connection, const sql::Database& database,
                         std::int64_t project, std::span<const LedgerEntry> slice) {
  VerifyResult result;
  std::vector<std::string> form_ids;
  for (const auto& entry : slice) form_ids.push_back(TextOf(entry.form));
  const auto forms = FindForms(connection, database, project, form_ids);

  std::map<std::string, std::vector<std::int64_t>> expected;  // form rows by case id
  for (std::size_t i = 0; i < slice.size(); ++i) {
    JudgeForm(slice[i], forms[i], result);
    auto& rows = expected[TextOf(slice[i].case_id)];
    if (forms[i].copies > 0) rows.push_back(forms[i].row);
  }

  std::vector<std::string> case_ids;
  for (auto& [case_id, rows] : expected) {
    std::sort(rows.begin(), rows.end());
    case_ids.push_back(case_id);
  }
  const auto cases = FindCases(connection, database, project, case_ids);
  const auto transactions = FindTransactions(connection, cases);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (transactions[i] == expected[case_ids[i]]) continue;
    ++result.wrong_transactions;
    Example(result, "case " + case_ids[i] + " has " + std::to_string(transactions[i].size()) +
                        " transactions for " + std::to_string(expected[case_ids[i]].size()) +
                        " forms");
  }
  return result;
}

std::uint64_t CountFormsAfter(sql::Database& database, std::int64_t project,
                              std::int64_t position) {
  std::uint64_t forms = 0;
  while (true) {
    const auto reader = database.Read();
    const auto rows = reader->Query(
        "SELECT COUNT(*), MAX(id), SUM(CASE WHEN project = $1 THEN 1 ELSE 0 END) FROM "
        "(SELECT id, project FROM forms WHERE id > $2 ORDER BY id LIMIT $3) AS step",
        {project, position, kCountStep});
    if (!rows->Next() || rows->Int(0) == 0) return forms;
    position = rows->Int(1);
    forms += static_cast<std::uint64_t>(rows->Int(2));
  }
}

std::string JsonOf(const VerifyResult& result) {
  boost::json::array examples;
  for (const auto& example : result.examples) examples.emplace_back(example);
  return boost::json::serialize(boost::json::object{
      {"checked", static_cast<std::int64_t>(result.checked)},
      {"found_unanswered", static_cast<std::int64_t>(result.found_unanswered)},
      {"missing", static_cast<std::int64_t>(result.missing)},
      {"doubled", static_cast<std::int64_t>(result.doubled)},
      {"incomplete", static_cast<std::int64_t>(result.incomplete)},
      {"wrong_transactions", static_cast<std::int64_t>(result.wrong_transactions)},
      {"surplus", static_cast<std::int64_t>(result.surplus)},
      {"is_exact", result.is_exact()},
      {"examples", std::move(examples)}});
}

VerifyResult VerifyResultOf(std::string_view text) {
  boost::system::error_code error;
  const auto value = boost::json::parse(text, error);
  if (error || !value.is_object()) {
    throw Problem(ProblemKind::kMalformed, "The server's answer is no JSON object.");
  }
  const auto& object = value.get_object();
  VerifyResult result;
  result.checked = NumberIn(object, "checked");
  result.found_unanswered = NumberIn(object, "found_unanswered");
  result.missing = NumberIn(object, "missing");
  result.doubled = NumberIn(object, "doubled");
  result.incomplete = NumberIn(object, "incomplete");
  result.wrong_transactions = NumberIn(object, "wrong_transactions");
  result.surplus = NumberIn(object, "surplus");
  if (const auto* examples = object.if_contains("examples");
      examples != nullptr && examples->is_array()) {
    for (const auto& example : examples->get_array()) {
      if (example.is_string()) result.examples.emplace_back(example.get_string());
    }
  }
  return result;
}

}  // namespace outpost::loadtest
