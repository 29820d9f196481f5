#pragma once

#include <span>
#include <string>

#include "insight/search/tokens.h"
#include "store/sql/connection.h"

/// Tokens as the engines take them.
namespace outpost::search::detail {

/// SQLite: words of eight letters and digits. PostgreSQL: an array of 32-bit integers.
std::string TextOf(sql::Engine engine, std::span<const Token> tokens);

/// SQLite: "(a OR b) AND c" for MATCH.
std::string MatchOf(const std::vector<TokenSets>& required);

}  // namespace outpost::search::detail
