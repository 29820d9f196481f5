#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace outpost::sizing {

/// A configuration that comes with the program: share/sizing/<name>.yml.
struct Template {
  std::string_view name;
  std::string_view text;
};

/// All of them; the texts live as long as the program.
const std::vector<Template>& Templates();
/// @throws Problem kNotFound that lists the names there are.
const Template& TemplateNamed(std::string_view name);

}  // namespace outpost::sizing
