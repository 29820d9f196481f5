#include "cli/serve/fault_door.h"

namespace outpost::cli {

std::string PrepareFaultVfs() { return {}; }

void AddFaultDoor(http::Router&) {}

}  // namespace outpost::cli
