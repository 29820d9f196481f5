#include <cstddef>
#include <cstdint>

#include "base/problem.h"
#include "domain/forms/form_xml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto form = outpost::xml::Document::Parse({reinterpret_cast<const char*>(data), size});
    outpost::forms::ReadIdentity(form);
    outpost::forms::RenderFormJson(form);
    outpost::forms::ReadMetadata(form, std::nullopt);
  } catch (const outpost::Problem& problem) {
    if (problem.kind() != outpost::ProblemKind::kMalformed) __builtin_trap();
  }
  return 0;
}
