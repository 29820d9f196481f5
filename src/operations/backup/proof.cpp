#include "operations/backup/proof.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/ids.h"
#include "base/problem.h"
#include "crypto/digests.h"
#include "domain/forms/form_store.h"
#include "domain/people/accounts.h"
#include "domain/projects/projects.h"
#include "store/sql/snapshot.h"

namespace outpost::backup {
namespace {

namespace json = boost::json;

/// Counted from the small to the large.
constexpr std::array kCounted = {"projects",         "roles", "accounts", "locations",
                                 "form_attachments", "cases", "forms",    "case_transactions"};
/// A user with more cases takes longer than a look should.
constexpr std::int64_t kDrawsMax = 4 * kFormsSampled;

std::int64_t RandomBelow(std::int64_t limit) {
  std::array<std::uint8_t, 8> bytes{};
  FillRandom(bytes);
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), bytes.size());
  return static_cast<std::int64_t>(number % static_cast<std::uint64_t>(limit));
}

std::int64_t FirstInt(sql::Connection& connection, const std::string& sql) {
  const auto rows = connection.Query(sql);
  return rows->Next() ? rows->Int(0) : 0;
}

/// Different rows of a table, drawn by their ids.
std::vector<std::int64_t> DrawRows(sql::Connection& connection, const std::string& table,
                                   const std::string& condition, int count) {
  std::vector<std::int64_t> drawn;
  const auto newest = FirstInt(connection, "SELECT MAX(id) FROM " + table);
  for (std::int64_t i = 0; i < kDrawsMax && newest > 0 && std::ssize(drawn) < count; ++i) {
    const auto rows = connection.Query(
        "SELECT id FROM " + table + " WHERE id >= $1 AND " + condition + " ORDER BY id LIMIT 1",
        {RandomBelow(newest) + 1});
    if (!rows->Next()) continue;
    if (std::find(drawn.begin(), drawn.end(), rows->Int(0)) == drawn.end()) {
      drawn.push_back(rows->Int(0));
    }
  }
  return drawn;
}

SampledForm LookAtForm(sql::Connection& connection, const blobs::BlobStore& blobs,
                       std::int64_t row) {
  SampledForm form{row, {}, {}};
  const auto record = forms::FindFormByRow(connection, row);
  if (!record) return form;
  form.form_id = record->form_id;
  try {
    form.sha256 = crypto::Sha256Hex(forms::ReadXml(connection, blobs, row));
  } catch (const Problem& problem) {
    form.sha256 = problem.told();
  }
  return form;
}

SampledUser LookAtUser(sql::Connection& connection, sync::Restorer& restorer,
                       const std::string& project_name, const std::string& username) {
  SampledUser user{project_name, username, 0, {}, {}};
  const auto project = projects::Find(connection, project_name);
  const auto account = people::FindByUsername(connection, username);
  if (!project || !account) return user;
  sync::RestoreRequest request;
  request.project = std::make_shared<projects::Project>(*project);
  request.user = *account;
  request.requested_by = account->user_id;
  request.is_trial = true;
  const auto restored = restorer.MakeIn(connection, request);
  auto document = restored.document->ReadAll();
  for (auto at = document.find(restored.token); at != std::string::npos;
       at = document.find(restored.token, at)) {
    document.erase(at, restored.token.size());
  }
  user.cases = restored.cases;
  user.state_digest = restored.state_digest;
  user.sha256 = crypto::Sha256Hex(document);
  return user;
}

std::optional<TableCount> Count(sql::Connection& connection, const std::string& table) {
  return TableCount{table, FirstInt(connection, "SELECT COUNT(*) FROM " + table)};
}

struct UserName {
  std::string project, username;
};

std::vector<UserName> DrawUsers(sql::Connection& connection) {
  std::vector<UserName> names;
  for (const auto row :
       DrawRows(connection, "accounts", "kind = 'mobile' AND state = 'active'", kUsersSampled)) {
    const auto rows = connection.Query(
        "SELECT projects.name, accounts.username FROM accounts JOIN projects ON projects.id = "
        "accounts.project WHERE accounts.id = $1",
        {row});
    if (rows->Next()) names.push_back({rows->String(0), rows->String(1)});
  }
  return names;
}

}  // namespace

Proof MakeProof(sql::Database& database, sql::Writer& writer, const blobs::BlobStore& blobs,
                sync::Restorer& restorer) {
  const auto lease = database.Read();
  Proof proof;
  std::optional<sql::Snapshot> snapshot;
  // On the writer's thread nothing is being committed, and as this batch takes a position, whatever
  // comes later has a higher one: the snapshot is the last state of its position.
  writer.Run(0, [&](sql::Batch& batch) {
    snapshot.reset();
    snapshot.emplace(*lease);
    const auto rows = lease->Query("SELECT seq, at FROM position WHERE id = 1");
    if (rows->Next()) {
      proof.seq = rows->Int(0);
      proof.at = {rows->Int(1)};
    }
    batch.Next();
    if (database.engine() != sql::Engine::kPostgresql) return;
    const auto next = batch.connection().Query("SELECT pg_current_xact_id()::xid::text");
    if (next->Next()) proof.next_transaction = next->String(0);
  });
  const auto deadline = SteadyMicros() + kProofMicrosMax;
  for (const auto row : DrawRows(*lease, "forms", "TRUE", kFormsSampled)) {
    if (SteadyMicros() > deadline) return proof;
    proof.forms.push_back(LookAtForm(*lease, blobs, row));
  }
  for (const auto& name : DrawUsers(*lease)) {
    if (SteadyMicros() > deadline) return proof;
    proof.users.push_back(LookAtUser(*lease, restorer, name.project, name.username));
  }
  for (const auto* table : kCounted) {
    if (SteadyMicros() > deadline) return proof;
    proof.counts.push_back(*Count(*lease, table));
  }
  return proof;
}

std::vector<std::string> CompareProof(const Proof& proof, sql::Database& database,
                                      const blobs::BlobStore& blobs, sync::Restorer& restorer) {
  std::vector<std::string> differences;
  const auto lease = database.Read();
  const sql::Snapshot snapshot(*lease);
  const auto seq = FirstInt(*lease, "SELECT seq FROM position WHERE id = 1");
  if (seq != proof.seq) {
    differences.push_back("The restored database is at position " + std::to_string(seq) +
                          " instead of " + std::to_string(proof.seq) + ".");
  }
  for (const auto& count : proof.counts) {
    const auto found = *Count(*lease, count.table);
    if (found == count) continue;
    differences.push_back("The table " + count.table + " has " + std::to_string(found.rows) +
                          " rows instead of " + std::to_string(count.rows) + ".");
  }
  for (const auto& form : proof.forms) {
    if (LookAtForm(*lease, blobs, form.row) == form) continue;
    differences.push_back("The form " + form.form_id + " is not the one that was received.");
  }
  for (const auto& user : proof.users) {
    const auto found = LookAtUser(*lease, restorer, user.project, user.username);
    if (found == user) continue;
    differences.push_back("The restore document of " + user.username +
                          " differs: " + std::to_string(found.cases) + " cases, state " +
                          found.state_digest + ", instead of " + std::to_string(user.cases) +
                          ", state " + user.state_digest + ".");
  }
  return differences;
}

std::string JsonOf(const Proof& proof) {
  json::object counts;
  for (const auto& count : proof.counts) counts[count.table] = count.rows;
  json::array forms;
  for (const auto& form : proof.forms) {
    forms.push_back(
        json::object{{"row", form.row}, {"form_id", form.form_id}, {"sha256", form.sha256}});
  }
  json::array users;
  for (const auto& user : proof.users) {
    users.push_back(json::object{{"project", user.project},
                                 {"username", user.username},
                                 {"cases", user.cases},
                                 {"state_digest", user.state_digest},
                                 {"sha256", user.sha256}});
  }
  return json::serialize(json::object{{"seq", proof.seq},
                                      {"at", proof.at.micros},
                                      {"next_transaction", proof.next_transaction},
                                      {"counts", std::move(counts)},
                                      {"forms", std::move(forms)},
                                      {"users", std::move(users)}});
}

Proof ProofOf(std::string_view text) {
  try {
    const auto value = json::parse(text);
    const auto string = [](const json::value& from, const char* key) {
      return std::string(from.at(key).as_string());
    };
    Proof proof;
    proof.seq = value.at("seq").as_int64();
    proof.at = {value.at("at").as_int64()};
    if (const auto* next = value.as_object().if_contains("next_transaction")) {
      proof.next_transaction = next->as_string();
    }
    for (const auto& [table, rows] : value.at("counts").as_object()) {
      const auto known = std::find(kCounted.begin(), kCounted.end(), std::string_view(table));
      if (known == kCounted.end()) throw Problem(ProblemKind::kUnprocessable, "an unknown table");
      proof.counts.push_back({*known, rows.as_int64()});
    }
    for (const auto& form : value.at("forms").as_array()) {
      proof.forms.push_back(
          {form.at("row").as_int64(), string(form, "form_id"), string(form, "sha256")});
    }
    for (const auto& user : value.at("users").as_array()) {
      proof.users.push_back({string(user, "project"), string(user, "username"),
                             user.at("cases").as_int64(), string(user, "state_digest"),
                             string(user, "sha256")});
    }
    return proof;
  } catch (const std::exception&) {
    throw Problem(ProblemKind::kUnprocessable, "The proof beside the backup cannot be read.");
  }
}

}  // namespace outpost::backup
