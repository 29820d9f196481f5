#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/problem.h"
#include "domain/apps/detail/rewrite.h"
#include "format/xml/source_tags.h"

/// Profiles and suites that no parser has accepted: editing them must stay inside the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace outpost::apps::detail;
  const std::string_view xml(reinterpret_cast<const char*>(data), size);
  const Addresses addresses{"https://new.example", "demo", "app", "build"};
  const NewVersions versions{7, {{"suite", 7}, {"a", 3}}};
  const auto address_of = [](std::string_view path) {
    return "https://new.example/" + std::string(path);
  };
  try {
    RewriteSuite(xml, {addresses, versions, address_of, "suite.xml"});
  } catch (const outpost::Problem&) {
  }
  try {
    RewriteProfile(xml, {addresses, versions, address_of, "profile.ccpr", {"media-suite"}, "p"});
  } catch (const outpost::Problem&) {
  }
  outpost::xml::DecodeReferences(xml);
  return 0;
}
