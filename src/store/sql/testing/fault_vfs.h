#pragma once

#include <cstdint>
#include <string>

#include "store/sql/testing/fault_plan.h"

/// An SQLite VFS above the usual one that fails on plan. For tests and test builds only: it is a
/// library of its own that no other room may list among its dependencies.
namespace outpost::sql_testing {

/// What DatabaseOptions::sqlite_vfs is set to.
inline constexpr const char* kFaultVfsName = "outpost-fault";

/// Registers the VFS, once per process, and sets the plan. Call before the database is opened.
/// The plan of `drops_unsynced` cannot be changed while files are open.
void RegisterFaultVfs(const FaultPlan& plan);
/// With the plan in the environment variable OUTPOST_FAULT; nothing fails when it is not set.
void RegisterFaultVfsFromEnvironment();

/// Replaces the plan and starts counting again: the disk has room again, for example.
void SetFaultPlan(const FaultPlan& plan);

/// Calls since the plan was set, and how many of them were made to fail.
std::uint64_t CallsOf(FileCall call);
std::uint64_t FaultsHit();

}  // namespace outpost::sql_testing
