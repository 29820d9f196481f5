#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"

/// A stored form (submission document 9). The XML bytes are the truth; its JSON is derived.
namespace outpost::forms {

/// Values are those CommCare HQ stores and shows.
enum class FormState : std::uint8_t {
  kNormal = 1,
  kArchived = 2,
  kDeprecated = 4,
  kDuplicate = 8,
  kError = 16,
  kSubmissionError = 32,
};

/// "XFormInstance", "XFormArchived", …; with "-Deleted" for what is soft-deleted.
std::string DocTypeOf(FormState state, bool is_deleted);

/// Who vouched for a submission (2, stored as auth_context).
struct AuthContext {
  enum class Kind : std::uint8_t { kRequest, kWaived, kServer };
  Kind kind = Kind::kRequest;
  bool is_authenticated = false;
  std::optional<std::string> user_id;
};

/// What the request said beside the form.
struct RequestFacts {
  AuthContext auth;
  std::string submit_ip;
  std::string path;
  std::optional<std::string> last_sync_token;
  std::optional<std::string> date_header;  // as sent
  std::optional<std::string> openrosa_version;
  std::optional<std::string> accept_language;
  std::optional<std::string> device_id;         // x-openrosa-deviceid
  std::optional<std::string> commcare_version;  // x-openrosa-commcare-version

  bool is_phone_submission() const { return openrosa_version.has_value(); }
};
std::string RenderRequestFacts(const RequestFacts& facts);
/// @throws Problem kInternal when the stored text is not what RenderRequestFacts makes.
RequestFacts ParseRequestFacts(std::string_view json);
/// The stored objects as API clients and exports see them.
std::string RenderAuthContext(const AuthContext& auth, std::string_view project);
std::string RenderOpenRosaHeaders(const RequestFacts& facts);

struct Attachment {
  std::string name;
  std::string content_type;
  std::int64_t length = 0;
  std::string blob;
};

/// The history with one more {operation, user, date}.
std::string WithOperation(std::string_view history, std::string_view operation,
                          std::string_view user, Instant date);

using Md5Digest = std::array<std::uint8_t, 16>;

struct FormRecord {
  std::int64_t row = 0;  // the position at which it was stored
  std::string form_id;
  FormState state = FormState::kNormal;
  std::string xmlns;
  std::optional<std::string> user_id, app_id, build_id;
  Instant received_on;
  Instant server_modified_on;
  std::optional<Instant> edited_on;
  Instant indexed_on;
  std::optional<Instant> deleted_on;
  bool is_complete = false;  // case processing succeeded
  std::optional<std::string> orig_id, deprecated_form_id, problem;
  RequestFacts request;
  std::string history = "[]";  // JSON list of {operation, user, date}
  Md5Digest xml_md5{};
  std::int64_t xml_length = 0;
};

}  // namespace outpost::forms
