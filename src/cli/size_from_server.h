#pragma once

#include <string>

#include "transition/sizing/evaluate.h"

namespace outpost::cli {

struct FromServerOptions {
  std::string data = "data";
  std::string growth;  // percent a month; empty: from the server's own history
  int months = 36;
  std::string keep;  // file for the configuration
  std::string output, format;
};

/// `outpost size --from-server`: what the server is used for, when its disk will be full, and what
/// it needs in the months to come. Writes the result, and the configuration where it was asked for.
/// @throws Problem kConflict before a full month with forms has passed, kNotFound without a server
void SizeFromServer(const FromServerOptions& options, const sizing::SizingOptions& evaluation);

/// `outpost size CONFIG --check`: one sentence on standard output for each thing that the machine
/// of this data folder lacks at the next summary date.
/// @throws ExitCode 1 when it lacks something
void CheckHost(const sizing::SizingResult& result, const std::string& own_service,
               const std::string& data);

}  // namespace outpost::cli
