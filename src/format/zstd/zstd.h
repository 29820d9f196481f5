#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Small texts packed for storage. Threads: any.
namespace outpost::zstd {

/// One frame at level 1: fast, and small forms hardly shrink further at higher levels.
std::string Pack(std::string_view bytes);
/// Empty when the frame does not hold exactly `length` bytes.
std::optional<std::string> Unpack(std::string_view packed, std::int64_t length);

}  // namespace outpost::zstd
