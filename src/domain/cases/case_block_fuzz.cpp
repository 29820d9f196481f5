#include <cstddef>
#include <cstdint>
#include <map>

#include "base/problem.h"
#include "domain/cases/case.h"
#include "domain/cases/case_block.h"
#include "domain/cases/case_views.h"

namespace {

using namespace outpost;

/// Applies every block of a form to cases that start empty, and shows what comes out.
void ApplyAll(const cases::FoundBlocks& found) {
  const cases::FormContext form{"user", Instant{1'700'000'000'000'000}};
  std::map<std::string, cases::Case> known;
  for (const auto& block : found.blocks) {
    auto& c = known[block.case_id];
    c.case_id = block.case_id;
    std::int64_t bits = 0;
    if (cases::ApplyBlock(c, block, form, bits)) return;
    if (c.modified_on < block.date_modified) __builtin_trap();
  }
  for (const auto& [id, c] : known) {
    if (cases::ParseProperties(cases::RenderProperties(c)).size() != c.properties.size()) {
      __builtin_trap();
    }
    cases::RenderApiCase(c, "demo", {});
    cases::RenderCaseDocument(c, "demo", {}, {}, {});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto form = xml::Document::Parse({reinterpret_cast<const char*>(data), size});
    const auto found = cases::FindCaseBlocks(form);
    if (!found.error) ApplyAll(found);
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kMalformed) __builtin_trap();
  }
  return 0;
}
