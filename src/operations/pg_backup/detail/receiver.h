#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>

#include "operations/pg_backup/server.h"

/// PostgreSQL's own pg_receivewal, kept running: what the server writes into its log is in the
/// spool folder a moment later. A slot of its own keeps the server from throwing away what was not
/// received yet; both the slot and the folder survive this process.
namespace outpost::pg_backup::detail {

/// Within the folder: what was received before the slot was made anew.
inline constexpr const char* kSetAside = "before";

class Receiver {
 public:
  /// Begins at once. `folder` is made.
  Receiver(std::string location, std::string slot, std::filesystem::path folder);
  /// Stop.
  ~Receiver();

  /// What keeps it from receiving just now; empty when nothing does.
  std::string trouble() const;
  /// Receives nothing more and gives up the slot until told otherwise: what waits would fill the
  /// disk. The log that is written meanwhile is not shipped.
  void GiveUp();
  void BeginAgain();
  bool has_given_up() const;
  void Stop();

 private:
  void Loop();
  /// Until the program ends, or somebody wants it to.
  void Receive();
  void MakeSlot(Session& session) const;
  void SetAside() const;
  bool IsWanted() const;

  const std::string location_, slot_;
  const std::filesystem::path folder_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string trouble_;
  bool is_stopping_ = false, has_given_up_ = false;
  std::thread thread_;
};

/// The slot and what it holds back go. False while the server still believes that it is in use.
bool DropSlot(Session& session, const std::string& slot);

}  // namespace outpost::pg_backup::detail
