#pragma once

#include <string>

#include "http/router.h"

/// Failing disks on plan, for whole-program tests. Two implementations: test builds link the fault
/// VFS (fault_door_linked.cpp); what users run has none (fault_door_absent.cpp).
namespace outpost::cli {

/// Name of the VFS that a server with test doors opens its database through; "" for the usual one.
std::string PrepareFaultVfs();

/// POST /admin/test.fault {"rule": "write:7:EIO"}: a new plan, "" for none. Answers how
/// many calls the plan before it made fail: {"hits": 2}.
void AddFaultDoor(http::Router& router);

}  // namespace outpost::cli
