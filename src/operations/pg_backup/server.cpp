#include "operations/pg_backup/server.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <optional>

#include "base/problem.h"
#include "base/text.h"
#include "operations/pg_backup/detail/child.h"

namespace outpost::pg_backup {
namespace {

namespace fs = std::filesystem;

constexpr int kOldestVersion = 130'000;  // its restart positions and waits are as used here
constexpr int kNewestMajor = 30;         // where a folder of a release is looked for
constexpr const char* kReleases = "/usr/lib/postgresql";

/// As a value in a connection string.
std::string Quoted(std::string_view value) {
  std::string out = "'";
  for (const char letter : value) {
    if (letter == '\'' || letter == '\\') out += '\\';
    out += letter;
  }
  return out + "'";
}

[[noreturn]] void Refuse(const std::string& what) {
  throw Problem(ProblemKind::kConflict, "PostgreSQL cannot be backed up yet: " + what);
}

std::optional<int> MajorOf(const fs::path& program) {
  try {
    detail::Child child({program, {"--version"}, {{"LC_ALL", "C"}}, {}, {}, {}});
    char text[256];
    const auto got = child.Read(text, sizeof(text));
    if (!child.Wait() || got <= 0) return std::nullopt;
    const std::string_view said(text, static_cast<std::size_t>(got));
    const auto at = said.find("(PostgreSQL) ");
    if (at == said.npos) return std::nullopt;
    int major = 0;
    std::from_chars(said.data() + at + 13, said.data() + said.size(), major);
    return major;
  } catch (const Problem&) {
    return std::nullopt;
  }
}

bool CanRun(const fs::path& program) { return ::access(program.c_str(), X_OK) == 0; }

fs::path FolderOf(int major) { return fs::path(kReleases) / std::to_string(major) / "bin"; }

std::vector<fs::path> SearchPath() {
  std::vector<fs::path> folders;
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
  for (const auto part : Split(path == nullptr ? "/usr/bin:/usr/local/bin" : path, ':')) {
    if (!part.empty()) folders.emplace_back(part);
  }
  return folders;
}

}  // namespace

struct Session::Impl {
  PGconn* connection = nullptr;
};

Session::Session(const std::string& location) : impl_(std::make_unique<Impl>()) {
  impl_->connection = PQconnectdb(location.c_str());
  if (PQstatus(impl_->connection) == CONNECTION_OK) return;
  const std::string why(Trim(PQerrorMessage(impl_->connection)));
  PQfinish(impl_->connection);
  throw Problem(ProblemKind::kBusy, "PostgreSQL cannot be reached: " + why);
}

Session::~Session() { PQfinish(impl_->connection); }

std::vector<Session::Row> Session::Ask(const std::string& sql,
                                       const std::vector<std::string>& values) {
  std::vector<const char*> pointers;
  for (const auto& value : values) pointers.push_back(value.c_str());
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(
      PQexecParams(impl_->connection, sql.c_str(), static_cast<int>(values.size()), nullptr,
                   pointers.data(), nullptr, nullptr, 0),
      &PQclear);
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
    throw Problem(ProblemKind::kInternal,
                  "PostgreSQL refused: " + std::string(Trim(PQerrorMessage(impl_->connection))));
  }
  std::vector<Row> rows;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    Row& values_of_row = rows.emplace_back();
    for (int column = 0; column < PQnfields(result.get()); ++column) {
      values_of_row.emplace_back(PQgetvalue(result.get(), row, column));
    }
  }
  return rows;
}

std::string Session::Value(const std::string& sql, const std::vector<std::string>& values) {
  const auto rows = Ask(sql, values);
  return rows.empty() ? std::string() : rows.front().front();
}

Reach ReachOf(const std::string& location) {
  char* error = nullptr;
  PQconninfoOption* options = PQconninfoParse(location.c_str(), &error);
  if (options == nullptr) {
    // The words may repeat a password.
    PQfreemem(error);
    throw Problem(ProblemKind::kBadRequest,
                  "The setting \"database.location\" is no connection string of PostgreSQL.");
  }
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> owner(options,
                                                                           &PQconninfoFree);
  Reach reach;
  for (const auto* option = options; option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string_view name(option->keyword);
    if (name == "sslpassword") {
      throw Problem(ProblemKind::kBadRequest,
                    "\"sslpassword\" cannot be handed to PostgreSQL's programs without showing it. "
                    "Use a key file without a password that only this account can read.");
    }
    if (name == "password") {
      reach.environment["PGPASSWORD"] = option->val;
      continue;
    }
    if (!reach.parameters.empty()) reach.parameters += ' ';
    reach.parameters += std::string(name) + "=" + Quoted(option->val);
  }
  reach.environment["LC_ALL"] = "C";
  return reach;
}

ServerFacts LookAt(Session& session) {
  ServerFacts facts;
  const auto setting = [&](const char* name) {
    return session.Value("SELECT setting FROM pg_settings WHERE name = $1", {name});
  };
  facts.version = static_cast<int>(ParseInt(setting("server_version_num")).value_or(0));
  if (facts.version < kOldestVersion) Refuse("it is older than release 13.");
  if (setting("wal_level") == "minimal") {
    Refuse("its log has no room for backups. Set wal_level = replica and restart it.");
  }
  if (setting("max_wal_senders") == "0") {
    Refuse("nobody may read its log. Set max_wal_senders = 10 and restart it.");
  }
  if (setting("max_replication_slots") == "0") {
    Refuse("nobody may hold its log. Set max_replication_slots = 10 and restart it.");
  }
  facts.user = session.Value("SELECT current_user");
  facts.database = session.Value("SELECT current_database()");
  if (session.Value(
          "SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user") != "t") {
    Refuse("the account \"" + facts.user +
           "\" may not read its log. Run as an administrator: ALTER ROLE \"" + facts.user +
           "\" REPLICATION");
  }
  if (session.Value("SELECT count(*) FROM pg_tablespace") != "2") {
    Refuse("it has tablespaces, which this release does not back up.");
  }
  facts.segment_bytes = ParseInt(setting("wal_segment_size")).value_or(0);
  const auto rows = session.Ask(
      "SELECT s.system_identifier, c.timeline_id, pg_database_size(current_database()) FROM "
      "pg_control_system() s, pg_control_checkpoint() c");
  if (rows.empty() || facts.segment_bytes <= 0) Refuse("it does not say what it is.");
  auto system = static_cast<std::uint64_t>(ParseInt(rows[0][0]).value_or(0));
  for (std::size_t i = facts.system.size(); i-- > 0; system >>= 8) {
    facts.system[i] = static_cast<std::uint8_t>(system);
  }
  facts.timeline = static_cast<std::uint32_t>(ParseInt(rows[0][1]).value_or(0));
  facts.bytes = ParseInt(rows[0][2]).value_or(0);
  return facts;
}

fs::path FindProgram(std::string_view name, int major) {
  std::string older;
  for (int release = major; release <= kNewestMajor; ++release) {
    const auto program = FolderOf(release) / name;
    if (CanRun(program)) return program;
  }
  for (const auto& folder : SearchPath()) {
    const auto program = folder / name;
    if (!CanRun(program)) continue;
    const auto found = MajorOf(program);
    if (found && *found >= major) return program;
    if (found) older = fmt::format("{} is of PostgreSQL {}", program.string(), *found);
  }
  throw Problem(
      ProblemKind::kNotFound,
      fmt::format("{}, and the server is of PostgreSQL {}: install the package "
                  "postgresql-client-{}.",
                  older.empty() ? "The program " + std::string(name) + " is missing" : older, major,
                  major));
}

fs::path FindServerPrograms(int major) {
  if (CanRun(FolderOf(major) / "postgres")) return FolderOf(major);
  for (const auto& folder : SearchPath()) {
    if (CanRun(folder / "postgres") && MajorOf(folder / "postgres") == major) return folder;
  }
  return {};
}

std::int64_t LsnOf(std::string_view text) {
  const auto slash = text.find('/');
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  if (slash == text.npos) return 0;
  std::from_chars(text.data(), text.data() + slash, high, 16);
  std::from_chars(text.data() + slash + 1, text.data() + text.size(), low, 16);
  return static_cast<std::int64_t>(high << 32 | low);
}

std::string TextOfLsn(std::int64_t lsn) {
  return fmt::format("{:X}/{:X}", lsn >> 32, lsn & 0xffffffff);
}

}  // namespace outpost::pg_backup
