#include "conformance/api_account.h"

#include <boost/json.hpp>
#include <stdexcept>

#include "support/credentials.h"

namespace outpost::tests {
namespace {

constexpr const char* kPassword = "long-enough-secret";

std::string AccountOf(const std::string& project) { return project + "@example.org"; }

}  // namespace

ApiAccount::ApiAccount(Stage& stage, std::string project)
    : stage_(stage), project_(std::move(project)) {
  stage_.CreateProject(project_, false);
  auto& admin = stage_.admin();
  admin.Run("role.put", {{"project", project_},
                         {"name", "Integration"},
                         {"permissions", boost::json::array{"edit_data", "access_api"}}});
  admin.Run("user.create", {{"username", AccountOf(project_)},
                            {"password", kPassword},
                            {"project", project_},
                            {"kind", "web"},
                            {"role", "Integration"},
                            {"api", true}});
}

Answer ApiAccount::Send(std::string_view method, std::string_view path, std::string body) {
  Call call;
  call.method = method;
  call.target = "/a/" + project_ + "/api" + std::string(path);
  call.headers = {{"Authorization", BasicHeader(AccountOf(project_), kPassword)},
                  {"User-Agent", std::string(kUserAgent)}};
  if (!body.empty()) call.headers.emplace_back("Content-Type", "application/json");
  call.body = std::move(body);
  return stage_.client().Send(call);
}

void ApiAccount::Submit(const std::string& xml) {
  Call call;
  call.method = "POST";
  call.target = "/a/" + project_ + "/receiver/";
  call.headers = {{"X-OpenRosa-Version", "3.0"}};
  SetMultipart(call, {{"xml_submission_file", "form.xml", "text/xml", xml}});
  const auto answer = stage_.client().Send(call);
  if (answer.status != 201) throw std::runtime_error("a form was refused: " + answer.body);
}

void ApiAccount::MakeAdministrator() {
  stage_.admin().Run("user.member",
                     {{"username", AccountOf(project_)}, {"project", project_}, {"admin", true}});
}

void ApiAccount::SubmitAt(const std::string& xml, const std::string& app_id,
                          const std::string& received_on) {
  Call call;
  call.method = "POST";
  call.target = "/a/" + project_ + "/receiver/secure/" + app_id + "/";
  call.headers = {{"Authorization", BasicHeader(AccountOf(project_), kPassword)},
                  {"X-Submit-Time", received_on}};
  SetMultipart(call, {{"xml_submission_file", "form.xml", "text/xml", xml}});
  const auto answer = stage_.client().Send(call);
  if (answer.status != 201) throw std::runtime_error("a form was refused: " + answer.body);
}

std::string ApiAccount::ApiKey() {
  if (key_.empty()) {
    const auto made =
        stage_.admin().Run("user.api_key", {{"username", AccountOf(project_)}, {"name", "client"}});
    key_ = made.at("key").as_string();
  }
  return key_;
}

Answer ApiAccount::SendAsClient(std::string_view path, const std::string& authorization) {
  Call call;
  call.target = "/a/" + project_ + "/api" + std::string(path);
  call.headers = {{"User-Agent", "commcare-export/1.13"}, {"Accept", "*/*"}};
  if (authorization.starts_with("apikey ")) {
    const bool is_wrong = authorization.ends_with(":wrong");
    call.headers.emplace_back(
        "Authorization", "apikey " + AccountOf(project_) + ":" + (is_wrong ? "wrong" : ApiKey()));
  } else if (!authorization.empty()) {
    call.headers.emplace_back("Authorization", DigestHeader(challenge_, call, AccountOf(project_),
                                                            kPassword, ++nonce_uses_));
  }
  auto answer = stage_.client().Send(call);
  if (const auto challenge = answer.Header("WWW-Authenticate")) {
    challenge_ = *challenge;
    nonce_uses_ = 0;
  }
  return answer;
}

}  // namespace outpost::tests
