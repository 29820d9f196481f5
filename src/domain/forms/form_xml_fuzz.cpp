#include <boost/json.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/problem.h"
#include "domain/forms/form_xml.h"

namespace {

/// What is written must be JSON.
void CheckJson(const std::string& text) {
  boost::json::parse_options options;
  options.max_depth = 600;
  boost::json::error_code error;
  const auto value = boost::json::parse(text, error, {}, options);
  if (error || !value.is_object()) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace forms = outpost::forms;
  try {
    const auto form = outpost::xml::Document::Parse({reinterpret_cast<const char*>(data), size});
    forms::ReadIdentity(form);
    CheckJson(forms::RenderFormJson(form));
    const auto metadata = forms::ReadMetadata(form, std::nullopt);
    CheckJson(metadata.json);
    CheckJson(metadata.api_json);
    const std::string once = forms::NormaliseText(form.root().text());
    if (forms::NormaliseText(once) != once) __builtin_trap();
  } catch (const outpost::Problem& problem) {
    if (problem.kind() != outpost::ProblemKind::kMalformed) __builtin_trap();
  }
  return 0;
}
