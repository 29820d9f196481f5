#include "store/sql/database.h"

#include <sodium.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include "base/problem.h"
#include "store/sql/detail/postgresql_database.h"
#include "store/sql/detail/sqlite_database.h"
#include "store/sql/migrations.h"

namespace outpost::sql {
namespace {

constexpr std::chrono::seconds kReaderWaitMax{5};

}  // namespace

struct Database::Pool {
  std::mutex mutex;
  std::condition_variable given_back;
  std::vector<std::unique_ptr<Connection>> idle;
  int open = 0;
  int open_max = 1;

  void Return(std::unique_ptr<Connection> connection) {
    {
      const std::lock_guard lock(mutex);
      idle.push_back(std::move(connection));
    }
    given_back.notify_one();
  }
  void Forget() {
    {
      const std::lock_guard lock(mutex);
      --open;
    }
    given_back.notify_one();
  }
};

Database::Database() : pool_(std::make_unique<Pool>()) {}
Database::~Database() = default;

Engine EngineAt(std::string_view location) {
  const bool is_postgresql =
      location.starts_with("postgresql://") || location.starts_with("postgres://");
  return is_postgresql ? Engine::kPostgresql : Engine::kSqlite;
}

std::unique_ptr<Database> Database::Make(const DatabaseOptions& options, const SideSchema* side) {
  OUTPOST_CHECK(sodium_init() >= 0);
  static_assert(crypto_shorthash_KEYBYTES == 16);
  std::unique_ptr<Database> database;
  if (EngineAt(options.location) == Engine::kPostgresql) {
    database = std::make_unique<detail::PostgresqlDatabase>(options, side);
  } else {
    database = std::make_unique<detail::SqliteDatabase>(options, side);
  }
  database->pool_->open_max = options.readers_max;
  return database;
}

std::unique_ptr<Database> Database::Open(const DatabaseOptions& options) {
  return Make(options, nullptr);
}

std::unique_ptr<Database> Database::OpenBeside(const DatabaseOptions& options,
                                               const SideSchema& schema) {
  return Make(options, &schema);
}

ReadLease Database::Read() {
  std::unique_lock lock(pool_->mutex);
  const auto is_free = [this] { return !pool_->idle.empty() || pool_->open < pool_->open_max; };
  if (!pool_->given_back.wait_for(lock, kReaderWaitMax, is_free)) {
    throw Problem(ProblemKind::kBusy, "The server is busy. Please try again in a moment.",
                  "no reading connection became free");
  }
  if (!pool_->idle.empty()) {
    auto connection = std::move(pool_->idle.back());
    pool_->idle.pop_back();
    return {std::move(connection), this};
  }
  ++pool_->open;
  lock.unlock();
  try {
    return {OpenReader(), this};
  } catch (...) {
    pool_->Forget();
    throw;
  }
}

std::int64_t Database::HashOf(std::int64_t project, std::string_view external_id) const {
  constexpr std::size_t kShortIdBytes = 248;
  std::array<unsigned char, sizeof(project) + kShortIdBytes> near_by{};
  std::vector<unsigned char> far;
  auto* input = near_by.data();
  const std::size_t length = sizeof(project) + external_id.size();
  if (length > near_by.size()) {
    far.resize(length);
    input = far.data();
  }
  for (std::size_t i = 0; i < sizeof(project); ++i) {
    input[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(project) >> (8 * i));
  }
  if (!external_id.empty()) {
    std::memcpy(input + sizeof(project), external_id.data(), external_id.size());
  }
  std::array<unsigned char, crypto_shorthash_BYTES> hash{};
  crypto_shorthash(hash.data(), input, length,
                   reinterpret_cast<const unsigned char*>(hash_key_.data()));
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < hash.size(); ++i) number |= std::uint64_t{hash[i]} << (8 * i);
  return static_cast<std::int64_t>(number);
}

ReadLease::ReadLease(std::unique_ptr<Connection> connection, Database* owner)
    : connection_(std::move(connection)), owner_(owner) {}

ReadLease::ReadLease(ReadLease&& other) noexcept
    : connection_(std::move(other.connection_)), owner_(other.owner_) {}

ReadLease::~ReadLease() {
  if (connection_ == nullptr) return;
  // A request that ended in a Problem may have left its read transaction open.
  connection_->Rollback();
  owner_->pool_->Return(std::move(connection_));
}

}  // namespace outpost::sql
