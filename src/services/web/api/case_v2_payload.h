#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string_view>
#include <vector>

#include "domain/intake/case_updates.h"
#include "http/message.h"

/// What a client sends to change cases (web document 3.3), as updates. Pure; every refusal is a
/// Problem kBadRequest whose words clients know.
namespace outpost::web {

/// Longest name, type, owner id and external id of a case, in characters.
inline constexpr std::size_t kCaseFieldCharactersMax = 255;

/// The body as JSON. @throws Problem kBadRequest "Payload must be valid JSON"
boost::json::value ReadJsonBody(const http::Body& body);
/// @throws Problem kBadRequest "Payload must be a single JSON object"
const boost::json::object& RequireObject(const boost::json::value& value);

/// One update. `mode` says which fields are known and which must be there.
intake::CaseUpdate ReadCaseUpdate(const boost::json::object& from, intake::CaseUpdate::Mode mode);

/// At most intake::kCaseUpdatesMax updates, each with a flag `create`: true, false or null (make it
/// or change it). All rows that are wrong are told: "Error in row 1: …; Error in row 3: …".
std::vector<intake::CaseUpdate> ReadCaseUpdates(const boost::json::array& from);

/// A name that is both a case property's or index's and an XML element's.
bool IsPropertyName(std::string_view name);

}  // namespace outpost::web
