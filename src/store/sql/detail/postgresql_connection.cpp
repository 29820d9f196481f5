#include "store/sql/detail/postgresql_connection.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/text.h"

namespace outpost::sql::detail {
namespace {

/// Over so many results owed, Execute asks for them: bounds what a failing batch sends in vain.
constexpr std::size_t kOwedMax = 512;
/// Parameter sets of QueryEach in one round trip.
constexpr std::size_t kSetsPerTrip = 128;
/// SQL made at run time must not pile up on the server: then the session is replaced.
constexpr std::size_t kPreparedMax = 1'000;
constexpr int kStatusAttempts = 50;
constexpr std::chrono::milliseconds kStatusPause{100};

// Waiting for the turn of a batch is bounded, and so is what others wait for a process that died in
// the middle of one. An acknowledged commit is on disk whatever the server's default is.
constexpr const char* kWriterSettings =
    "SET synchronous_commit = on; SET lock_timeout = '10s'; SET jit = off;"
    "SET idle_in_transaction_session_timeout = '30s'; SET timezone = 'UTC'";
// A transaction of a reader sees one state of the database throughout, as on SQLite.
constexpr const char* kReaderSettings =
    "SET default_transaction_read_only = on; SET jit = off; SET timezone = 'UTC';"
    "SET default_transaction_isolation = 'repeatable read'";

SqlError::Cause CauseOfState(std::string_view state) {
  if (state.starts_with("23")) return SqlError::Cause::kConstraint;
  if (state == "53100") return SqlError::Cause::kDiskFull;
  const bool is_away = state.starts_with("08") || state.starts_with("57P") || state == "53300" ||
                       state == "55P03" || state == "25P03";
  return is_away ? SqlError::Cause::kUnavailable : SqlError::Cause::kOther;
}

/// Without the server's detail line, which quotes values: they may be personal.
SqlError ErrorOf(const PGresult* result) {
  const auto field = [result](int code) {
    const char* text = PQresultErrorField(result, code);
    return std::string(text == nullptr ? "" : text);
  };
  const auto state = field(PG_DIAG_SQLSTATE);
  return {"PostgreSQL " + state + ": " + field(PG_DIAG_MESSAGE_PRIMARY), CauseOfState(state)};
}

/// The highest $n of a statement.
std::size_t CountParameters(std::string_view sql) {
  std::size_t highest = 0;
  for (auto at = sql.find('$'); at != std::string_view::npos; at = sql.find('$', at + 1)) {
    std::size_t number = 0;
    for (auto i = at + 1; i < sql.size() && sql[i] >= '0' && sql[i] <= '9'; ++i) {
      number = number * 10 + static_cast<std::size_t>(sql[i] - '0');
    }
    highest = std::max(highest, number);
  }
  return highest;
}

void IgnoreNotice(void* /*unused*/, const PGresult* /*notice*/) {}

PGconn* OpenSession(const std::string& location) {
  const std::array keywords = {"application_name",
                               "connect_timeout",
                               "client_encoding",
                               "keepalives_idle",
                               "tcp_user_timeout",
                               "dbname",
                               static_cast<const char*>(nullptr)};
  const std::array values = {
      "outpost", "5", "UTF8", "10", "15000", location.c_str(), static_cast<const char*>(nullptr)};
  return PQconnectdbParams(keywords.data(), values.data(), /*expand_dbname=*/1);
}

bool IsCompatible(const std::vector<Oid>& prepared, const std::vector<Oid>& given) {
  if (prepared.size() != given.size()) return false;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i] != 0 && prepared[i] != 0 && given[i] != prepared[i]) return false;
  }
  return true;
}

}  // namespace

PostgresqlConnection::PostgresqlConnection(const PostgresqlOpening& opening) : opening_(opening) {
  Connect();
}

PostgresqlConnection::~PostgresqlConnection() { PQfinish(session_); }

void PostgresqlConnection::Connect() {
  ForgetSession();
  session_ = OpenSession(opening_.location);
  if (PQstatus(session_) != CONNECTION_OK) ThrowLost();
  PQsetNoticeReceiver(session_, IgnoreNotice, nullptr);
  std::string settings = opening_.is_writer ? kWriterSettings : kReaderSettings;
  if (!opening_.schema.empty()) settings += ";SET search_path = " + opening_.schema;
  const PgResult set(PQexec(session_, settings.c_str()));
  if (PQresultStatus(set.get()) != PGRES_COMMAND_OK) ThrowLost();
  if (PQenterPipelineMode(session_) != 1) ThrowLost();
}

void PostgresqlConnection::ForgetSession() {
  PQfinish(session_);
  session_ = nullptr;
  gathered_.Clear();
  owed_.clear();
  prepared_.clear();
  unproven_.clear();
}

void PostgresqlConnection::ConnectWhenLost() {
  if (is_in_transaction_) {
    if (session_ == nullptr) {
      throw SqlError("PostgreSQL: the session of this transaction is lost",
                     SqlError::Cause::kUnavailable);
    }
    return;
  }
  const bool is_usable = session_ != nullptr && PQstatus(session_) == CONNECTION_OK;
  if (!is_usable || (prepared_.size() > kPreparedMax && owed_.empty())) Connect();
}

void PostgresqlConnection::ThrowLost() {
  const std::string message =
      session_ == nullptr ? "no session" : std::string(Trim(PQerrorMessage(session_)));
  ForgetSession();
  throw SqlError("PostgreSQL: " + message, SqlError::Cause::kUnavailable);
}

const std::string& PostgresqlConnection::Prepare(std::string_view sql,
                                                 const std::vector<Oid>& types) {
  std::string key(sql);
  auto& variants = prepared_[key];
  for (const auto& variant : variants) {
    if (IsCompatible(variant.types, types)) return variant.name;
  }
  if (CountParameters(sql) != types.size()) {
    throw SqlError("wrong number of values in: " + key, SqlError::Cause::kOther);
  }
  auto name = "s" + std::to_string(++names_given_);
  if (PQsendPrepare(session_, name.c_str(), key.c_str(), static_cast<int>(types.size()),
                    types.data()) != 1) {
    ThrowLost();
  }
  owed_.push_back(Owed::kPreparation);
  unproven_.push_back(std::move(key));
  variants.push_back({std::move(name), types});
  return variants.back().name;
}

void PostgresqlConnection::Send(std::string_view sql, std::span<const Param> params, Owed kind) {
  constexpr int kBinaryResults = 1;
  SendGathered();
  const PostgresqlParams bound(params);
  const auto& name = Prepare(sql, bound.types());
  if (PQsendQueryPrepared(session_, name.c_str(), bound.size(), bound.values(), bound.lengths(),
                          bound.formats(), kBinaryResults) != 1) {
    ThrowLost();
  }
  owed_.push_back(kind);
}

void PostgresqlConnection::SendGathered() {
  constexpr int kBinaryResults = 1;
  if (gathered_.empty()) return;
  std::vector<int> formats;
  gathered_.ForEach([&](const BinaryStatement& statement) {
    const auto& name = Prepare(*statement.sql, statement.types);
    formats.resize(std::max(formats.size(), statement.values.size()), 1);
    if (PQsendQueryPrepared(session_, name.c_str(), static_cast<int>(statement.values.size()),
                            statement.values.data(), statement.lengths.data(), formats.data(),
                            kBinaryResults) != 1) {
      ThrowLost();
    }
    owed_.push_back(Owed::kStatement);
  });
  gathered_.Clear();
}

/// One result and the null that ends it.
PgResult PostgresqlConnection::ReadOwed() {
  PgResult result(PQgetResult(session_));
  if (result == nullptr || PQstatus(session_) != CONNECTION_OK) ThrowLost();
  while (PGresult* more = PQgetResult(session_)) PQclear(more);
  return result;
}

std::vector<PgResult> PostgresqlConnection::Collect(std::size_t wanted) {
  if (session_ == nullptr || PQpipelineSync(session_) != 1) ThrowLost();
  std::vector<PgResult> results;
  std::optional<SqlError> failure;
  std::size_t statements_left = 0;
  for (const auto owed : owed_) statements_left += owed == Owed::kStatement ? 1 : 0;
  for (const auto owed : std::exchange(owed_, {})) {
    auto result = ReadOwed();
    const auto status = PQresultStatus(result.get());
    const bool is_good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!is_good && !failure) failure = ErrorOf(result.get());
    if (owed == Owed::kTransactionName && is_good) {
      transaction_ = PQgetvalue(result.get(), 0, 0);
    } else if (owed == Owed::kStatement && statements_left-- <= wanted) {
      results.push_back(std::move(result));
    }
  }
  const PgResult sync(PQgetResult(session_));
  if (PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) ThrowLost();
  if (failure) {
    // Preparations after the one that failed were skipped; which, is not worth finding out.
    for (const auto& sql : std::exchange(unproven_, {})) prepared_.erase(sql);
    throw SqlError(*failure);
  }
  unproven_.clear();
  return results;
}

PgResult PostgresqlConnection::RunOne(std::string_view sql, std::span<const Param> params) {
  const bool may_repeat = !is_in_transaction_ && !opening_.is_writer;
  try {
    ConnectWhenLost();
    Send(sql, params);
    return std::move(Collect(1).front());
  } catch (const SqlError& error) {
    if (!may_repeat || session_ != nullptr) throw;
  }
  ConnectWhenLost();
  Send(sql, params);
  return std::move(Collect(1).front());
}

std::unique_ptr<Rows> PostgresqlConnection::Query(std::string_view sql,
                                                  std::span<const Param> params) {
  return std::make_unique<PostgresqlRows>(RunOne(sql, params));
}

void PostgresqlConnection::Execute(std::string_view sql, std::span<const Param> params) {
  ++writes_;
  ConnectWhenLost();
  if (!is_in_transaction_ || !gathered_.Add(sql, params)) {
    Send(sql, params);
  } else if (gathered_.is_full()) {
    SendGathered();
  }
  if (!is_in_transaction_ || owed_.size() > kOwedMax) Collect(0);
}

std::int64_t PostgresqlConnection::ExecuteCounted(std::string_view sql,
                                                  std::span<const Param> params) {
  ++writes_;
  const auto result = RunOne(sql, params);
  return ParseInt(PQcmdTuples(result.get())).value_or(0);
}

void PostgresqlConnection::QueryEach(std::string_view sql, std::span<const std::vector<Param>> sets,
                                     const EachRow& row) {
  for (std::size_t first = 0; first < sets.size(); first += kSetsPerTrip) {
    const auto some = sets.subspan(first, std::min(kSetsPerTrip, sets.size() - first));
    ConnectWhenLost();
    for (const auto& set : some) Send(sql, set);
    auto results = Collect(some.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
      PostgresqlRows rows(std::move(results[i]));
      while (rows.Next()) row(first + i, rows);
    }
  }
}

void PostgresqlConnection::Begin() {
  ConnectWhenLost();
  is_in_transaction_ = true;
  transaction_.clear();
  Send("BEGIN", {});
  if (opening_.is_writer) {
    Send("SELECT CAST(pg_current_xact_id() AS TEXT)", {}, Owed::kTransactionName);
  }
}

void PostgresqlConnection::Commit() {
  ConnectWhenLost();
  try {
    Send("COMMIT", {});
    const auto result = std::move(Collect(1).front());
    // A transaction in which something failed answers COMMIT with ROLLBACK.
    if (std::string_view(PQcmdStatus(result.get())) != "COMMIT") {
      throw SqlError("PostgreSQL rolled the transaction back", SqlError::Cause::kOther);
    }
  } catch (const SqlError&) {
    if (session_ != nullptr || transaction_.empty() || !WasCommitted(transaction_)) throw;
  }
  is_in_transaction_ = false;
}

bool PostgresqlConnection::WasCommitted(const std::string& transaction) const {
  struct Finish {
    void operator()(PGconn* session) const { PQfinish(session); }
  };
  for (int attempt = 0; attempt < kStatusAttempts; ++attempt) {
    if (attempt > 0) std::this_thread::sleep_for(kStatusPause);
    const std::unique_ptr<PGconn, Finish> session(OpenSession(opening_.location));
    if (PQstatus(session.get()) != CONNECTION_OK) continue;
    const std::array values = {transaction.c_str()};
    const PgResult result(PQexecParams(session.get(), "SELECT pg_xact_status(CAST($1 AS xid8))", 1,
                                       nullptr, values.data(), nullptr, nullptr, 0));
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) continue;
    const std::string_view status = PQgetvalue(result.get(), 0, 0);
    if (status == "in progress") continue;
    Log(LogLevel::kWarning, "store.commit_looked_up", {{"outcome", status}});
    return status == "committed";
  }
  Log(LogLevel::kError, "store.commit_unknown", {{"transaction", transaction}});
  return false;
}

void PostgresqlConnection::Rollback() noexcept {
  if (!is_in_transaction_ && owed_.empty()) return;
  is_in_transaction_ = false;
  gathered_.Clear();
  if (session_ == nullptr) return;
  try {
    // First the failure that is on its way: it would make the server skip the ROLLBACK.
    try {
      if (!owed_.empty()) Collect(0);
    } catch (const SqlError&) {
      if (session_ == nullptr) return;
    }
    Send("ROLLBACK", {});
    Collect(0);
  } catch (const std::exception& error) {
    Log(LogLevel::kWarning, "store.rollback_failed", {{"error", error.what()}});
    ForgetSession();  // the server rolls back what a lost session leaves
  }
}

}  // namespace outpost::sql::detail
