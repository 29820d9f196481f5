#include <cstddef>
#include <cstdint>

#include "format/deflate/gzip.h"

/// Any bytes, fed in two pieces, must end in a state and stay within the sink's limit.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  outpost::deflate::Gunzip gunzip;
  std::size_t taken = 0;
  const outpost::deflate::Gunzip::Sink sink = [&taken](std::string_view piece) {
    taken += piece.size();
    return taken < 1'000'000;
  };
  const auto state = gunzip.Feed(bytes.substr(0, size / 2), sink);
  if (state == outpost::deflate::Gunzip::State::kOpen ||
      state == outpost::deflate::Gunzip::State::kComplete) {
    gunzip.Feed(bytes.substr(size / 2), sink);
  }
  return 0;
}
