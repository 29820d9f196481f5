#include "domain/people/detail/touch.h"

#include <cstring>
#include <functional>
#include <memory>
#include <utility>

#include "base/log.h"
#include "base/problem.h"

namespace outpost::people::detail {
namespace {

class TouchJob final : public sql::WriteJob {
 public:
  explicit TouchJob(std::function<void(sql::Batch&)> apply) : apply_(std::move(apply)) {}

  std::int64_t project() const override { return 0; }
  bool is_bulk() const override { return true; }
  void Apply(sql::Batch& batch) override { apply_(batch); }
  void Done(std::exception_ptr failure) noexcept override {
    if (failure) Log(LogLevel::kWarning, "auth.touch_failed");
  }

 private:
  std::function<void(sql::Batch&)> apply_;
};

void SubmitTouch(sql::Writer& writer, std::function<void(sql::Batch&)> apply) {
  try {
    writer.Submit(std::make_unique<TouchJob>(std::move(apply)));
  } catch (const Problem& problem) {
    Log(LogLevel::kInfo, "auth.touch_skipped", {{"why", NameOf(problem.kind())}});
  }
}

}  // namespace

void Toucher::TouchApiKey(std::int64_t row, Instant now, std::int64_t pause_micros) {
  MemoryKey key{};
  std::memcpy(key.data(), &row, sizeof row);
  const auto last = touched_.Find(key);
  const auto age = last ? now - *last : pause_micros;
  if (age >= 0 && age < pause_micros) return;
  touched_.Put(key, now);
  SubmitTouch(writer_, [row, now](sql::Batch& batch) {
    batch.connection().Execute("UPDATE api_keys SET last_used = $1 WHERE id = $2",
                               {now.micros, row});
  });
}

void Toucher::ExtendSession(std::string token_hash, Instant expires_on) {
  SubmitTouch(writer_, [token_hash = std::move(token_hash), expires_on](sql::Batch& batch) {
    batch.connection().Execute("UPDATE web_sessions SET expires_on = $1 WHERE token_hash = $2",
                               {expires_on.micros, token_hash});
  });
}

}  // namespace outpost::people::detail
