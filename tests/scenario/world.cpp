#include "scenario/world.h"

#include "scenario/script.h"
#include "store/sql/testing/scratch_postgresql.h"

namespace outpost::tests {
namespace {

constexpr std::size_t kAnswersKeptMax = 20'000;

std::string Find(const std::map<std::string, std::string>& known, const std::string& user,
                 const char* what) {
  auto found = known.find(user);
  if (found == known.end()) found = known.find(user.substr(0, user.find('@')));
  if (found == known.end()) throw ScenarioError(std::string("no ") + what + " known of " + user);
  return found->second;
}

std::string WholeText(const Answer& answer) {
  std::string text;
  for (const auto& [name, value] : answer.headers) text += name + ": " + value + "\n";
  return text + answer.body;
}

}  // namespace

void World::StartFresh() {
  server_.reset();
  admin_.reset();
  folder_ = std::make_unique<sql_testing::ScratchFolder>();
  ServerPlan plan{program_, folder_->path(), {}, settings_, {}};
  if (engine_ == Engine::kPostgresql) {
    auto* database = sql_testing::ScratchPostgresql::Shared();
    if (database == nullptr) throw Skipped("there is no PostgreSQL here");
    plan.database = database->NewDatabase();
  }
  server_ = std::make_unique<ServerProcess>(std::move(plan));
  server_->Start();
  admin_ = std::make_unique<Admin>(server_->admin_origin());
}

ServerProcess& World::server() {
  if (server_ == nullptr) throw ScenarioError("there is no server yet: server fresh");
  return *server_;
}

Admin& World::admin() {
  server();
  return *admin_;
}

void World::SetFault(const std::string& plan) {
  const auto done = admin().Find("test.fault", {{"rule", plan == "none" ? std::string() : plan}});
  if (!done) throw Skipped("the program was built without fault files");
}

void World::KnowPassword(const std::string& user, const std::string& password) {
  passwords_[user] = password;
}

void World::KnowKey(const std::string& user, const std::string& key) { keys_[user] = key; }

std::string World::PasswordOf(const std::string& user) const {
  return Find(passwords_, user, "password");
}

std::string World::KeyOf(const std::string& user) const { return Find(keys_, user, "key"); }

void World::Witness(const Answer& answer) {
  const std::lock_guard lock(witness_mutex_);
  auto text = WholeText(answer);
  for (const auto& never : never_) {
    if (text.find(never) == std::string::npos) continue;
    throw ScenarioError("an answer holds what must never appear, \"" + never + "\": " + text);
  }
  if (answers_.size() < kAnswersKeptMax) answers_.push_back(std::move(text));
}

void World::NeverAgain(const std::string& text) {
  const std::lock_guard lock(witness_mutex_);
  never_.push_back(text);
  for (const auto& answer : answers_) {
    if (answer.find(text) == std::string::npos) continue;
    throw ScenarioError("an answer held what must never appear, \"" + text + "\": " + answer);
  }
}

}  // namespace outpost::tests
