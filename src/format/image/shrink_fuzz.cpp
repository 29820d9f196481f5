#include <cstddef>
#include <cstdint>
#include <string_view>

#include "format/image/shrink.h"

/// Pictures that anybody may have put into an app.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  outpost::image::Shrink(bytes, 1);
  outpost::image::Shrink(bytes, 64);
  return 0;
}
