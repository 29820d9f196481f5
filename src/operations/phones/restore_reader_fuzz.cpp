#include <cstddef>
#include <cstdint>

#include "operations/phones/purge.h"
#include "operations/phones/restore_reader.h"
#include "operations/phones/state_hash.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace outpost::phones;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ReadPending(bytes);
  ReadSearchResults(bytes);
  MessageOfNature(bytes, "processing_failure");
  PhoneStore store;
  store.cases["held"].owner_id = "me";
  const auto before = store.cases;
  const auto read = ApplyRestore(bytes, store);
  if (read.is_accepted != read.refusal.empty()) __builtin_trap();
  if (!read.is_accepted && (store.cases != before || !store.fixtures.empty())) __builtin_trap();

  PhoneStore lean;
  lean.cases["held"].owner_id = "me";
  const auto again = ApplyRestore(bytes, lean, {.keep = Keep::kRules});
  if (again.is_accepted != read.is_accepted) __builtin_trap();
  // What is purged does not depend on how much is kept.
  const auto purged = Purge(store);
  if (Purge(lean).removed != purged.removed) __builtin_trap();
  if (StateDigest(store.cases) != StateDigest(lean.cases)) __builtin_trap();
  return 0;
}
