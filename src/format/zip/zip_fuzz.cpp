#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "base/problem.h"
#include "format/zip/zip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  outpost::zip::Limits limits;
  limits.total_bytes = 1 << 20;
  try {
    const auto archive =
        outpost::zip::Archive::Unpack(std::string_view(reinterpret_cast<const char*>(data), size),
                                      std::filesystem::temp_directory_path(), limits);
    for (const auto& entry : archive.entries()) {
      if (archive.Read(entry).size() != static_cast<std::size_t>(entry.length)) __builtin_trap();
    }
  } catch (const outpost::Problem&) {
  }
  return 0;
}
