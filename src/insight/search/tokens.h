#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "insight/search/needle.h"
#include "store/sql/database.h"

/// Documents and needles as tokens: hashes of what stands where. Two things with one token are told
/// apart by the document itself, so tokens are short.
///
///   document ─► a token for every (path, value), for every word of an answer,
///               for every three bytes in a row of a name, for every term of the listed row
namespace outpost::search {

/// 40 bits.
using Token = std::uint64_t;

struct TokenSource {
  const sql::Database& database;  // whose key the hashes are under
  Subject subject;
  std::int64_t project;
};

/// Of a document and of the terms of its listed row (0: none); sorted, each once.
/// @throws std::exception when the document is no JSON
std::vector<Token> TokensOf(const TokenSource& source, std::string_view document_json,
                            std::span<const std::int64_t> terms);

/// What a document's tokens must have for a needle: all of one of the sets. A document that fulfils
/// the needle has them; one that has them need not fulfil it.
using TokenSets = std::vector<std::vector<Token>>;
TokenSets TokensFor(const TokenSource& source, const Needle& needle);

}  // namespace outpost::search
