#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cmath>
#include <map>
#include <thread>

#include "base/text.h"
#include "conformance/api_account.h"
#include "conformance/compare.h"
#include "conformance/list_cases.h"
#include "conformance/list_seeds.h"
#include "conformance/shifted_time.h"
#include "support/tiny_app.h"

/// The exact requests of the unmodified commcare-export, and answers from which it can go on. What
/// the recorded answers held is brought by submissions first.
namespace outpost::tests {
namespace {

using boost::json::object;
using boost::json::value;

constexpr int kAttempts = 4;

/// Every object of the recorded answers, by its id.
std::map<std::string, object> Recorded(const object& trace) {
  std::map<std::string, object> found;
  for (const auto& exchange : trace.at("exchanges").as_array()) {
    const auto& body = exchange.at("response").at("body");
    if (!body.is_object() || !body.as_object().contains("objects")) continue;
    for (const auto& shown : body.at("objects").as_array()) {
      if (shown.at("id").is_string()) {
        found.emplace(shown.at("id").as_string(), shown.as_object());
      }
    }
  }
  return found;
}

std::string FormOf(const object& shown) {
  object form = shown.at("form").as_object();
  // The recorded blocks are no blocks that a phone would send.
  auto& block = form.at("case").as_object();
  block["@xmlns"] = "http://commcarehq.org/case/transaction/v2";
  block["@date_modified"] = "2024-01-01T00:00:00.000000Z";
  block["@user_id"] = "u1";
  block["create"] = object{{"case_type", "t"}, {"case_name", "n"}, {"owner_id", "o"}};
  form["meta"] =
      object{{"@xmlns", "http://openrosa.org/jr/xforms"}, {"instanceID", shown.at("id")}};
  for (const auto& [name, text] : shown.at("metadata").as_object()) {
    if (text.is_string()) form["meta"].as_object()[name] = text;
  }
  return XmlOf("data", form);
}

std::string CaseFormOf(const object& shown) {
  const auto& properties = shown.at("properties").as_object();
  return "<data xmlns=\"http://example.org/corpus\"><case "
         "xmlns=\"http://commcarehq.org/case/transaction/v2\" case_id=\"" +
         TextIn(shown, "id") + "\" date_modified=\"" + TextIn(shown, "server_date_modified") +
         "\" user_id=\"" + TextIn(shown, "user_id") + "\"><create><case_type>" +
         TextIn(properties, "case_type") + "</case_type><case_name>" +
         TextIn(properties, "case_name") +
         "</case_name><owner_id>o</owner_id></create></case><meta "
         "xmlns=\"http://openrosa.org/jr/xforms\"><instanceID>" +
         std::string(shown.at("xform_ids").at(0).as_string()) + "</instanceID></meta></data>";
}

void Seed(Stage& stage, ApiAccount& account, const std::map<std::string, object>& recorded) {
  for (const auto& [id, shown] : recorded) {
    const auto indexed_on = TextIn(shown, "indexed_on");
    if (shown.contains("form")) {
      stage.SetClock(indexed_on);
      account.SubmitAt(FormOf(shown), "app1", indexed_on);
    } else if (shown.contains("case_id")) {
      stage.SetClock(Before(indexed_on));
      account.SubmitAt(CaseFormOf(shown), "app1", indexed_on);
    } else if (shown.contains("modules")) {
      stage.admin().Send("app.import?project=" + account.project(),
                         TinyApp(id, TextIn(shown, "name"), shown.at("version").as_int64()));
    } else if (TextIn(shown, "username").ends_with(".commcarehq.org")) {
      const auto name = TextIn(shown, "username");
      stage.admin().Run("user.create", {{"username", name.substr(0, name.find('@'))},
                                        {"password", "long-enough"},
                                        {"project", account.project()},
                                        {"first_name", TextIn(shown, "first_name")}});
    }
  }
}

/// "?" and every parameter of the request, limit and offset: what the client makes of it.
void CheckNext(const value& wanted, const value& found, Findings& findings) {
  if (wanted.is_null() != found.is_null()) {
    return findings.push_back("next is " + serialize(found));
  }
  if (wanted.is_null()) return;
  const auto sorted = [](const value& reference) {
    auto parts = Split(std::string_view(reference.as_string()).substr(1), '&');
    std::sort(parts.begin(), parts.end());
    return std::vector<std::string>(parts.begin(), parts.end());
  };
  if (!found.as_string().starts_with("?") || sorted(wanted) != sorted(found)) {
    findings.push_back("next is " + serialize(found));
  }
}

/// What the recorded object had, the present one has. Ids of people differ, moments by a
/// microsecond or two; `xmlns` stood in the recording stub's forms alone.
void CheckObject(const object& wanted, const object& found, Findings& findings) {
  for (const auto& [key, member] : wanted) {
    const std::string name(key);
    if (name == "xmlns") continue;
    const auto* shown = found.if_contains(key);
    if (shown == nullptr) {
      findings.push_back(TextIn(wanted, "id") + " has no " + name);
      continue;
    }
    const bool is_of_content = name == "form" || name == "properties" || name == "xform_ids" ||
                               name == "archived" || name == "first_name" || name == "groups" ||
                               name == "phone_numbers" || name == "is_admin";
    if (is_of_content) Compare(name, member, shown, true, findings);
  }
}

void CheckBody(const value& wanted, const Answer& answer, Findings& findings) {
  if (!wanted.is_object()) return;
  boost::json::error_code error;
  const auto body = boost::json::parse(answer.body, error);
  if (error || !body.is_object()) return findings.push_back("no JSON: " + answer.body);
  const auto& meta = wanted.at("meta").as_object();
  // previous was null in every recorded answer, whatever the offset; the client does not read it.
  for (const auto* key : {"limit", "offset", "total_count"}) {
    if (!meta.contains(key)) continue;
    Compare(key, meta.at(key), body.at("meta").as_object().if_contains(key), false, findings);
  }
  CheckNext(meta.at("next"), body.at("meta").at("next"), findings);
  const auto& objects = wanted.at("objects").as_array();
  const auto& shown = body.at("objects").as_array();
  if (objects.size() != shown.size()) {
    return findings.push_back("there are " + std::to_string(shown.size()) + " objects");
  }
  for (std::size_t i = 0; i < objects.size(); ++i) {
    CheckObject(objects[i].as_object(), shown[i].as_object(), findings);
  }
}

std::string PathOf(const object& request) {
  const auto path = TextIn(request, "path");
  return path.substr(path.find("/api/") + 4) + "?" + TextIn(request, "query");
}

Findings Replay(ApiAccount& account, const object& trace) {
  Findings findings;
  for (const auto& exchange : trace.at("exchanges").as_array()) {
    const auto& request = exchange.at("request").as_object();
    const auto& response = exchange.at("response").as_object();
    const auto* auth = request.at("headers").as_object().if_contains("Authorization");
    const auto answer = account.SendAsClient(
        PathOf(request), auth == nullptr || auth->is_null() ? "" : std::string(auth->as_string()));
    if (answer.status != response.at("status").as_int64()) {
      findings.push_back(PathOf(request) + " is answered " + std::to_string(answer.status) + " " +
                         answer.body.substr(0, 200));
      return findings;
    }
    if (answer.status == 429) {
      const auto seconds = std::stod(answer.Header("Retry-After").value_or("0"));
      if (seconds <= 0) findings.emplace_back("429 without Retry-After");
      std::this_thread::sleep_for(std::chrono::seconds(std::lround(std::ceil(seconds))));
    } else if (answer.Header("Retry-After")) {
      findings.emplace_back("Retry-After with " + std::to_string(answer.status));
    }
    CheckBody(response.at("body"), answer, findings);
  }
  return findings;
}

bool IsThrottled(const object& trace) {
  return trace.at("exchanges").at(0).at("response").at("status").as_int64() == 429;
}

}  // namespace

Findings RunTrace(Stage& stage, const value& file, const object& /*entry*/, int number) {
  const ShiftedTime time(number);
  const auto trace = time.Shift(file).as_object();
  if (!IsThrottled(trace)) {
    ApiAccount account(stage, "trace-" + std::to_string(number));
    account.MakeAdministrator();
    Seed(stage, account, Recorded(trace));
    return Replay(account, trace);
  }
  // A server that allows one call a second; a first call uses it up.
  Stage strict(stage, {{"limits.api", "standard"}});
  ApiAccount account(strict, "trace-" + std::to_string(number));
  account.MakeAdministrator();
  Seed(strict, account, Recorded(trace));
  Findings findings;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    account.Send("GET", "/case/v1/?limit=1");
    findings = Replay(account, trace);
    if (findings.empty()) break;  // else this machine was slower than a second
  }
  strict.Stop();
  return findings;
}

}  // namespace outpost::tests
