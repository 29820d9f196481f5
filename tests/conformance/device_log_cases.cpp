#include <boost/json.hpp>

#include "conformance/compare.h"
#include "conformance/stage.h"
#include "support/credentials.h"

namespace outpost::tests {

using boost::json::object;

/// A report is acknowledged, is no form, and its rows are as the corpus lists them.
Findings RunDeviceLogCase(Stage& stage, const object& entry, int number) {
  Findings findings;
  const std::string project = "logs-" + std::to_string(number);
  stage.CreateProject(project, false);
  const auto* received_on = entry.if_contains("received_on");
  stage.SetClock(received_on == nullptr ? std::string_view("real")
                                        : std::string_view(received_on->as_string()));
  const std::string xml = entry.contains("input_xml")
                              ? std::string(entry.at("input_xml").as_string())
                              : stage.Read(entry.at("input_file").as_string());
  Call call;
  call.method = "POST";
  call.target = "/a/" + project + "/receiver/";
  call.headers = {{"X-OpenRosa-Version", "3.0"}};
  SetMultipart(call, {{"xml_submission_file", "log.xml", "text/xml", xml}});
  const auto answer = stage.client().Send(call);
  const auto& expect = entry.at("expect").as_object();
  const auto& http = expect.at("http").as_object();
  if (answer.status != http.at("status").as_int64() ||
      ReadEnvelope(answer.body).nature != std::string_view(http.at("nature").as_string())) {
    findings.push_back("answer is " + std::to_string(answer.status) + " " + answer.body);
  }
  const auto forms = stage.admin().Run("test.count", {{"table", "forms"}, {"project", project}});
  if (forms.at("count") != 0) findings.push_back("the report is stored as a form");

  const auto report_id = answer.Header("X-CommCareHQ-FormID").value_or("");
  const auto found =
      stage.admin().Find("test.device_log", {{"project", project}, {"report_id", report_id}});
  if (!found) {
    findings.push_back("the report \"" + report_id + "\" left no rows");
    return findings;
  }
  for (const char* key : {"user_entries", "log_entries", "user_errors", "force_closes"}) {
    if (const auto* wanted = expect.if_contains(key)) {
      Compare(key, *wanted, found->as_object().if_contains(key), true, findings);
    }
  }
  if (const auto* common = expect.if_contains("log_common")) {
    for (const auto& row : found->at("log_entries").as_array()) {
      Compare("log_common", *common, &row, true, findings);
    }
  }
  return findings;
}

}  // namespace outpost::tests
