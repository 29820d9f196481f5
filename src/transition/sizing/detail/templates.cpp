#include "transition/sizing/templates.h"

#include <fmt/format.h>

#include "base/problem.h"
#include "transition/sizing/detail/template_texts.h"

namespace outpost::sizing {

const std::vector<Template>& Templates() {
  static const std::vector<Template> kAll(std::begin(detail::kTemplateTexts),
                                          std::end(detail::kTemplateTexts));
  return kAll;
}

const Template& TemplateNamed(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& one : Templates()) {
    if (one.name == name) return one;
    names.push_back(one.name);
  }
  throw Problem(ProblemKind::kNotFound,
                fmt::format("There is no sizing template '{}'. There are: {}.", name,
                            fmt::join(names, ", ")));
}

}  // namespace outpost::sizing
