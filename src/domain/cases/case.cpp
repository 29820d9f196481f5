#include "domain/cases/case.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/problem.h"
#include "base/text.h"
#include "format/json/writer.h"
#include "format/xml/xml.h"

namespace outpost::cases {
namespace {

constexpr std::array<std::string_view, 7> kDroppedFromUpdate = {
    "case_id", "@case_id", "date_modified", "case_type", "case_name", "date_opened", "@xmlns"};

ContentError FieldError(std::string_view field, std::string_view why) {
  return {"CaseValueError", "Error processing case update: Field: " + std::string(field) +
                                ", Error: " + std::string(why)};
}

constexpr const char* kTooLong = "Value exceeds allowed length: 255";

bool IsTooLong(std::string_view text) { return CountCharacters(text) > kFieldCharactersMax; }

std::optional<ContentError> SetField(std::string& field, std::string_view field_name,
                                     const PropertyValue& value) {
  if (value.is_json) {
    return ContentError{"CaseGenerationException",
                        "Field " + std::string(field_name) + " must be plain text"};
  }
  if (IsTooLong(value.text)) return FieldError(field_name, kTooLong);
  field = value.text;
  return std::nullopt;
}

std::optional<ContentError> SetOpenedOn(Case& c, const PropertyValue& value) {
  if (value.text.empty()) {
    c.opened_on.reset();
    return std::nullopt;
  }
  const auto at = value.is_json ? std::nullopt : ParseDateOrDateTime(value.text);
  if (!at) return FieldError("opened_on", "Not a date: " + value.text);
  c.opened_on = at;
  return std::nullopt;
}

/// Applies a name that has a field of its own in create and update alike. `is_known` tells whether
/// it was one.
std::optional<ContentError> ApplyKnown(Case& c, std::string_view name, const PropertyValue& value,
                                       bool& is_known) {
  is_known = true;
  if (name == "case_type") return SetField(c.type, "type", value);
  if (name == "case_name") return SetField(c.name, "name", value);
  if (name == "external_id") return SetField(c.external_id, "external_id", value);
  if (name == "owner_id") return SetField(c.owner_id, "owner_id", value);
  if (name == "user_id") return SetField(c.modified_by, "modified_by", value);
  if (name == "date_opened") return SetOpenedOn(c, value);
  is_known = false;
  return std::nullopt;
}

std::optional<ContentError> ApplyProperty(Case& c, const std::string& name,
                                          const PropertyValue& value) {
  if (name == "name") return SetField(c.name, "name", value);
  if (name == "location_id") {
    std::string location;
    auto error = SetField(location, "location_id", value);
    c.location_id = location.empty() ? std::nullopt : std::optional(std::move(location));
    return error;
  }
  const bool is_dropped = std::find(kDroppedFromUpdate.begin(), kDroppedFromUpdate.end(), name) !=
                          kDroppedFromUpdate.end();
  if (is_dropped) return std::nullopt;
  c.properties.insert_or_assign(name, value);
  if (name == "hq_user_id") return SetField(c.external_id, "external_id", value);
  return std::nullopt;
}

std::optional<ContentError> ApplyCreate(Case& c, const Assignments& assignments) {
  for (const auto& [name, value] : assignments) {
    bool is_known = false;
    if (auto error = ApplyKnown(c, name, value, is_known)) return error;
  }
  return std::nullopt;
}

std::optional<ContentError> ApplyUpdate(Case& c, const Assignments& assignments) {
  std::vector<const Assignments::value_type*> others;
  for (const auto& assignment : assignments) {
    bool is_known = false;
    if (auto error = ApplyKnown(c, assignment.first, assignment.second, is_known)) return error;
    if (!is_known) others.push_back(&assignment);
  }
  for (const auto* other : others) {
    if (auto error = ApplyProperty(c, other->first, other->second)) return error;
  }
  return std::nullopt;
}

std::optional<ContentError> ApplyIndex(Case& c, const IndexAction& action) {
  if (IsTooLong(action.identifier)) return FieldError("identifier", kTooLong);
  if (IsTooLong(action.referenced_id)) return FieldError("referenced_id", kTooLong);
  if (IsTooLong(action.referenced_type)) return FieldError("referenced_type", kTooLong);
  c.indices.erase(Index{action.identifier, {}, {}, {}});
  if (action.referenced_id.empty()) return std::nullopt;
  c.indices.insert(
      {action.identifier, action.referenced_id, action.referenced_type, action.relationship});
  return std::nullopt;
}

/// For files whose sender did not say what they are.
std::string GuessContentType(std::string_view filename) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"},     {".png", "image/png"},
      {".mp3", "audio/mpeg"}, {".amr", "audio/amr"},       {".wav", "audio/x-wav"},
      {".mp4", "video/mp4"},  {".3gp", "video/3gpp"},      {".ogg", "audio/ogg"},
      {".txt", "text/plain"}, {".pdf", "application/pdf"},
  };
  const std::string name = ToLower(filename);
  for (const auto& known : kTypes) {
    if (name.ends_with(known.first)) return std::string(known.second);
  }
  return "application/octet-stream";
}

std::optional<ContentError> ApplyAttachment(Case& c, const AttachmentAction& action,
                                            const FormContext& form) {
  if (IsTooLong(action.name)) return FieldError("attachment", kTooLong);
  if (action.source.empty()) {
    c.attachments.erase(action.name);
    return std::nullopt;
  }
  const auto file =
      std::find_if(form.files->begin(), form.files->end(),
                   [&](const forms::Attachment& one) { return one.name == action.source; });
  if (file == form.files->end()) {
    return ContentError{"AttachmentNotFound", form.form_id + ": '" + action.source + "'"};
  }
  c.attachments.insert_or_assign(
      action.name,
      CaseAttachment{file->content_type.empty() ? GuessContentType(file->name) : file->content_type,
                     file->length, file->blob});
  return std::nullopt;
}

/// 16.3, "after all actions of the block".
void Conclude(Case& c, const std::string& user, Instant when) {
  if (!user.empty()) c.modified_by = user;
  if (!c.modified_on || *c.modified_on < when) c.modified_on = when;
  if (!c.opened_on) c.opened_on = when;
  if (c.opened_by.empty()) c.opened_by = user;
  if (c.owner_id.empty()) c.owner_id = user;
}

std::int64_t BitsOf(const CaseBlock& block) {
  std::int64_t bits = 0;
  if (block.has_create) bits |= kCreateTransaction;
  if (block.closes) bits |= kCloseTransaction;
  if (!block.indices.empty()) bits |= kIndexTransaction;
  if (!block.attachments.empty()) bits |= kAttachmentTransaction;
  return bits;
}

}  // namespace

std::optional<ContentError> ApplyBlock(Case& c, const CaseBlock& block, const FormContext& form,
                                       std::int64_t& type_bits) {
  const std::string& user = block.user_id.empty() ? form.user_id : block.user_id;
  const Instant when = block.date_modified.value_or(form.now);
  if (IsTooLong(user)) return FieldError("user_id", kTooLong);
  if (auto error = ApplyCreate(c, block.create)) return error;
  if (auto error = ApplyUpdate(c, block.update)) return error;
  if (block.closes) {
    c.is_closed = true;
    c.closed_on = when;
    c.closed_by = user;
  }
  for (const auto& index : block.indices) {
    if (auto error = ApplyIndex(c, index)) return error;
  }
  for (const auto& attachment : block.attachments) {
    if (form.files == nullptr) break;
    if (auto error = ApplyAttachment(c, attachment, form)) return error;
  }
  Conclude(c, user, when);
  type_bits |= BitsOf(block);
  return std::nullopt;
}

void ResetForRebuild(Case& c) {
  Case blank;
  blank.row = c.row;
  blank.case_id = std::move(c.case_id);
  blank.location_id = std::move(c.location_id);
  blank.server_modified_on = c.server_modified_on;
  blank.indexed_on = c.indexed_on;
  c = std::move(blank);
}

std::string RenderProperties(const Case& c) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  for (const auto& [name, value] : c.properties) {
    out.Key(name);
    if (value.is_json) {
      out.Raw(value.text);
    } else {
      out.String(value.text);
    }
  }
  out.EndObject();
  return text;
}

std::map<std::string, PropertyValue, std::less<>> ParseProperties(std::string_view json) {
  std::map<std::string, PropertyValue, std::less<>> properties;
  boost::json::monotonic_resource memory;
  boost::json::error_code error;
  // A value is as deep as the XML it came from; the library's own limit is lower.
  boost::json::parse_options options;
  options.max_depth = 2 * xml::Limits{}.depth;
  const auto value = boost::json::parse({json.data(), json.size()}, error, &memory, options);
  if (error || !value.is_object()) {
    throw Problem(ProblemKind::kInternal, "A stored case is damaged. Run: outpost doctor",
                  "case properties are not a JSON object");
  }
  for (const auto& [name, item] : value.get_object()) {
    PropertyValue property;
    property.is_json = !item.is_string();
    property.text =
        property.is_json ? boost::json::serialize(item) : std::string(item.get_string());
    properties.emplace_hint(properties.end(), name, std::move(property));
  }
  return properties;
}

std::string RenderAttachments(const Case& c) {
  if (c.attachments.empty()) return "";
  boost::json::object object;
  for (const auto& [name, attachment] : c.attachments) {
    object[name] = {{"content_type", attachment.content_type},
                    {"length", attachment.length},
                    {"blob", attachment.blob}};
  }
  return boost::json::serialize(object);
}

std::map<std::string, CaseAttachment, std::less<>> ParseAttachments(std::string_view json) {
  std::map<std::string, CaseAttachment, std::less<>> attachments;
  if (json.empty()) return attachments;
  boost::json::error_code error;
  const auto value = boost::json::parse({json.data(), json.size()}, error);
  if (error || !value.is_object()) {
    throw Problem(ProblemKind::kInternal, "A stored case is damaged. Run: outpost doctor",
                  "case attachments are not JSON");
  }
  for (const auto& entry : value.get_object()) {
    const auto& fields = entry.value().as_object();
    attachments[std::string(entry.key())] = {std::string(fields.at("content_type").as_string()),
                                             fields.at("length").as_int64(),
                                             std::string(fields.at("blob").as_string())};
  }
  return attachments;
}

}  // namespace outpost::cases
