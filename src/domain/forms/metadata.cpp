#include <algorithm>
#include <array>
#include <map>

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

/// Meta fields by their present names; absent ones have no entry.
using Fields = std::map<std::string, std::string, std::less<>>;

/// "key:value, key:value" of what is shown as an object.
std::string Flatten(const xml::Element& element) {
  std::string flat;
  const auto add = [&](std::string_view key, std::string_view value) {
    if (!flat.empty()) flat += ", ";
    flat += key;
    flat += ':';
    flat += NormaliseText(value);
  };
  for (std::uint32_t i = 0; i < element.attribute_count(); ++i) {
    add("@" + std::string(element.attribute(i).name), element.attribute(i).value);
  }
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
  if (name != "appVersion" && name != "location") return Flatten(element);
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

void WriteFields(json::Writer& out, const Fields& fields) {
  for (const auto name : kAlwaysShown) {
    const auto at = fields.find(name);
    out.Key(name);
    if (at == fields.end()) {
      out.Null();
    } else {
      out.String(at->second);
    }
  }
  for (const auto& [name, value] : fields) {
    const bool is_shown =
        std::find(kAlwaysShown.begin(), kAlwaysShown.end(), name) != kAlwaysShown.end();
    if (!is_shown) out.Member(name, value);
  }
}

bool IsDecimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

/// "lat lon altitude accuracy" as {"lat": …, "lon": …}; null for anything else.
void WriteGeoPoint(json::Writer& out, const Fields& fields) {
  out.Key("geo_point");
  const auto at = fields.find("location");
  if (at == fields.end()) return out.Null();
  const auto parts = Split(Trim(at->second), ' ');
  if (parts.size() != 4 || !std::all_of(parts.begin(), parts.end(), IsDecimal)) return out.Null();
  out.BeginObject();
  out.Member("lat", parts[0]);
  out.Member("lon", parts[1]);
  out.EndObject();
}

std::string RenderApiView(const Fields& fields, const FormVersions& versions) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  WriteFields(out, fields);
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
  json::Writer out(metadata.json);
  out.BeginObject();
  WriteFields(out, fields);
  out.EndObject();
  metadata.api_json = RenderApiView(fields, ReadVersions(form, build_version));
  return metadata;
}

}  // namespace outpost::forms
