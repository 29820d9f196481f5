#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql/testing/scratch_folder.h"
#include "support/admin.h"
#include "support/raw_client.h"
#include "support/server_process.h"

/// What all clients of one scenario share: the server, its engine, who is known by which password,
/// and every answer so far.
namespace outpost::tests {

enum class Engine { kSqlite, kPostgresql };

/// This scenario cannot run here; the text says why.
class Skipped : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class World {
 public:
  World(std::string program, Engine engine, std::filesystem::path fixtures)
      : program_(std::move(program)), engine_(engine), fixtures_(std::move(fixtures)) {}

  /// A server with nothing in it.
  void StartFresh();
  ServerProcess& server();
  bool has_server() const { return server_ != nullptr; }
  Admin& admin();
  /// The commands on the admin socket are one connection: one thread at a time.
  std::mutex& admin_mutex() { return admin_mutex_; }

  /// For the next start.
  void SetSetting(const std::string& key, const std::string& value) { settings_[key] = value; }
  /// Words of OUTPOST_FAULT, or "none". @throws Skipped when the program has no fault files
  void SetFault(const std::string& plan);

  void KnowPassword(const std::string& user, const std::string& password);
  void KnowKey(const std::string& user, const std::string& key);
  /// By the name as written, or its part before the first '@'. @throws ScenarioError
  std::string PasswordOf(const std::string& user) const;
  std::string KeyOf(const std::string& user) const;

  /// Keeps the answer and checks it against all that must never appear.
  void Witness(const Answer& answer);
  /// @throws ScenarioError when any answer so far holds the text
  void NeverAgain(const std::string& text);

  Engine engine() const { return engine_; }
  const std::filesystem::path& fixtures() const { return fixtures_; }

 private:
  std::string program_;
  Engine engine_;
  std::filesystem::path fixtures_;
  std::map<std::string, std::string> settings_;
  std::map<std::string, std::string> passwords_, keys_;
  std::unique_ptr<sql_testing::ScratchFolder> folder_;
  std::unique_ptr<ServerProcess> server_;
  std::unique_ptr<Admin> admin_;
  std::mutex admin_mutex_;
  std::mutex witness_mutex_;
  std::vector<std::string> answers_;
  std::vector<std::string> never_;
};

}  // namespace outpost::tests
