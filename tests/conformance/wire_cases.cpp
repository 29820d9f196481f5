#include <boost/json.hpp>

#include "base/text.h"
#include "conformance/compare.h"
#include "conformance/stage.h"
#include "support/credentials.h"
#include "support/pattern.h"

namespace outpost::tests {
namespace {

using boost::json::object;
using boost::json::value;

constexpr std::string_view kCorpusProject = "my-crazy-domain";
constexpr std::string_view kCorpusWebUser = "api@example.org";

std::string TextOf(const object& from, std::string_view key, std::string_view absent = "") {
  const auto* found = from.if_contains(key);
  return std::string(found == nullptr ? absent : std::string_view(found->as_string()));
}

/// The corpus gives an account of the data API a password of one letter; ours need eight.
std::string PasswordOf(const object& account) {
  const auto password = TextOf(account, "password");
  return account.contains("permissions") ? password + "-but-longer" : password;
}

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// The case with names of its own instead of those that all cases share.
object WithOwnNames(const object& entry, const std::string& own) {
  std::string text = serialize(entry);
  ReplaceAll(text, kCorpusProject, own);
  ReplaceAll(text, kCorpusWebUser, own + "@example.org");
  return boost::json::parse(text).as_object();
}

void CreateUser(Stage& stage, const object& user, std::string_view project, std::string_view kind,
                std::string_view role) {
  object arguments = {{"username", user.at("username")},
                      {"password", PasswordOf(user)},
                      {"project", project},
                      {"kind", kind},
                      {"api", true}};
  if (!role.empty()) arguments["role"] = role;
  stage.admin().Run("user.create", arguments);
}

void Prepare(Stage& stage, const object& entry) {
  const auto& server = entry.at("server").as_object();
  const auto project = TextOf(server, "name");
  stage.CreateProject(project, server.at("secure_submissions").as_bool());
  for (const auto& user : server.at("users").as_array()) {
    CreateUser(stage, user.as_object(), project, TextOf(user.as_object(), "kind"), "");
  }
  const auto* auth = entry.at("request").as_object().if_contains("auth");
  if (auth == nullptr || !auth->as_object().contains("permissions")) return;
  object account = auth->as_object();
  stage.admin().Run(
      "role.put",
      {{"project", project}, {"name", "Integration"}, {"permissions", account.at("permissions")}});
  CreateUser(stage, account, project, "web", "Integration");
}

std::vector<FormPart> PartsOf(const Stage& stage, const value& list) {
  std::vector<FormPart> parts;
  for (const auto& element : list.as_array()) {
    const auto& from = element.as_object();
    FormPart part{TextOf(from, "name"), TextOf(from, "filename"), TextOf(from, "content_type"),
                  TextOf(from, "text")};
    if (from.contains("file")) part.bytes = stage.Read(TextOf(from, "file"));
    if (const auto* size = from.if_contains("size_bytes")) {
      part.bytes.assign(static_cast<std::size_t>(size->as_int64()), 'x');
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

Call CallOf(const Stage& stage, const object& request) {
  Call call;
  call.method = TextOf(request, "method");
  call.target = TextOf(request, "path");
  if (request.contains("query")) call.target += "?" + TextOf(request, "query");
  if (const auto* headers = request.if_contains("headers")) {
    for (const auto& [name, text] : headers->as_object()) {
      if (name == "Transfer-Encoding") {
        call.is_chunked = true;
      } else {
        call.headers.emplace_back(name, text.as_string());
      }
    }
  }
  if (const auto* parts = request.if_contains("multipart")) {
    SetMultipart(call, PartsOf(stage, *parts));
  } else if (request.contains("content_type")) {
    call.headers.emplace_back("Content-Type", TextOf(request, "content_type"));
    call.body = request.contains("body_file") ? stage.Read(TextOf(request, "body_file"))
                                              : TextOf(request, "body_text");
  }
  return call;
}

Answer SendAs(Stage& stage, Call call, const object& request) {
  const auto* auth = request.if_contains("auth");
  if (auth == nullptr) return stage.client().Send(call);
  const auto username = TextOf(auth->as_object(), "username");
  const auto password = PasswordOf(auth->as_object());
  if (TextOf(auth->as_object(), "type") == "digest") {
    const auto challenge = stage.client().Send(call).Header("WWW-Authenticate").value_or("");
    call.headers.emplace_back("Authorization", DigestHeader(challenge, call, username, password));
  } else {
    call.headers.emplace_back("Authorization", BasicHeader(username, password));
  }
  return stage.client().Send(call);
}

/// The body without an XML declaration, which the corpus leaves open.
std::string_view WithoutDeclaration(std::string_view body) {
  if (!body.starts_with("<?xml")) return body;
  const auto end = body.find("?>");
  return end == std::string_view::npos ? body : Trim(body.substr(end + 2));
}

void CheckHeaders(const object& expect, const Answer& answer, Findings& findings) {
  const auto each = [&](std::string_view key, const auto& check) {
    if (const auto* wanted = expect.if_contains(key)) check(*wanted);
  };
  each("headers_present", [&](const value& names) {
    for (const auto& name : names.as_array()) {
      if (!answer.Header(name.as_string())) findings.push_back(serialize(name) + " is missing");
    }
  });
  each("headers_absent", [&](const value& names) {
    for (const auto& name : names.as_array()) {
      if (answer.Header(name.as_string())) findings.push_back(serialize(name) + " is there");
    }
  });
  each("headers_contain", [&](const value& wanted) {
    for (const auto& [name, text] : wanted.as_object()) {
      const auto found = answer.Header(name).value_or("");
      if (found.find(std::string_view(text.as_string())) == std::string::npos) {
        findings.push_back(std::string(name) + " is: " + found);
      }
    }
  });
  each("headers_match", [&](const value& wanted) {
    for (const auto& [name, pattern] : wanted.as_object()) {
      const auto found = answer.Header(name).value_or("");
      if (!MatchesWhole(found, pattern.as_string().c_str())) {
        findings.push_back(std::string(name) + " is: " + found);
      }
    }
  });
}

void CheckBody(const object& expect, const Answer& answer, Findings& findings) {
  if (const auto* nature = expect.if_contains("nature")) {
    const auto found = ReadEnvelope(answer.body).nature;
    if (found != std::string_view(nature->as_string())) {
      findings.push_back("nature is \"" + found + "\"");
    }
  }
  if (const auto* exact = expect.if_contains("body_exact")) {
    if (WithoutDeclaration(answer.body) != std::string_view(exact->as_string())) {
      findings.push_back("body is: " + answer.body);
    }
  }
  if (const auto* pieces = expect.if_contains("body_contains")) {
    for (const auto& piece : pieces->as_array()) {
      if (answer.body.find(std::string_view(piece.as_string())) == std::string::npos) {
        findings.push_back("body lacks " + serialize(piece) + ": " + answer.body);
      }
    }
  }
  if (const auto* type = expect.if_contains("content_type")) {
    const auto found = answer.Header("Content-Type").value_or("");
    if (!found.starts_with(std::string_view(type->as_string()))) {
      findings.push_back("Content-Type is " + found);
    }
  }
}

void CheckStored(Stage& stage, const object& entry, const Answer& answer, Findings& findings) {
  const auto& expect = entry.at("expect").as_object();
  if (!expect.contains("stored") && !expect.contains("stored_auth_context")) return;
  const auto project = TextOf(entry.at("server").as_object(), "name");
  const auto form_id = answer.Header("X-CommCareHQ-FormID").value_or("");
  const auto form = stage.admin().Find("test.form", {{"project", project}, {"form_id", form_id}});
  if (!form) {
    findings.push_back("the form \"" + form_id + "\" is not stored");
    return;
  }
  if (const auto* wanted = expect.if_contains("stored")) {
    Compare("stored", *wanted, &*form, true, findings);
  }
  if (const auto* wanted = expect.if_contains("stored_auth_context")) {
    Compare("auth_context", *wanted, form->as_object().if_contains("auth_context"), false,
            findings);
  }
}

}  // namespace

Findings RunWireCase(Stage& stage, const object& entry, int number) {
  const auto own = WithOwnNames(entry, "wire-" + std::to_string(number));
  stage.SetClock("real");
  Prepare(stage, own);
  const auto& request = own.at("request").as_object();
  const auto& expect = own.at("expect").as_object();
  const auto answer = SendAs(stage, CallOf(stage, request), request);
  Findings findings;
  if (answer.status != expect.at("status").as_int64()) {
    findings.push_back("status is " + std::to_string(answer.status) + ", expected " +
                       serialize(expect.at("status")) + "; body: " + answer.body.substr(0, 300));
  }
  CheckHeaders(expect, answer, findings);
  CheckBody(expect, answer, findings);
  if (findings.empty()) CheckStored(stage, own, answer, findings);
  return findings;
}

}  // namespace outpost::tests
