#include <cstddef>
#include <cstdint>
#include <string_view>

#include "operations/loadtest/detail/answer_reader.h"
#include "operations/loadtest/ledger.h"
#include "operations/loadtest/restore_scan.h"

/// Whatever a server answers, in whatever pieces, and whatever a ledger file holds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace outpost::loadtest;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  detail::AnswerReader reader;
  RestoreScan scan;
  reader.Reset([&](std::string_view piece, const detail::AnswerReader::Answer& answer) {
    scan.Add(piece, answer.is_gzip);
  });
  RestoreScan plain;
  plain.Add(bytes, false);
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    reader.Add(bytes.substr(at, 7));
    const auto answer = reader.Take();
    if (answer && (answer->status < 0 || answer->status > 999)) __builtin_trap();
  }
  const auto entry = EntryOf(bytes);
  if (entry && EntryOf(LineOf(*entry)).value().form != entry->form) __builtin_trap();
  return 0;
}
