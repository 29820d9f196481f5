#include "conformance/list_cases.h"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "conformance/compare.h"
#include "conformance/list_seeds.h"
#include "conformance/shifted_time.h"

namespace outpost::tests {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs PairsOf(const value& list) {
  Pairs pairs;
  for (const auto& pair : list.as_array()) {
    pairs.emplace_back(pair.at(0).as_string(), pair.at(1).as_string());
  }
  return pairs;
}

std::string QueryOf(const Pairs& pairs) {
  std::string text;
  for (const auto& [name, text_of_it] : pairs) {
    text += (text.empty() ? "?" : "&") + PercentEncode(name) + "=" + PercentEncode(text_of_it);
  }
  return text;
}

Pairs ReadQuery(std::string_view query) {
  Pairs pairs;
  for (const auto part : Split(query, '&')) {
    const auto at = part.find('=');
    pairs.emplace_back(
        PercentDecode(part.substr(0, at), true),
        at == std::string_view::npos ? "" : PercentDecode(part.substr(at + 1), true));
  }
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

object BodyOf(const Answer& answer) {
  boost::json::error_code error;
  auto body = boost::json::parse(answer.body, error);
  return error || !body.is_object() ? object() : std::move(body.get_object());
}

void CheckStatus(const Answer& answer, const object& entry, Findings& findings) {
  if (answer.status == entry.at("status").as_int64()) return;
  findings.push_back("status is " + std::to_string(answer.status) + ": " +
                     answer.body.substr(0, 300));
}

/// A reference to another page: its first character, and the parameters in any order.
void CheckReference(const std::string& what, const value& wanted, const value* found,
                    Findings& findings) {
  if (wanted.is_null() || found == nullptr || !found->is_string()) {
    return Compare(what, wanted, found, false, findings);
  }
  const std::string text(found->get_string());
  auto parameters = PairsOf(wanted.at("query"));
  std::sort(parameters.begin(), parameters.end());
  if (!text.starts_with('?') || ReadQuery(std::string_view(text).substr(1)) != parameters) {
    findings.push_back(what + " is " + text);
  }
}

void CheckPage(const object& wanted, const object& body, Findings& findings) {
  const auto* meta = body.if_contains("meta");
  if (meta == nullptr) return findings.push_back("there is no meta");
  for (const auto& [key, member] : wanted) {
    if (key == "objects_len") {
      const auto count = static_cast<std::int64_t>(body.at("objects").as_array().size());
      Compare("objects", member, std::make_unique<value>(count).get(), false, findings);
    } else if (key == "next" || key == "previous") {
      CheckReference(key, member, meta->as_object().if_contains(key), findings);
    } else {
      Compare("meta." + std::string(key), member, meta->as_object().if_contains(key), false,
              findings);
    }
  }
}

array IdsOf(const object& body, const char* list, const char* id) {
  array ids;
  const auto* objects = body.if_contains(list);
  if (objects == nullptr || !objects->is_array()) return ids;
  for (const auto& entry : objects->get_array()) ids.emplace_back(entry.at(id));
  return ids;
}

std::vector<object> ObjectsOf(const value& list) {
  std::vector<object> objects;
  for (const auto& entry : list.as_array()) objects.push_back(entry.as_object());
  return objects;
}

std::string NameOf(const char* area, int number) {
  return std::string(area) + "-" + std::to_string(number);
}

/// Lists may lag behind a bulk of changes by more than a request waits.
void AwaitTotal(ApiAccount& account, const std::string& path, std::int64_t total) {
  constexpr int kAttempts = 30;
  for (int i = 0; i < kAttempts; ++i) {
    const auto body = BodyOf(account.Send("GET", path + "?limit=1"));
    if (body.at("meta").at("total_count").as_int64() == total) return;
  }
}

using Seed = void (*)(Stage&, ApiAccount&, std::vector<object>);

Findings RunFilter(Stage& stage, const value& file, const object& entry, int number,
                   const char* path, Seed seed) {
  const ShiftedTime time(number);
  ApiAccount account(stage, NameOf("filter", number));
  account.MakeAdministrator();
  seed(stage, account, ObjectsOf(time.Shift(file.at("documents"))));
  const auto query = PairsOf(time.Shift(entry.at("query")));
  const auto answer = account.Send("GET", path + QueryOf(query));
  Findings findings;
  if (answer.status != 200) findings.push_back("status is " + std::to_string(answer.status));
  const auto ids = IdsOf(BodyOf(answer), "objects", "id");
  if (ids != entry.at("expected_ids").as_array()) findings.push_back("ids: " + serialize(ids));
  return findings;
}

}  // namespace

Findings RunPagination(Stage& stage, const value& /*file*/, const object& entry, int number) {
  stage.SetClock("real");
  ApiAccount account(stage, NameOf("paging", number));
  account.MakeAdministrator();
  const auto resource = TextIn(entry, "resource");
  const auto query = PairsOf(entry.at("query"));
  const auto total = entry.at("total_matching").as_int64();
  const bool is_refused = entry.at("status").as_int64() != 200;
  const auto valued = [&](const char* name, const char* absent) {
    const auto at = std::find_if(query.begin(), query.end(),
                                 [&](const auto& pair) { return pair.first == name; });
    return at == query.end() ? std::string(absent) : at->second;
  };
  if (resource == "form" && !is_refused) {
    SeedManyForms(account, total, valued("xmlns.exact", "http://example.org/any"));
  } else if (resource == "case" && !is_refused) {
    SeedManyCases(account, total, valued("name", "n"));
  }
  const auto path = "/" + resource + (resource.find('/') == std::string::npos ? "/v1/" : "/");
  if ((resource == "form" || resource == "case") && !is_refused) AwaitTotal(account, path, total);
  const auto answer = account.Send("GET", path + QueryOf(query));
  Findings findings;
  CheckStatus(answer, entry, findings);
  const auto body = BodyOf(answer);
  if (const auto* meta = entry.if_contains("meta")) CheckPage(meta->as_object(), body, findings);
  if (const auto* wanted = entry.if_contains("body")) {
    const value found(body);
    Compare("body", *wanted, &found, false, findings);
  }
  return findings;
}

Findings RunDateParam(Stage& stage, const value& /*file*/, const object& entry, int number) {
  stage.SetClock("real");
  ApiAccount account(stage, NameOf("dates", number));
  const auto api = TextIn(entry, "api");
  const auto blank = api.find(' ');
  const auto answer =
      account.Send("GET", "/" + api.substr(0, blank) + "/?" + api.substr(blank + 1) + "=" +
                              PercentEncode(TextIn(entry, "value")));
  Findings findings;
  CheckStatus(answer, entry, findings);
  if (const auto* wanted = entry.if_contains("body")) {
    const value found(BodyOf(answer));
    Compare("body", *wanted, &found, false, findings);
  }
  return findings;
}

Findings RunFormFilter(Stage& stage, const value& file, const object& entry, int number) {
  return RunFilter(stage, file, entry, number, "/form/v1/", SeedForms);
}

Findings RunCaseFilter(Stage& stage, const value& file, const object& entry, int number) {
  return RunFilter(stage, file, entry, number, "/case/v1/", SeedCases);
}

Findings RunFormJson(Stage& stage, const value& /*file*/, const object& entry, int number) {
  stage.SetClock("real");
  ApiAccount account(stage, NameOf("form-json", number));
  account.Submit(TextIn(entry, "xml"));
  const auto body = BodyOf(account.Send("GET", "/form/v1/"));
  Findings findings;
  if (body.at("objects").as_array().size() != 1) return {"the form is not listed"};
  const auto& form = body.at("objects").at(0).as_object();
  Compare("form", entry.at("form"), form.if_contains("form"), false, findings);
  return findings;
}

Findings RunCaseV2List(Stage& stage, const value& file, const object& entry, int number) {
  const ShiftedTime time(number);
  ApiAccount account(stage, NameOf("case-v2-list", number));
  account.MakeAdministrator();
  SeedCasesV2(stage, account, ObjectsOf(time.Shift(file.at("cases_in_store"))));
  const auto path = time.Shift(TextIn(entry.at("request").as_object(), "path"));
  const auto answer = account.Send("GET", path);
  Findings findings;
  CheckStatus(answer, entry, findings);
  const auto body = BodyOf(answer);
  const value found(body);
  if (const auto* wanted = entry.if_contains("body_exact")) {
    Compare("body", *wanted, &found, false, findings);
  }
  if (const auto* ids = entry.if_contains("ids")) {
    const auto listed = IdsOf(body, "cases", "case_id");
    if (listed != ids->as_array()) findings.push_back("ids are " + serialize(listed));
  }
  if (const auto* count = entry.if_contains("matching_records")) {
    Compare("matching_records", *count, body.if_contains("matching_records"), false, findings);
  }
  if (const auto* next = entry.if_contains("next");
      next && next->as_bool() != body.contains("next")) {
    findings.push_back(next->as_bool() ? "next is missing" : "next is there");
  }
  if (const auto* following = entry.if_contains("following_ids")) {
    const auto next = TextIn(body, "next");
    const auto at = next.find("/api/");
    if (at == std::string::npos) return {"next is no address: " + next};
    const auto listed = IdsOf(BodyOf(account.Send("GET", next.substr(at + 4))), "cases", "case_id");
    if (listed != following->as_array()) findings.push_back("then come " + serialize(listed));
  }
  return findings;
}

}  // namespace outpost::tests
