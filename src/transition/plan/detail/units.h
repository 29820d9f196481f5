#pragma once

#include <vector>

#include "transition/plan/configuration.h"

namespace outpost::plan::detail {

/// outpost.toml and the systemd units of the roles that run on this machine.
void AddOutpost(const Environment& environment, const Machine& machine,
                const ConfigurationOptions& options, std::vector<GeneratedFile>* files);

/// Timers and scripts that make backups and carry them to the second place.
void AddBackup(const Plan& plan, const Environment& environment, const Machine& machine,
               const ConfigurationOptions& options, std::vector<GeneratedFile>* files);

}  // namespace outpost::plan::detail
