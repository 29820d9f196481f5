#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/cases/case.h"
#include "format/json/writer.h"
#include "http/message.h"

/// A case as version 2 of the case API shows it (web document 3.1), and which parts of it a caller
/// asked for (3.2). Pure. Used wherever such an object is answered: single, several, list, writes.
namespace outpost::web {

/// What of a case object is shown. Paths have dots: "case_name", "properties.dob",
/// "indices.parent.case_id"; a path stands for all below it.
struct FieldSelection {
  enum class Mode : std::uint8_t { kAll, kOnly, kExcept };
  enum class Share : std::uint8_t { kNone, kPart, kWhole };
  Mode mode = Mode::kAll;
  std::set<std::string, std::less<>> paths;

  /// How much of what stands at the path is shown.
  Share Of(std::string_view path) const;
};

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

/// Whether the query parameter belongs to the selection: "fields", "exclude", and with a path such
/// as "fields.properties".
bool IsFieldParameter(std::string_view name);
/// Reads the parameters above; others are not looked at. Names are separated by commas; empty ones
/// do not count, so "fields=" selects everything.
/// @throws Problem kBadRequest when both kinds are given.
FieldSelection ReadFieldSelection(const QueryParameters& query);

/// Writes one object. Property values are always strings; what the fields of the object show is not
/// repeated among the properties.
void WriteCaseV2(json::Writer& out, const cases::Case& c, std::string_view project,
                 const FieldSelection& selection);
/// The same for what a look-up found. @returns false after writing {"<name>": "<id>", "error": "not
/// found"}, which no selection shortens, for a case that is not there or is deleted.
struct AskedId {
  std::string_view name, id;
};
bool WriteFoundV2(json::Writer& out, const std::optional<cases::Case>& found,
                  std::string_view project, const FieldSelection& selection, const AskedId& asked);
std::string RenderCaseV2(const cases::Case& c, std::string_view project,
                         const FieldSelection& selection);

}  // namespace outpost::web
