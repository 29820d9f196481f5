#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/problem.h"
#include "operations/backup/layout.h"
#include "operations/backup/log_segment.h"
#include "operations/backup/manifest.h"
#include "operations/backup/parcel.h"

namespace {

/// The same key in every run, so that what was found can be tried again.
outpost::backup::BackupKey FixedKey() {
  return {std::string(32, 'c'), std::string(32, 's'), std::string(32, 'o')};
}

template <class Read>
void Try(const Read& read) {
  try {
    read();
  } catch (const outpost::Problem&) {
    // refused, as it should be
  }
}

}  // namespace

/// What comes back from a destination: somebody may have changed it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace outpost::backup;  // NOLINT(google-build-using-namespace)
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Try([&] {
    // What is read is written again the same way.
    if (WriteSegment(ReadSegment(bytes)).size() > size) __builtin_trap();
  });
  Try([&] { OpenParcel(FixedKey(), bytes); });
  Try([&] { BaseManifestOf(bytes); });
  ParseLogName(bytes);
  ParseBackupKey(bytes);
  return 0;
}
