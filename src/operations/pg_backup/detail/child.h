#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "operations/backup/files.h"

/// A program of PostgreSQL's as a child process. It ends with the thread that started it, however
/// that ends, so start it where somebody waits for it.
namespace outpost::pg_backup::detail {

struct ChildPlan {
  std::filesystem::path program;
  std::vector<std::string> arguments;  // without the name; no secrets: others can read them
  std::map<std::string, std::string> environment;  // beside the process's own
  std::optional<uid_t> user;                       // and its group, when we may change to it
  std::optional<gid_t> group;
  std::filesystem::path output;  // a file for what it says on both outputs; empty: pipes
};

/// Threads: one at a time.
class Child {
 public:
  /// @throws Problem when it cannot be started
  explicit Child(const ChildPlan& plan);
  /// Kills it when it runs.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// From its standard output; what it says on the other one is kept for words(). 0: it closed it,
  /// -1: nothing came within a second.
  std::ptrdiff_t Read(char* out, std::size_t length);
  /// Whether it has ended; takes in what it says, waiting at most so long.
  bool HasEnded(int wait_milliseconds);
  /// Waits for its end. @returns whether that was exit code 0
  bool Wait();
  void Signal(int number) const;
  /// The end of what it said on standard error.
  const std::string& words() const { return words_; }

 private:
  void TakeWords();

  pid_t id_ = -1;
  int status_ = 0;
  backup::Descriptor output_, errors_;
  std::string words_;
};

}  // namespace outpost::pg_backup::detail
