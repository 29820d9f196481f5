#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/sftp/client.h"
#include "store/sftp/detail/pipe.h"
#include "store/sftp/packets.h"

namespace outpost::sftp::detail {

/// One connection that has been greeted. Threads: one at a time. Problems as in client.h, nothing
/// is tried again here.
class Session {
 public:
  Session(const ClientOptions& options, const std::atomic<bool>& is_interrupted);

  /// `unnamed` is told the temporary file while there is one.
  void Put(const std::string& root, std::string_view name, std::string_view bytes,
           std::string& unnamed);
  std::string Get(const std::string& path, std::size_t bytes_max);
  bool Has(const std::string& path);
  void Remove(const std::string& path);
  std::vector<RemoteFile> List(const std::string& folder);
  void MakeFolder(const std::string& path);
  std::optional<std::int64_t> FreeBytes(const std::string& path);

  /// Every question was answered, so that the next one can be asked.
  bool is_in_step() const { return unanswered_ == 0; }

 private:
  struct Listing;
  using Next = std::function<std::optional<Packet>(std::uint32_t id)>;
  using Take = std::function<void(Answer&&)>;

  void Greet();
  std::uint32_t NewId() { return ++last_id_; }
  Answer Receive();
  /// One question, its answer.
  Answer Call(const Packet& packet, std::uint32_t id);
  /// Many questions at once, as many as `next` gives; answers come in any order.
  void CallMany(const Next& next, const Take& take);

  std::string OpenHandle(const std::string& path, std::uint32_t how, bool* is_absent);
  void Close(const std::string& handle);
  void Write(const std::string& handle, std::string_view bytes);
  void Sync(const std::string& handle);
  void Rename(const std::string& from, const std::string& to);
  void MakeFoldersFor(const std::string& root, std::string_view name);
  std::optional<Attributes> Look(const std::string& path);
  void TakeListed(Listing& listing, Answer&& answer);
  void Wait(std::size_t bytes) const;
  [[noreturn]] void ThrowStatus(const Status& status, const std::string& path) const;
  void Expect(const Answer& answer, const std::string& path) const;

  const ClientOptions& options_;
  const std::atomic<bool>& is_interrupted_;
  Pipe pipe_;
  std::map<std::string, std::string> extensions_;
  std::uint32_t last_id_ = 0;
  int unanswered_ = 0;
};

}  // namespace outpost::sftp::detail
