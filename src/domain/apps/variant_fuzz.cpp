#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "domain/apps/detail/variant_texts.h"

/// Texts of apps that no parser has accepted: making a variant of them must stay inside the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace outpost::apps::detail;
  const std::string_view xml(reinterpret_cast<const char*>(data), size);
  const VariantPlan plan{"p1", {"en", "fra"}, "https://new.example/b/", {"media-1"}};
  VariantProfile(xml, plan);
  VariantSuite(xml, plan);
  VariantForm(xml, plan);
  StringsOf(xml);
  std::set<std::string> paths;
  CollectMedia(xml, paths);
  IsCovered(paths, "commcare/image/a.png");
  return 0;
}
