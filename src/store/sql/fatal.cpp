#include "store/sql/fatal.h"

#include <cstdlib>
#include <cstring>

#include "base/log.h"

namespace outpost::sql {

void EndOnSyncFailure(std::string_view file, int system_error) noexcept {
  Log(LogLevel::kError, "store.sync_failed",
      {{"file", file}, {"error", std::strerror(system_error)}});
  std::abort();
}

}  // namespace outpost::sql
