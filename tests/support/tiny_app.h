#pragma once

#include <cstdint>
#include <string>

namespace outpost::tests {

/// An archive of an app without menus: what is enough to be taken.
std::string TinyApp(const std::string& app_id, const std::string& name, std::int64_t version);

}  // namespace outpost::tests
