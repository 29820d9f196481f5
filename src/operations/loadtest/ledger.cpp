#include "operations/loadtest/ledger.h"

#include <algorithm>
#include <fstream>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::loadtest {
namespace {

constexpr std::size_t kLineCharacters = 2 * kUuidCharacters + 3;

std::optional<Uuid> UuidOf(std::string_view text) {
  if (text.size() != kUuidCharacters) return std::nullopt;
  std::string hex(text);
  std::erase(hex, '-');
  const auto bytes = BytesOfHex(hex);
  Uuid uuid{};
  if (!bytes || bytes->size() != uuid.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), uuid.begin());
  return uuid;
}

}  // namespace

std::string LineOf(const LedgerEntry& entry) {
  std::string line;
  line.reserve(kLineCharacters);
  AppendUuid(line, entry.form);
  line += ' ';
  AppendUuid(line, entry.case_id);
  line += entry.is_acknowledged ? " 1" : " 0";
  return line;
}

std::optional<LedgerEntry> EntryOf(std::string_view line) {
  if (line.size() != kLineCharacters) return std::nullopt;
  const auto form = UuidOf(line.substr(0, kUuidCharacters));
  const auto case_id = UuidOf(line.substr(kUuidCharacters + 1, kUuidCharacters));
  const char last = line.back();
  if (!form || !case_id || (last != '0' && last != '1')) return std::nullopt;
  return LedgerEntry{*form, *case_id, last == '1'};
}

Ledger::Ledger(const std::filesystem::path& file) {
  if (file.empty()) return;
  file_.reset(std::fopen(file.c_str(), "we"));
  if (file_ == nullptr) {
    throw Problem(ProblemKind::kBadRequest, "The ledger " + file.string() + " cannot be written.");
  }
}

void Ledger::Add(const LedgerEntry& entry) {
  entries_.push_back(entry);
  if (file_ != nullptr) std::fprintf(file_.get(), "%s\n", LineOf(entry).c_str());
}

void Ledger::Flush() {
  if (file_ != nullptr) std::fflush(file_.get());
}

std::vector<LedgerEntry> Ledger::Read(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw Problem(ProblemKind::kNotFound, "There is no ledger " + file.string() + ".");
  std::vector<LedgerEntry> entries;
  std::string line;
  std::uint32_t number = 0;
  while (std::getline(in, line)) {
    ++number;
    if (const auto entry = EntryOf(line)) {
      entries.push_back(*entry);
    } else if (!in.eof()) {
      throw Problem("This is no line of a ledger.", {number, 1});
    }
  }
  return entries;
}

}  // namespace outpost::loadtest
