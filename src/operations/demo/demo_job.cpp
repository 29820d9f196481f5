#include <atomic>
#include <boost/json.hpp>
#include <mutex>
#include <optional>
#include <thread>

#include "base/log.h"
#include "base/problem.h"
#include "operations/demo/demo.h"

namespace outpost::demo {
namespace {

namespace json = boost::json;

json::object ObjectOf(const DemoResult& result) {
  return {{"forms_planned", result.forms_planned}, {"forms_added", result.forms_added},
          {"households", result.households},       {"pregnancies", result.pregnancies},
          {"children", result.children},           {"worker", result.worker},
          {"administrator", result.administrator}, {"password", result.password}};
}

std::int64_t NumberOf(const json::value& value, std::string_view key) {
  if (!value.is_int64() || value.get_int64() < 0) {
    throw Problem(ProblemKind::kBadRequest, "\"" + std::string(key) + "\" must be a whole number.");
  }
  return value.get_int64();
}

DemoOptions OptionsOf(std::string_view text) {
  json::error_code error;
  const auto value = json::parse(text.empty() ? "{}" : text, error);
  if (error || !value.is_object()) {
    throw Problem(ProblemKind::kMalformed, "The arguments are no JSON object.");
  }
  DemoOptions options;
  for (const auto& [key, argument] : value.get_object()) {
    if (key == "seed") {
      options.seed = static_cast<std::uint64_t>(NumberOf(argument, key));
    } else if (key == "forms") {
      options.forms = NumberOf(argument, key);
    } else if (key == "password" && argument.is_string()) {
      options.password = argument.get_string();
    } else {
      throw Problem(ProblemKind::kBadRequest, "\"" + std::string(key) + "\" is no argument.");
    }
  }
  return options;
}

}  // namespace

std::string JsonOf(const DemoResult& result) { return json::serialize(ObjectOf(result)); }

struct DemoJob::Impl {
  enum class State : std::uint8_t { kIdle, kRunning, kDone, kFailed };

  void Work(const DemoOptions& options) {
    try {
      auto made = FillDemo(intake, database, writer, directory, options,
                           [this](std::int64_t so_far, std::int64_t of) {
                             done = so_far;
                             all = of;
                             return !is_stopping;
                           });
      const std::lock_guard lock(mutex);
      result = std::move(made);
      state = State::kDone;
    } catch (const std::exception& problem) {
      Log(LogLevel::kError, "demo.failed", {{"error", problem.what()}});
      const std::lock_guard lock(mutex);
      error = problem.what();
      state = State::kFailed;
    }
  }

  void StartUnlessRunning(const DemoOptions& options) {
    const std::lock_guard lock(mutex);
    if (state == State::kRunning || is_stopping) return;
    if (thread.joinable()) thread.join();
    state = State::kRunning;
    done = all = 0;
    result.reset();
    error.clear();
    thread = std::thread([this, options] { Work(options); });
  }

  std::string Status() const {
    constexpr std::string_view kNames[] = {"idle", "running", "done", "failed"};
    const std::lock_guard lock(mutex);
    json::object status{{"state", kNames[static_cast<std::size_t>(state)]},
                        {"done", done.load()},
                        {"all", all.load()}};
    if (result) status["result"] = ObjectOf(*result);
    if (!error.empty()) status["error"] = error;
    return json::serialize(status);
  }

  intake::Intake& intake;
  sql::Database& database;
  sql::Writer& writer;
  projects::Directory& directory;
  mutable std::mutex mutex;
  State state = State::kIdle;
  std::optional<DemoResult> result;
  std::string error;
  std::atomic<std::int64_t> done{0}, all{0};
  std::atomic<bool> is_stopping{false};
  std::thread thread;
};

DemoJob::DemoJob(intake::Intake& intake, sql::Database& database, sql::Writer& writer,
                 projects::Directory& directory)
    : impl_(new Impl{intake, database, writer, directory, {}, {}, {}, {}, {}, {}, {}, {}}) {}

DemoJob::~DemoJob() { Stop(); }

void DemoJob::Stop() {
  impl_->is_stopping = true;
  if (impl_->thread.joinable()) impl_->thread.join();
}

std::string DemoJob::AnswerFill(std::string_view text) {
  impl_->StartUnlessRunning(OptionsOf(text));
  return impl_->Status();
}

std::string DemoJob::AnswerStatus() const { return impl_->Status(); }

}  // namespace outpost::demo
