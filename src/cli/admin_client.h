#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

/// How commands ask the server that owns a data folder (operations/admin).
namespace outpost::cli {

/// Runs one admin command and returns its answer, a JSON object: over DATA/admin.sock when a server
/// runs, else in this process, which then owns the folder for that moment.
/// @throws Problem as the command did; kNotFound when there is no such folder and the command does
///         not create something; kConflict when a server owns the folder but cannot be asked.
std::string CallServer(const std::filesystem::path& data, std::string_view command,
                       std::string_view json);

/// The same of a server that runs. @throws Problem kBusy when none does
std::string AskRunning(const std::filesystem::path& data, std::string_view command,
                       std::string_view json);

/// Everything that admin commands need, opened without a server. Owns the data folder while it
/// lives. The database is the one that OUTPOST_DATABASE_LOCATION names, else that of the folder.
class OfflineServer {
 public:
  explicit OfflineServer(const std::filesystem::path& data);
  ~OfflineServer();

  std::string Run(std::string_view command, std::string_view json);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace outpost::cli
