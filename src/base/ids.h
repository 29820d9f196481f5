#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace outpost {

/// Fills the span from the kernel's random source. Never fails; waits for entropy at boot.
void FillRandom(std::span<std::uint8_t> out);

/// "4f9c…" 32 lower-case hex digits of a random UUID: the shape of ids that CommCare HQ makes for
/// users, apps and submission errors.
std::string NewHexId();
/// "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx": the shape of form and case ids.
std::string NewUuid();

}  // namespace outpost
