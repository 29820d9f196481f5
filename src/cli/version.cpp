#include "cli/version.h"

#include <utility>

namespace outpost::cli {
namespace {

std::string& Stored() {
  static std::string version;
  return version;
}

}  // namespace

void SetVersion(std::string version) { Stored() = std::move(version); }
const std::string& Version() { return Stored(); }

}  // namespace outpost::cli
