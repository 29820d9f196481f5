#include "domain/forms/form_record.h"

#include <boost/json.hpp>

#include "base/problem.h"
#include "format/json/writer.h"

namespace outpost::forms {
namespace {

void OptionalMember(json::Writer& out, std::string_view key,
                    const std::optional<std::string>& value) {
  if (value) out.Member(key, *value);
}

std::optional<std::string> OptionalText(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(boost::json::string_view(key.data(), key.size()));
  if (value == nullptr) return std::nullopt;
  return std::string(value->as_string());
}

std::string_view KindName(AuthContext::Kind kind) {
  switch (kind) {
    case AuthContext::Kind::kRequest:
      return "request";
    case AuthContext::Kind::kWaived:
      return "waived";
    case AuthContext::Kind::kServer:
      return "server";
  }
  OUTPOST_CHECK(false);
}

AuthContext::Kind KindOf(std::string_view name) {
  if (name == "waived") return AuthContext::Kind::kWaived;
  if (name == "server") return AuthContext::Kind::kServer;
  return AuthContext::Kind::kRequest;
}

}  // namespace

std::string DocTypeOf(FormState state, bool is_deleted) {
  if (is_deleted) return "XFormInstance-Deleted";
  switch (state) {
    case FormState::kNormal:
      return "XFormInstance";
    case FormState::kArchived:
      return "XFormArchived";
    case FormState::kDeprecated:
      return "XFormDeprecated";
    case FormState::kDuplicate:
      return "XFormDuplicate";
    case FormState::kError:
      return "XFormError";
    case FormState::kSubmissionError:
      return "SubmissionErrorLog";
  }
  OUTPOST_CHECK(false);
}

std::string RenderRequestFacts(const RequestFacts& facts) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("auth", KindName(facts.auth.kind));
  if (facts.auth.is_authenticated) out.Member("authenticated", true);
  OptionalMember(out, "user", facts.auth.user_id);
  if (!facts.submit_ip.empty()) out.Member("ip", facts.submit_ip);
  if (!facts.path.empty()) out.Member("path", facts.path);
  OptionalMember(out, "token", facts.last_sync_token);
  OptionalMember(out, "date", facts.date_header);
  OptionalMember(out, "openrosa", facts.openrosa_version);
  OptionalMember(out, "language", facts.accept_language);
  OptionalMember(out, "device", facts.device_id);
  OptionalMember(out, "commcare", facts.commcare_version);
  out.EndObject();
  return text;
}

RequestFacts ParseRequestFacts(std::string_view json) {
  boost::json::error_code error;
  const auto value = boost::json::parse({json.data(), json.size()}, error);
  if (error || !value.is_object()) {
    throw Problem(ProblemKind::kInternal, "A stored form is damaged. Run: outpost doctor",
                  "request facts are not JSON");
  }
  const auto& object = value.get_object();
  RequestFacts facts;
  facts.auth.kind = KindOf(OptionalText(object, "auth").value_or(""));
  facts.auth.is_authenticated = object.contains("authenticated");
  facts.auth.user_id = OptionalText(object, "user");
  facts.submit_ip = OptionalText(object, "ip").value_or("");
  facts.path = OptionalText(object, "path").value_or("");
  facts.last_sync_token = OptionalText(object, "token");
  facts.date_header = OptionalText(object, "date");
  facts.openrosa_version = OptionalText(object, "openrosa");
  facts.accept_language = OptionalText(object, "language");
  facts.device_id = OptionalText(object, "device");
  facts.commcare_version = OptionalText(object, "commcare");
  return facts;
}

std::string RenderAuthContext(const AuthContext& auth, std::string_view project) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  if (auth.kind == AuthContext::Kind::kServer) {
    out.Member("doc_type", "DefaultAuthContext");
    out.EndObject();
    return text;
  }
  const bool waived = auth.kind == AuthContext::Kind::kWaived;
  out.Member("doc_type", waived ? "WaivedAuthContext" : "AuthContext");
  out.Member("domain", project);
  out.Member("authenticated", auth.is_authenticated);
  out.Key("user_id");
  if (auth.user_id) {
    out.String(*auth.user_id);
  } else {
    out.Null();
  }
  out.EndObject();
  return text;
}

std::string RenderOpenRosaHeaders(const RequestFacts& facts) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  OptionalMember(out, "HTTP_X_OPENROSA_VERSION", facts.openrosa_version);
  OptionalMember(out, "HTTP_DATE", facts.date_header);
  OptionalMember(out, "HTTP_ACCEPT_LANGUAGE", facts.accept_language);
  out.EndObject();
  return text;
}

std::string WithOperation(std::string_view history, std::string_view operation,
                          std::string_view user, Instant date) {
  auto list = boost::json::parse({history.data(), history.size()});
  list.as_array().push_back(boost::json::object{
      {"operation", boost::json::string_view(operation.data(), operation.size())},
      {"user", boost::json::string_view(user.data(), user.size())},
      {"date", FormatT6(date)}});
  return boost::json::serialize(list);
}

}  // namespace outpost::forms
