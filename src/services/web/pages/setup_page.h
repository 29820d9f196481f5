#pragma once

#include "base/clock.h"
#include "domain/people/authenticator.h"
#include "http/router.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// The page behind the one-time link of the first start: creates the first administrator.
namespace outpost::web {

inline constexpr std::string_view kSetupPurpose = "setup";
inline constexpr std::size_t kPasswordCharactersMin = 10;

struct SetupContext {
  sql::Database& database;
  sql::Writer& writer;
};

/// Path and query of the link for a token.
std::string SetupPath(std::string_view token);
void AddSetupRoutes(http::Router& router, SetupContext& context);

}  // namespace outpost::web
