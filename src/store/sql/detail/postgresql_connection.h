#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/sql/connection.h"
#include "store/sql/detail/postgresql_inserts.h"
#include "store/sql/detail/postgresql_result.h"

namespace outpost::sql::detail {

struct PostgresqlOpening {
  std::string location;
  bool is_writer = false;
  std::string schema = {};  // where its tables are; empty: the default of the account
};

/// One session, always in pipeline mode: what is executed is sent along without waiting and its
/// failure is seen at the next round trip. Plain INSERTs of a transaction are gathered and sent
/// before whatever comes after them. A lost session is opened again by the next operation
/// outside a transaction.
class PostgresqlConnection final : public Connection {
 public:
  /// @throws SqlError kUnavailable
  explicit PostgresqlConnection(const PostgresqlOpening& opening);
  ~PostgresqlConnection() override;
  PostgresqlConnection(const PostgresqlConnection&) = delete;
  PostgresqlConnection& operator=(const PostgresqlConnection&) = delete;

  using Connection::Execute;
  using Connection::ExecuteCounted;
  using Connection::Query;

  Engine engine() const override { return Engine::kPostgresql; }
  std::unique_ptr<Rows> Query(std::string_view sql, std::span<const Param> params) override;
  void Execute(std::string_view sql, std::span<const Param> params) override;
  std::int64_t ExecuteCounted(std::string_view sql, std::span<const Param> params) override;
  void QueryEach(std::string_view sql, std::span<const std::vector<Param>> sets,
                 const EachRow& row) override;
  void Begin() override;
  /// When the session is lost on the way, asks the server in a new one what became of the
  /// transaction. @throws SqlError kUnavailable when it was not committed or nobody can tell.
  void Commit() override;
  void Rollback() noexcept override;

 private:
  /// A prepared statement for one choice of parameter types.
  struct Prepared {
    std::string name;
    std::vector<Oid> types;
  };

  /// What the server still owes a result for.
  enum class Owed : std::uint8_t { kPreparation, kTransactionName, kStatement };

  void Connect();
  void ConnectWhenLost();
  void ForgetSession();
  const std::string& Prepare(std::string_view sql, const std::vector<Oid>& types);
  void Send(std::string_view sql, std::span<const Param> params, Owed kind = Owed::kStatement);
  void SendGathered();
  /// Ends the pipeline with a sync and reads all that is owed. @returns the results of the last
  /// `wanted` statements, in order. @throws SqlError for the first that failed.
  std::vector<PgResult> Collect(std::size_t wanted);
  PgResult ReadOwed();
  /// The same after Send, once more in a new session when the old one died in its sleep.
  PgResult RunOne(std::string_view sql, std::span<const Param> params);
  bool WasCommitted(const std::string& transaction) const;
  [[noreturn]] void ThrowLost();

  PostgresqlOpening opening_;
  PGconn* session_ = nullptr;
  /// From Begin to Commit or Rollback, also when the session was lost on the way: nothing may then
  /// run by itself in a new one.
  bool is_in_transaction_ = false;
  std::string transaction_;   // the server's name for the writer's present one
  GatheredInserts gathered_;  // of the present transaction
  std::vector<Owed> owed_;
  std::unordered_map<std::string, std::vector<Prepared>> prepared_;
  std::vector<std::string> unproven_;  // SQL prepared since the last good sync
  std::uint64_t names_given_ = 0;
};

}  // namespace outpost::sql::detail
