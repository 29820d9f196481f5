#pragma once

#include <cstdint>
#include <string_view>

#include "store/sql/writer.h"

/// Positions at which something that phones get last changed in a project space, by kind: a restore
/// that was made from nothing newer is still right. Whoever writes moves the fitting mark in the
/// same transaction.
namespace outpost::people {

/// Groups and their members, levels, locations, who is assigned where, user data of anyone,
/// profiles and custom fields.
inline constexpr std::string_view kPeopleMark = "people";
/// The part of kPeopleMark that levels and locations are.
inline constexpr std::string_view kLocationsMark = "locations";
/// What the user data of many people may have changed by at once: profiles, fields of users,
/// locations that are no longer in use.
inline constexpr std::string_view kUserDataMark = "user_data";
/// Lookup tables, products, programs.
inline constexpr std::string_view kFixturesMark = "fixtures";

/// 0 when nothing of the kind ever changed.
std::int64_t ReadMark(sql::Connection& connection, std::int64_t project, std::string_view name);
/// `seq`: the position of the change, from Batch::Next().
void MoveMark(sql::Batch& batch, std::int64_t project, std::string_view name, std::int64_t seq);
/// Takes a position for a change of the kind and moves the mark there.
sql::Stamp NextMarked(sql::Batch& batch, std::int64_t project, std::string_view name);

}  // namespace outpost::people
