#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "transition/plan/configuration.h"
#include "transition/plan/plan.h"

namespace outpost::plan {

/// Writes everything that follows from a plan into a folder:
///   index.html, *.md, *.html, architecture.svg, answer-matrix.xlsx, sizing.yml,
///   config/<environment>/<machine>/<path on that machine>
/// Files of an earlier run are replaced; what else lies in the folder is left alone.
/// @returns the paths relative to the folder. @throws Problem kInternal when one cannot be written.
std::vector<std::string> GeneratePlan(const Plan& plan, const std::filesystem::path& folder,
                                      const ConfigurationOptions& options);

}  // namespace outpost::plan
