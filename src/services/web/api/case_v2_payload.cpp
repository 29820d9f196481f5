#include "services/web/api/case_v2_payload.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <optional>
#include <string>

#include "base/problem.h"
#include "base/text.h"
#include "format/xml/xml.h"

namespace outpost::web {
namespace {

using boost::json::object;
using boost::json::value;
using intake::CaseReference;
using intake::CaseUpdate;
using Mode = CaseUpdate::Mode;

[[noreturn]] void Refuse(const std::string& told) { throw Problem(ProblemKind::kBadRequest, told); }

/// Names of fields, those of read objects included: none of them can be a property.
bool IsTopLevelField(std::string_view name) {
  static constexpr std::array<std::string_view, 19> kNames = {"domain",
                                                              "case_id",
                                                              "case_type",
                                                              "case_name",
                                                              "external_id",
                                                              "owner_id",
                                                              "date_opened",
                                                              "last_modified",
                                                              "indexed_on",
                                                              "date_closed",
                                                              "closed",
                                                              "properties",
                                                              "server_last_modified",
                                                              "indices",
                                                              "close",
                                                              "create",
                                                              "temporary_id",
                                                              "user_id",
                                                              "date_modified"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool IsKnownField(std::string_view name, Mode mode) {
  static constexpr std::array<std::string_view, 7> kCommon = {
      "case_type", "case_name", "external_id", "owner_id", "properties", "indices", "close"};
  if (std::find(kCommon.begin(), kCommon.end(), name) != kCommon.end()) return true;
  if (name == "temporary_id") return mode == Mode::kCreate;
  return name == "case_id" && mode == Mode::kUpdate;
}

/// A number as people write it: 72, 72.5, 72.0.
std::string NumberText(double number) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  std::string text(digits.data(), end);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

/// A value that was not a text, as CommCare HQ shows it.
std::string Shown(const value& sent) {
  if (sent.is_null()) return "None";
  if (sent.is_bool()) return sent.get_bool() ? "True" : "False";
  if (sent.is_double()) return NumberText(sent.get_double());
  return boost::json::serialize(sent);
}

/// The text of a field; empty when it is absent or null.
std::optional<std::string> TextOf(const object& from, std::string_view name) {
  const auto* sent = from.if_contains(name);
  if (sent == nullptr || sent->is_null()) return std::nullopt;
  const std::string field = "Property " + std::string(name);
  if (!sent->is_string()) Refuse(field + " must be a string.");
  const std::string_view text = sent->get_string();
  if (CountCharacters(text) > kCaseFieldCharactersMax) {
    Refuse(field + " may have at most 255 characters.");
  }
  if (!intake::IsXmlText(text)) Refuse(field + " has characters that no form can carry.");
  return std::string(text);
}

/// An absent or null container is an empty one.
const object& ObjectOf(const object& from, std::string_view name) {
  static const object kEmpty;
  const auto* sent = from.if_contains(name);
  if (sent == nullptr || sent->is_null()) return kEmpty;
  if (!sent->is_object()) Refuse("Property " + std::string(name) + " must be an object.");
  return sent->get_object();
}

void ReadProperties(const object& from, CaseUpdate& update) {
  for (const auto& [key, sent] : ObjectOf(from, "properties")) {
    const std::string name(key);
    const std::string error = "Error with case property '" + name + "'. ";
    if (!IsPropertyName(name) || IsTopLevelField(name)) {
      Refuse(error + "Case property names must be valid XML identifiers.");
    }
    if (!sent.is_string()) Refuse(error + "Values must be strings, received '" + Shown(sent) + "'");
    const std::string_view text = sent.get_string();
    if (!intake::IsXmlText(text)) {
      Refuse(error + "Its value has characters that no form can carry.");
    }
    update.properties.emplace_back(name, text);
  }
}

CaseReference ReferenceOf(const object& from) {
  using By = CaseReference::By;
  static constexpr std::array<std::pair<std::string_view, By>, 3> kKinds = {
      {{"case_id", By::kCaseId},
       {"external_id", By::kExternalId},
       {"temporary_id", By::kTemporaryId}}};
  CaseReference reference;
  for (const auto& [name, by] : kKinds) {
    auto id = TextOf(from, name).value_or("");
    if (id.empty()) continue;
    if (reference.by != By::kNothing) {
      Refuse("Indices must specify case_id, external_id, or temporary ID, and only one");
    }
    reference = {by, std::move(id)};
  }
  return reference;
}

void ReadIndices(const object& from, CaseUpdate& update) {
  for (const auto& [key, sent] : ObjectOf(from, "indices")) {
    const std::string name(key);
    const std::string error = "Error with index '" + name + "'. ";
    if (!IsPropertyName(name)) Refuse(error + "Index names must be valid XML identifiers.");
    if (CountCharacters(name) > kCaseFieldCharactersMax) {
      Refuse(error + "Index names may have at most 255 characters.");
    }
    if (!sent.is_object()) Refuse(error + "An index must be an object.");
    const object& entry = sent.get_object();
    intake::IndexUpdate index{name, ReferenceOf(entry), TextOf(entry, "case_type").value_or(""),
                              TextOf(entry, "relationship").value_or("")};
    if (index.to.by != CaseReference::By::kNothing) {
      const auto require = [](const std::string& text, const char* field) {
        if (!text.empty()) return;
        Refuse("Property " + std::string(field) +
               " is required when creating or updating case indices");
      };
      require(index.case_type, "case_type");
      require(index.relationship, "relationship");
    }
    const auto& relationship = index.relationship;
    if (!relationship.empty() && relationship != "child" && relationship != "extension") {
      Refuse(error + "Its relationship must be 'child' or 'extension'.");
    }
    update.indices.push_back(std::move(index));
  }
}

void Require(const std::optional<std::string>& field, const char* name) {
  if (!field || field->empty()) Refuse("Property " + std::string(name) + " is required.");
}

void CheckSelection(const CaseUpdate& update) {
  switch (update.mode) {
    case Mode::kCreate:
      Require(update.case_name, "case_name");
      Require(update.case_type, "case_type");
      Require(update.owner_id, "owner_id");
      return;
    case Mode::kUpdate:
      if (update.case_id.empty() && update.external_id.value_or("").empty()) {
        Refuse("Case updates must provide either a case_id or external_id");
      }
      return;
    case Mode::kUpsert:
      return Require(update.external_id, "external_id");
  }
}

CaseUpdate ReadRow(const value& row) {
  object fields = RequireObject(row);
  const auto* create = fields.if_contains("create");
  if (create == nullptr) Refuse("A 'create' flag is required for each update.");
  if (!create->is_null() && !create->is_bool()) {
    Refuse("The 'create' flag must be true, false or null.");
  }
  const Mode mode = create->is_null()    ? Mode::kUpsert
                    : create->get_bool() ? Mode::kCreate
                                         : Mode::kUpdate;
  fields.erase("create");
  return ReadCaseUpdate(fields, mode);
}

}  // namespace

value ReadJsonBody(const http::Body& body) {
  const std::string text =
      body.in_memory() ? std::string(body.bytes()) : body.Read(0, body.length());
  boost::json::error_code error;
  auto parsed = boost::json::parse(text, error);
  if (error) Refuse("Payload must be valid JSON");
  return parsed;
}

const object& RequireObject(const value& sent) {
  if (!sent.is_object()) Refuse("Payload must be a single JSON object");
  return sent.get_object();
}

CaseUpdate ReadCaseUpdate(const object& from, Mode mode) {
  if (mode == Mode::kCreate && from.contains("case_id")) {
    Refuse("You cannot specify case_id when creating a new case");
  }
  for (const auto& [key, sent] : from) {
    if (!IsKnownField(key, mode)) Refuse("'" + std::string(key) + "' is not a valid field.");
  }
  CaseUpdate update;
  update.mode = mode;
  update.case_id = TextOf(from, "case_id").value_or("");
  update.temporary_id = TextOf(from, "temporary_id").value_or("");
  update.case_type = TextOf(from, "case_type");
  update.case_name = TextOf(from, "case_name");
  update.owner_id = TextOf(from, "owner_id");
  update.external_id = TextOf(from, "external_id");
  if (const auto* close = from.if_contains("close"); close != nullptr && !close->is_null()) {
    if (!close->is_bool()) Refuse("Property close must be true or false.");
    update.closes = close->get_bool();
  }
  ReadProperties(from, update);
  ReadIndices(from, update);
  CheckSelection(update);
  return update;
}

std::vector<CaseUpdate> ReadCaseUpdates(const boost::json::array& from) {
  if (from.size() > intake::kCaseUpdatesMax) {
    Refuse("You cannot submit more than " + std::to_string(intake::kCaseUpdatesMax) +
           " updates in a single request");
  }
  std::vector<CaseUpdate> updates;
  std::string errors;
  for (std::size_t i = 0; i < from.size(); ++i) {
    try {
      updates.push_back(ReadRow(from[i]));
    } catch (const Problem& problem) {
      if (!errors.empty()) errors += "; ";
      errors += "Error in row " + std::to_string(i + 1) + ": " + problem.told();
    }
  }
  if (!errors.empty()) Refuse(errors);
  return updates;
}

bool IsPropertyName(std::string_view name) {
  if (name.empty() || name.front() == '-' || (name.front() >= '0' && name.front() <= '9')) {
    return false;
  }
  if (EqualsIgnoreCase(name.substr(0, 3), "xml")) return false;
  bool is_ascii = true;
  for (const char c : name) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '_' || c == '-';
    const bool is_other = (static_cast<unsigned char>(c) & 0x80) != 0;
    if (!is_plain && !is_other) return false;
    is_ascii = is_ascii && !is_other;
  }
  if (is_ascii) return true;
  // Which other letters a name may have, the reader of the form decides.
  try {
    xml::Document::Parse("<" + std::string(name) + "/>");
    return true;
  } catch (const Problem&) {
    return false;
  }
}

}  // namespace outpost::web
