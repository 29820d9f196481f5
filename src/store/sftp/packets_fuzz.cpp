#include <cstddef>
#include <cstdint>

#include "base/problem.h"
#include "store/sftp/packets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    if (size >= 4 && outpost::sftp::LengthOf(bytes.substr(0, 4)) > outpost::sftp::kPacketBytesMax) {
      __builtin_trap();
    }
  } catch (const outpost::Problem& problem) {
    if (problem.kind() != outpost::ProblemKind::kMalformed) __builtin_trap();
  }
  try {
    const auto answer = outpost::sftp::ReadAnswer(bytes);
    if (const auto* names = std::get_if<outpost::sftp::Names>(&answer.body)) {
      if (names->names.size() > size) __builtin_trap();
    }
    if (const auto* extended = std::get_if<outpost::sftp::Extended>(&answer.body)) {
      if (outpost::sftp::FreeBytesOf(*extended) < 0) __builtin_trap();
    }
  } catch (const outpost::Problem& problem) {
    if (problem.kind() != outpost::ProblemKind::kMalformed) __builtin_trap();
  }
  return 0;
}
