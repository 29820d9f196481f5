#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql/testing/scratch_folder.h"
#include "support/admin.h"
#include "support/raw_client.h"
#include "support/server_process.h"

/// What the corpus's cases share: one server, where each case has project spaces of its own.
namespace outpost::tests {

/// What a case found wrong; empty when it passes.
using Findings = std::vector<std::string>;

class Stage {
 public:
  /// Starts the server. `database` is empty for SQLite.
  Stage(std::string program, std::string database, std::filesystem::path corpus);

  /// Another server of the same program and corpus, on SQLite, with these settings.
  Stage(const Stage& like, std::map<std::string, std::string> settings);

  /// Starts the server again when a case ended it. @returns what happened, empty when it runs.
  std::string Revive();
  /// @throws ServerError
  void Stop() { server_.Stop(); }

  RawClient& client() { return *client_; }
  Admin& admin() { return *admin_; }

  /// Bytes of a data file of the corpus.
  std::string Read(std::string_view name) const;
  void CreateProject(std::string_view name, bool is_secure);
  /// An ISO datetime, or "real".
  void SetClock(std::string_view at);

 private:
  void Connect();

  sql_testing::ScratchFolder folder_;
  std::filesystem::path corpus_;
  ServerProcess server_;
  std::unique_ptr<RawClient> client_;
  std::unique_ptr<Admin> admin_;
};

/// One runner per layout of the corpus. `number` makes names of project spaces.
Findings RunWireCase(Stage& stage, const boost::json::object& entry, int number);
Findings RunHistoryCase(Stage& stage, const boost::json::object& entry, int number);
Findings RunDeviceLogCase(Stage& stage, const boost::json::object& entry, int number);

}  // namespace outpost::tests
