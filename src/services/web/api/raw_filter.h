#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "insight/search/needle.h"

/// Filters on what no column holds: any other parameter of the classic lists is a path into the
/// document (web document 2.1, 2.2).
namespace outpost::web {

struct RawFilter {
  std::string path;                 // dotted
  std::vector<std::string> any_of;  // letter case does not count
};
using RawFilters = std::vector<RawFilter>;

/// Adds a value: values of one path are alternatives.
void AddRawFilter(RawFilters& filters, std::string_view path, std::string_view value);

/// The same for the token index.
std::vector<search::Needle> NeedlesOf(const RawFilters& filters);

/// Whether a JSON document has, for every filter, one of the values at its path; lists on the way
/// are looked through.
bool Matches(std::string_view document_json, const RawFilters& filters);

}  // namespace outpost::web
