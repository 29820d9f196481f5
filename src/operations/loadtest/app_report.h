#pragma once

#include <cstdint>
#include <string>

#include "operations/loadtest/app_load.h"
#include "operations/loadtest/server_memory.h"

/// What `outpost loadtest apps` says in the end.
namespace outpost::loadtest {

/// What the server held; 0: not known.
struct MemoryPeak {
  ProcessMemory before, peak;
};

/// Every phone has the whole app.
bool Passed(const AppLoadOptions& options, const AppLoadResult& result);

/// Both reorder the samples.
std::string TextOf(const AppLoadOptions& options, AppLoadResult& result, const MemoryPeak& memory);
std::string JsonOf(const AppLoadOptions& options, AppLoadResult& result, const MemoryPeak& memory);

}  // namespace outpost::loadtest
