#pragma once

#include <stdexcept>

/// Included before <toml++/toml.h>, wherever that is: some malformed files break assertions of the
/// library, which would end the process. They become exceptions that the reader turns into a
/// Problem. All files that include the library have to agree on it.
namespace outpost {

[[noreturn]] inline void TomlStumbled(const char* condition) { throw std::logic_error(condition); }

}  // namespace outpost

#define TOML_ASSERT(condition) ((condition) ? void(0) : ::outpost::TomlStumbled(#condition))
