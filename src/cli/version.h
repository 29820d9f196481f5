#pragma once

#include <string>

/// The release of this program; main says it once, before anything else.
namespace outpost::cli {

void SetVersion(std::string version);
const std::string& Version();

}  // namespace outpost::cli
