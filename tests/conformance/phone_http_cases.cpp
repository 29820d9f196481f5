// Contracts of the endpoints below /a/{domain}/phone/, and who may restore as whom.
#include <boost/json.hpp>
#include <chrono>

#include "base/text.h"
#include "conformance/restore_world.h"
#include "format/xml/xml.h"
#include "support/credentials.h"

namespace outpost::tests {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

std::string TextOf(const object& from, const char* key) {
  const auto* found = from.if_contains(key);
  return found == nullptr || !found->is_string() ? "" : std::string(found->as_string());
}

/// The project "d" of the corpus with the people its requests name.
class PhoneWorld {
 public:
  PhoneWorld(Stage& stage, int number)
      : stage_(stage), world_(stage, "phone-" + std::to_string(number)) {
    world_.Worker("jane");
    world_.Worker("john");
    world_.Worker("gone");
    stage_.admin().Run("user.state", {{"username", FullName("gone")}, {"state", "deactivated"}});
    stage_.admin().Run("user.create", {{"username", WebName()},
                                       {"password", kWorkerPassword},
                                       {"project", world_.project()},
                                       {"kind", "web"},
                                       {"admin", true}});
    world_.Submit("jane", {{{"case_id", "c1"},
                            {"create", true},
                            {"case_type", "person"},
                            {"case_name", "Lucy"},
                            {"owner_id", "someone"}}});
  }

  void Arrange(const std::string& situation) {
    if (situation == "project blocked for migration") {
      stage_.admin().Run("project.stage", {{"name", world_.project()}, {"stage", "frozen"}});
    } else if (situation == "already claimed") {
      Send({{"auth", "basic mobile user jane of d"},
            {"method", "POST"},
            {"path", "/a/d/phone/claim-case/"},
            {"form", {{"case_id", {"c1"}}}}});
    } else if (situation == "asynchronous restores on, result not ready") {
      stage_.admin().Run("test.hold_restores", {{"hold", true}});
    } else if (situation == "restore rate limit reached") {
      stage_.admin().Run("project.settings", {{"name", world_.project()},
                                              {"settings", {{"rate_limit_restores", true}}}});
      for (int i = 0; i < 10; ++i) {
        if (world_.Restore("jane", {{"version", "2.0"}}).status == 429) break;
      }
    } else if (!situation.empty()) {
      throw std::runtime_error("the runner does not know the situation: " + situation);
    }
  }

  Answer Send(const object& request) {
    Call call;
    call.method = request.contains("method") ? TextOf(request, "method") : "GET";
    call.target = "/a/" + world_.project() + TextOf(request, "path").substr(4) +
                  Encoded(request.if_contains("query"), '?');
    const auto* headers = request.if_contains("headers");
    if (headers != nullptr) {
      for (const auto& [name, text] : headers->as_object()) {
        call.headers.emplace_back(name, text.as_string());
      }
    }
    if (request.contains("form")) {
      call.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
      call.body = Encoded(request.if_contains("form"), '\0');
    }
    Authorize(call, TextOf(request, "auth"));
    return stage_.client().Send(call);
  }

  /// The corpus's placeholders, filled in.
  std::string Filled(std::string text) {
    const std::pair<std::string, std::string> places[] = {
        {"{token of john}", "*"},
        {"{id of jane}", world_.IdOf("jane")},
        {"{id of an old, deleted jane}", "0123456789abcdef0123456789abcdef"},
        {"@d.commcarehq.org", "@" + world_.project() + ".commcarehq.org"},
        {"%40d.commcarehq.org", "%40" + world_.project() + ".commcarehq.org"}};
    for (const auto& [what, by] : places) {
      const auto at = text.find(what);
      if (at == std::string::npos) continue;
      text.replace(at, what.size(), by == "*" ? TokenOfJohn() : by);
    }
    return text;
  }
  RestoreWorld& world() { return world_; }

 private:
  std::string FullName(const std::string& worker) const {
    return worker + "@" + world_.project() + ".commcarehq.org";
  }
  std::string WebName() const { return world_.project() + "@example.org"; }
  std::string TokenOfJohn() { return world_.Restore("john", {{"version", "2.0"}}).token; }

  void Authorize(Call& call, const std::string& auth) const {
    std::string username = FullName("jane"), password = kWorkerPassword;
    if (auth.empty()) return;
    if (auth == "basic web user") username = WebName();
    if (auth == "basic deactivated mobile user") username = FullName("gone");
    if (auth == "basic wrong password") password = "another-secret";
    call.headers.emplace_back("Authorization", BasicHeader(username, password));
  }

  std::string Encoded(const value* given, char first) {
    std::string text;
    if (given == nullptr) return text;
    const auto add = [&](std::string_view name, const value& one) {
      if (!text.empty() || first != '\0') text += text.empty() ? first : '&';
      text += PercentEncode(name) + "=" + PercentEncode(Filled(one.as_string().c_str()));
    };
    for (const auto& [name, one] : given->as_object()) {
      if (!one.is_array()) {
        add(name, one);
        continue;
      }
      for (const auto& each : one.as_array()) add(name, each);
    }
    return text;
  }

  Stage& stage_;
  RestoreWorld world_;
};

void CheckXml(PhoneWorld& world, const object& expected, const Answer& answer, Findings& findings) {
  const auto document = xml::Document::Parse(answer.body);
  const auto root = document.root();
  if (expected.contains("root") && root.name() != TextOf(expected, "root")) {
    findings.push_back("root is " + std::string(root.name()));
  }
  if (expected.contains("root_id") && root.attribute("id") != TextOf(expected, "root_id")) {
    findings.push_back("the root's id is another");
  }
  if (const auto uuid = TextOf(expected, "registration_uuid"); !uuid.empty()) {
    const auto found = root.child("Registration")->child("uuid")->text();
    if (found != world.Filled(uuid)) findings.push_back("uuid is " + std::string(found));
  }
  if (expected.contains("has_fixtures") && !root.child("fixture")) {
    findings.push_back("there is no fixture");
  }
  if (const auto* attributes = expected.if_contains("progress_attributes")) {
    const auto progress = root.child("Sync")->child("progress");
    for (const auto& name : attributes->as_array()) {
      if (!progress->attribute(name.as_string().c_str())) {
        findings.push_back("progress lacks " + std::string(name.as_string()));
      }
    }
  }
}

void CheckClaim(PhoneWorld& world, const value& expected, std::int64_t before, Findings& findings) {
  auto& stage = world.world().stage();
  const auto count =
      stage.admin()
          .Run("test.count", {{"table", "cases"}, {"project", world.world().project()}})
          .at("count")
          .as_int64();
  const std::int64_t made = expected.is_null() ? 0 : 1;
  if (count - before != made) {
    findings.push_back(std::to_string(count - before) + " cases were created");
    return;
  }
  if (expected.is_null()) return;
  const auto& wanted = expected.as_object();
  const auto claims = stage.admin().Run(
      "test.cases", {{"project", world.world().project()}, {"type", "commcare-case-claim"}});
  const auto& claim = claims.as_array().at(0).as_object();
  const auto expect = [&](const char* key, const char* stored) {
    if (!wanted.contains(key)) return;
    const auto found = TextOf(claim, stored);
    if (found != world.Filled(TextOf(wanted, key))) {
      findings.push_back(std::string(key) + " is " + found);
    }
  };
  expect("type", "type");
  expect("owner", "owner_id");
  expect("name", "name");
  if (const auto* index = wanted.if_contains("index")) {
    for (const auto& [identifier, parts] : index->as_object()) {
      const object wanted_index = {{"identifier", identifier},
                                   {"referenced_id", parts.at(0)},
                                   {"referenced_type", parts.at(2)},
                                   {"relationship", parts.at(1)}};
      if (claim.at("indices").as_array() != array{wanted_index}) {
        findings.push_back("indices are " + serialize(claim.at("indices")));
      }
    }
  }
}

void CheckAnswer(PhoneWorld& world, const object& expected, const Answer& answer,
                 Findings& findings) {
  if (answer.status != expected.at("status").as_int64()) {
    findings.push_back("status is " + std::to_string(answer.status) + ": " +
                       answer.body.substr(0, 300));
    return;
  }
  if (!answer.Header("Date")) findings.push_back("there is no Date");
  const auto type = TextOf(expected, "content_type");
  if (!type.empty() && answer.Header("Content-Type") != type) {
    findings.push_back("Content-Type is " + answer.Header("Content-Type").value_or(""));
  }
  const auto nature = TextOf(expected, "message_nature");
  if (!nature.empty() && ReadEnvelope(answer.body).nature != nature) {
    findings.push_back("nature is " + ReadEnvelope(answer.body).nature);
  }
  const auto message = TextOf(expected, "message");
  if (!message.empty() && ReadEnvelope(answer.body).message != message) {
    findings.push_back("message is " + ReadEnvelope(answer.body).message);
  }
  const auto body = world.Filled(TextOf(expected, "body"));
  if (!body.empty() && Trim(answer.body) != body) findings.push_back("body is " + answer.body);
  const auto piece = TextOf(expected, "body_contains");
  if (answer.body.find(piece) == std::string::npos) findings.push_back("body is " + answer.body);
  if (const auto* headers = expected.if_contains("headers")) {
    for (const auto& [name, text] : headers->as_object()) {
      if (answer.Header(name) != std::string(text.as_string())) {
        findings.push_back(std::string(name) + " is " + answer.Header(name).value_or("missing"));
      }
    }
  }
  if (const auto* json = expected.if_contains("json")) {
    if (boost::json::parse(answer.body) != *json) findings.push_back("body is " + answer.body);
  }
  if (answer.body.starts_with("<")) CheckXml(world, expected, answer, findings);
}

}  // namespace

Findings RunPhoneHttp(Stage& stage, const value&, const object& entry, int number) {
  PhoneWorld world(stage, number);
  world.Arrange(TextOf(entry.at("request").as_object(), "situation"));
  if (TextOf(entry.at("request").as_object(), "path").find("/search/") != std::string::npos ||
      TextOf(entry.at("request").as_object(), "path").find("/case_fixture/") != std::string::npos) {
    stage.admin().Run("project.settings",
                      {{"name", world.world().project()}, {"settings", {{"case_search", true}}}});
  }
  const auto before =
      stage.admin()
          .Run("test.count", {{"table", "cases"}, {"project", world.world().project()}})
          .at("count")
          .as_int64();
  const auto answer = world.Send(entry.at("request").as_object());
  stage.admin().Run("test.hold_restores", {{"hold", false}});
  const auto& expected = entry.at("expected").as_object();
  Findings findings;
  CheckAnswer(world, expected, answer, findings);
  if (const auto* claim = expected.if_contains("creates_case"); claim && findings.empty()) {
    CheckClaim(world, *claim, before, findings);
  }
  return findings;
}

}  // namespace outpost::tests
