#pragma once

#include <boost/json.hpp>
#include <istream>
#include <string>
#include <vector>

#include "cli/question.h"

/// A lookup table from a CSV file. The first row names the columns:
///
///   name              a field
///   name[lang=en]     a value of that field with an attribute; several columns, several values
///   @code             an attribute of the row
///   user: group: location:   who owns the row; may be there several times
///
/// An empty cell of a column with an attribute is no value.
namespace outpost::cli {

struct LookupColumn {
  enum class Kind { kField, kItemAttribute, kUser, kGroup, kLocation };
  Kind kind = Kind::kField;
  std::string name;
  std::string attribute, attribute_value;  // of a field's value
};

/// @throws Problem kBadRequest for a column without a name or "[" without "=…]"
std::vector<LookupColumn> ReadLookupColumns(const std::vector<std::string>& header);
/// "fields" and "item_attributes" as the command lookup.begin takes them.
boost::json::object LookupDefinition(const std::vector<LookupColumn>& columns,
                                     const std::vector<std::string>& indexed);
/// A row as lookup.fill takes it.
boost::json::object LookupRowOf(const std::vector<LookupColumn>& columns,
                                const std::vector<std::string>& cells, std::int64_t sort_key);

/// Begins a table, fills it part by part and puts it in the place of the one with its tag.
/// `question.arguments` has "project", "tag" and "global". @returns {"tag", "rows", "warnings"}
/// @throws Problem for a file that is no such table; the table in use stays then
boost::json::object ImportLookupTable(const Question& question, std::istream& in,
                                      const std::vector<std::string>& indexed);

}  // namespace outpost::cli
