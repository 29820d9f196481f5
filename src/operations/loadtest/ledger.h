#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/seeded_random.h"

/// What the load generator knows of the forms it has sent, kept apart from the server that is
/// tested. 33 bytes of memory a form.
namespace outpost::loadtest {

struct LedgerEntry {
  Uuid form{};
  Uuid case_id{};
  bool is_acknowledged = false;  // else sent, but never answered: may be there or not
};

/// One line an entry: form id, blank, case id, blank, 1 or 0.
std::string LineOf(const LedgerEntry& entry);
/// Reads such a line, without its end.
std::optional<LedgerEntry> EntryOf(std::string_view line);

class Ledger {
 public:
  /// Also writes each entry to `file` unless it is empty.
  /// @throws Problem kBadRequest when the file cannot be made.
  explicit Ledger(const std::filesystem::path& file = {});

  void Add(const LedgerEntry& entry);
  /// Forces what was added into the file, as far as the system's cache.
  void Flush();
  const std::vector<LedgerEntry>& entries() const { return entries_; }

  /// Reads a file that Ledger has written; a half line at its end is left out.
  /// @throws Problem kNotFound, kMalformed with the line.
  static std::vector<LedgerEntry> Read(const std::filesystem::path& file);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::vector<LedgerEntry> entries_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace outpost::loadtest
