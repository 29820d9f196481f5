#pragma once

#include <string_view>

namespace outpost::sql {

/// Logs and ends the process: a file could not be forced to stable storage. After such an error
/// the kernel may have dropped the pages and a second fsync would succeed without proving anything,
/// so the only safe continuation is a restart into recovery.
[[noreturn]] void EndOnSyncFailure(std::string_view file, int system_error) noexcept;

}  // namespace outpost::sql
