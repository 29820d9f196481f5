#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "format/xml/xml.h"

/// What a submitted form's XML says, as CommCare reads it (submission document 8). Pure.
namespace outpost::forms {

inline constexpr std::string_view kDeviceReportXmlns = "http://code.javarosa.org/devicereport";
inline constexpr std::string_view kSystemActionXmlns = "http://commcarehq.org/system/action";

/// The identifying parts (8.4), taken before old meta names are renamed.
struct FormIdentity {
  std::string form_id;  // "" when the form brings none: the caller makes a UUID
  std::optional<std::string> user_id;
  std::string xmlns;  // "" when the root has no namespace
  std::string device_id;
  bool has_old_meta = false;  // its ids come from an element "Meta"
};
FormIdentity ReadIdentity(const xml::Document& form);

/// The form JSON (8.2 to 8.4): datetimes normalised, old meta names renamed.
std::string RenderFormJson(const xml::Document& form);

/// JSON of one element as it would stand inside the form JSON, below a parent in `parent_uri`:
/// a JSON string for a leaf, else an object. Datetimes normalised.
std::string RenderElementJson(xml::Element element, std::string_view parent_uri);

/// Whether the form JSON shows the element as an object rather than as text.
bool IsObject(const xml::Element& element, std::string_view parent_uri);

/// The key of an attribute in the form JSON: "@name", in a namespace "@{uri}name".
std::string AttributeKey(const xml::Element::Attribute& attribute);

/// Text of a leaf or attribute as it stands in the JSON (8.3): T6 when it is a whole datetime.
std::string NormaliseText(std::string_view text);

/// What the form was filled with (8.5).
struct FormVersions {
  std::string commcare_version;  // "" unknown; at most 8 characters when stored
  std::optional<std::int64_t> app_version;
};
/// @param build_version the version number of the build named by build_id, when known.
FormVersions ReadVersions(const xml::Document& form, std::optional<std::int64_t> build_version);

/// Metadata view (8.4): JSON objects of the meta fields as reports and APIs show them.
struct FormMetadata {
  std::optional<Instant> time_start, time_end;
  std::string json;
  /// `json` with commcare_version, app_build_version, geo_point, deprecatedID and doc_type.
  std::string api_json;
};
FormMetadata ReadMetadata(const xml::Document& form, std::optional<std::int64_t> build_version);

}  // namespace outpost::forms
