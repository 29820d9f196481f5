#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "store/sql/connection.h"

namespace outpost::locations {

/// User ids of those assigned to at least one of these locations, in every state, each once.
/// `locations` are rows in ascending order.
std::vector<std::string> UserIdsAt(sql::Connection& connection, std::int64_t project,
                                   std::span<const std::int64_t> locations);

}  // namespace outpost::locations
