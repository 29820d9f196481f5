#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "base/text.h"
#include "domain/forms/detail/app_version.h"
#include "domain/forms/detail/meta.h"
#include "domain/forms/form_xml.h"
#include "format/json/writer.h"
#include "format/xml/child_groups.h"

namespace outpost::forms {
namespace {

constexpr std::size_t kCommCareVersionCharactersMax = 8;
constexpr std::array<std::string_view, 8> kAlwaysShown = {"timeStart",  "timeEnd",  "instanceID",
                                                          "userID",     "deviceID", "username",
                                                          "appVersion", "location"};

constexpr std::array<std::string_view, 5> kAddedByApi = {"app_build_version", "commcare_version",
                                                         "deprecatedID", "doc_type", "geo_point"};

/// Meta fields by their present names; absent ones have no entry.
using Fields = std::map<std::string, std::string, std::less<>>;

/// "key:value, key:value" of what is shown as an object.
std::string Flatten(const xml::Element& element, std::string_view meta_uri) {
  std::string flat;
  const auto add = [&](std::string_view key, std::string_view value) {
    if (!flat.empty()) flat += ", ";
    flat += key;
    flat += ':';
    flat += NormaliseText(value);
  };
  for (std::uint32_t i = 0; i < element.attribute_count(); ++i) {
    add(AttributeKey(element.attribute(i)), element.attribute(i).value);
  }
  if (!element.uri().empty() && element.uri() != meta_uri) add("@xmlns", element.uri());
  for (auto child = element.first_child(); child; child = child->next_sibling()) {
    add(child->name(), child->text());
  }
  if (!Trim(element.text()).empty()) add("#text", element.text());
  return flat;
}

/// What a field reads as; empty optional where the view shows null.
std::optional<std::string> ValueOf(std::string_view name, const xml::Element& element,
                                   std::string_view meta_uri) {
  if (!IsObject(element, meta_uri)) return NormaliseText(element.text());
  if (name != "appVersion" && name != "location") return Flatten(element, meta_uri);
  if (Trim(element.text()).empty()) return std::nullopt;
  return NormaliseText(element.text());
}

Fields ReadFields(const xml::Element& meta) {
  Fields fields;
  const auto groups = xml::GroupChildren(meta);
  for (const auto& group : groups) {
    const std::string_view name = NewMetaName(group.name);
    const bool is_renamed = name != group.name;
    if (is_renamed && meta.child(name)) continue;
    if (auto value = ValueOf(name, group.elements.front(), meta.uri())) {
      fields.emplace(name, std::move(*value));
    }
  }
  return fields;
}

std::optional<Instant> TakeTime(Fields& fields, std::string_view name) {
  const auto at = fields.find(name);
  if (at == fields.end()) return std::nullopt;
  const auto time = ParseDateOrDateTime(at->second);
  if (time) {
    at->second = FormatT6(*time);
  } else {
    fields.erase(at);
  }
  return time;
}

/// An optional sign, digits and at most one point among them.
bool IsDecimal(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const auto point = text.find('.');
  const bool has_digit = text.find_first_of("0123456789") != std::string_view::npos;
  const bool has_one_point =
      point == std::string_view::npos || text.find('.', point + 1) == std::string_view::npos;
  return has_digit && has_one_point &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

/// "lat lon altitude accuracy" in its four parts; empty when it is anything else.
std::vector<std::string_view> GeoPointOf(std::string_view location) {
  auto parts = Split(Trim(location), ' ');
  const bool is_geo_point = parts.size() == 4 && std::all_of(parts.begin(), parts.end(), IsDecimal);
  if (!is_geo_point) parts.clear();
  return parts;
}

void DropUnreadableLocation(Fields& fields) {
  const auto at = fields.find("location");
  if (at != fields.end() && GeoPointOf(at->second).empty()) fields.erase(at);
}

void WriteFields(json::Writer& out, const Fields& fields,
                 std::span<const std::string_view> replaced) {
  for (const auto name : kAlwaysShown) {
    const auto at = fields.find(name);
    out.Key(name);
    if (at == fields.end()) {
      out.Null();
    } else {
      out.String(at->second);
    }
  }
  const auto is_among = [](std::span<const std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const auto& [name, value] : fields) {
    if (!is_among(kAlwaysShown, name) && !is_among(replaced, name)) out.Member(name, value);
  }
}

/// {"lat": …, "lon": …} or null.
void WriteGeoPoint(json::Writer& out, const Fields& fields) {
  out.Key("geo_point");
  const auto at = fields.find("location");
  if (at == fields.end()) return out.Null();
  const auto parts = GeoPointOf(at->second);
  out.BeginObject();
  out.Member("lat", parts[0]);
  out.Member("lon", parts[1]);
  out.EndObject();
}

std::string RenderApiView(const Fields& fields, const FormVersions& versions) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  WriteFields(out, fields, kAddedByApi);
  out.Key("app_build_version");
  if (versions.app_version) {
    out.Int(*versions.app_version);
  } else {
    out.Null();
  }
  out.Key("commcare_version");
  if (versions.commcare_version.empty()) {
    out.Null();
  } else {
    out.String(versions.commcare_version);
  }
  WriteGeoPoint(out, fields);
  out.Key("deprecatedID");
  out.Null();
  out.Member("doc_type", "Metadata");
  out.EndObject();
  return text;
}

}  // namespace

FormVersions ReadVersions(const xml::Document& form, std::optional<std::int64_t> build_version) {
  const auto meta = FindMeta(form.root());
  const auto element = meta ? meta->child("appVersion") : std::nullopt;
  const std::string text = element ? std::string(element->text()) : std::string();
  FormVersions versions;
  versions.commcare_version = CommCareVersionOf(text).substr(0, kCommCareVersionCharactersMax);
  versions.app_version = build_version ? build_version : AppVersionOf(text);
  if (!versions.app_version) {
    const auto own = form.root().attribute("version");
    if (own && *own != "1") versions.app_version = ParseInt(*own);
  }
  return versions;
}

FormMetadata ReadMetadata(const xml::Document& form, std::optional<std::int64_t> build_version) {
  const auto meta = FindMeta(form.root());
  Fields fields = meta ? ReadFields(*meta) : Fields{};
  FormMetadata metadata;
  metadata.time_start = TakeTime(fields, "timeStart");
  metadata.time_end = TakeTime(fields, "timeEnd");
  DropUnreadableLocation(fields);
  json::Writer out(metadata.json);
  out.BeginObject();
  WriteFields(out, fields, {});
  out.EndObject();
  metadata.api_json = RenderApiView(fields, ReadVersions(form, build_version));
  return metadata;
}

}  // namespace outpost::forms
