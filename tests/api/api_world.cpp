#include "api/api_world.h"

#include <boost/json.hpp>
#include <stdexcept>

#include "base/text.h"
#include "format/tree/tree.h"
#include "support/credentials.h"

namespace outpost::tests {
namespace {

using boost::json::array;
using boost::json::object;

/// The data API is what stands below these; the description itself is not described.
bool IsOfDataApi(std::string_view shape) {
  return (shape.starts_with("/a/{}/api/") || shape.starts_with("/api/")) &&
         shape != "/api/openapi.yaml";
}

bool IsMethod(std::string_view key) {
  return key == "get" || key == "post" || key == "put" || key == "patch" || key == "delete";
}

std::string UpperCase(std::string_view text) {
  std::string upper(text);
  for (auto& c : upper) c = static_cast<char>(c - ('a' <= c && c <= 'z' ? 'a' - 'A' : 0));
  return upper;
}

bool TakesOnlyKeys(const tree::Node& operation) {
  const auto* security = operation.Find("security");
  return security != nullptr && security->items.size() == 1 &&
         security->items.front().Find("apiKey") != nullptr;
}

std::string TextOf(const tree::Node& node, std::string_view key) {
  const auto* found = node.Find(key);
  return found == nullptr ? "" : found->text;
}

}  // namespace

std::string Shape(std::string_view path) {
  std::string shape;
  for (std::size_t i = 0; i < path.size(); ++i) {
    shape += path[i];
    if (path[i] == '{') i = path.find('}', i) - 1;
  }
  if (shape.ends_with('/')) shape.pop_back();
  return shape;
}

ApiWorld::ApiWorld(std::string program, std::string database)
    : server_(ServerPlan{
          std::move(program), folder_.path(), std::move(database), {{"limits.api", "off"}}, {}}) {
  server_.Start();
  admin_ = std::make_unique<Admin>(server_.admin_origin());
  client_ = std::make_unique<RawClient>(server_.origin());
}

std::vector<Operation> ApiWorld::Described() {
  outpost::tests::Call call;
  call.target = "/api/openapi.yaml";
  const auto answer = client_->Send(call);
  if (answer.status != 200) throw std::runtime_error("the description is not served");
  std::vector<Operation> operations;
  const auto description = tree::ReadYaml(answer.body);
  for (const auto& [path, item] : description.Find("paths")->members) {
    std::vector<std::string> addresses = {path};
    if (const auto* aliases = item.Find("x-aliases")) {
      for (const auto& alias : aliases->items) addresses.push_back(alias.text);
    }
    for (const auto& [key, operation] : item.members) {
      if (!IsMethod(key)) continue;
      for (const auto& address : addresses) {
        operations.push_back(
            {UpperCase(key), address, TextOf(operation, "x-permission"), TakesOnlyKeys(operation)});
      }
    }
  }
  return operations;
}

std::set<std::string> ApiWorld::Served() {
  std::set<std::string> served;
  const auto routes = admin_->Run("test.routes");
  for (const auto& route : routes.as_array()) {
    const auto shape = Shape(std::string_view(route.at("pattern").as_string()));
    if (!IsOfDataApi(shape)) continue;
    served.insert(std::string(route.at("method").as_string()) + " " + shape);
  }
  return served;
}

void ApiWorld::CreateProject(const std::string& name) {
  admin_->Run("project.create", {{"name", name}});
  admin_->Run("project.secure", {{"name", name}, {"on", false}});
}

void ApiWorld::CreateMember(const std::string& username, const std::string& project,
                            const std::vector<std::string>& permissions) {
  const bool is_admin = permissions == std::vector<std::string>{"Admin"};
  object user = {{"username", username},
                 {"password", std::string(kPassword)},
                 {"project", project},
                 {"kind", "web"}};
  if (is_admin) {
    user["admin"] = true;
  } else {
    const auto role = "role of " + username;
    admin_->Run("role.put", {{"project", project},
                             {"name", role},
                             {"permissions", array(permissions.begin(), permissions.end())}});
    user["role"] = role;
  }
  admin_->Run("user.create", user);
  const auto made = admin_->Run("user.api_key", {{"username", username}, {"name", "test"}});
  keys_[username] = std::string(made.at("key").as_string());
}

void ApiWorld::Submit(const std::string& project, const std::string& form_id,
                      const std::string& case_id, const std::string& name, const Whose& whose) {
  outpost::tests::Call call;
  call.method = "POST";
  call.target = "/a/" + project + "/receiver/";
  call.headers = {{"Content-Type", "text/xml"}};
  call.body = "<data xmlns='http://example.org/visit'><case xmlns='" +
              std::string("http://commcarehq.org/case/transaction/v2") + "' case_id='" + case_id +
              "' date_modified='2024-01-01T00:00:00.000Z' user_id='u'><create><case_type>t" +
              "</case_type><case_name>" + name + "</case_name><owner_id>" + whose.owner_id +
              "</owner_id></create>" + "<update><external_id>ext-" + case_id +
              "</external_id></update></case>" +
              "<meta xmlns='http://openrosa.org/jr/xforms'><instanceID>" + form_id +
              "</instanceID><userID>" + whose.user_id + "</userID></meta></data>";
  const auto answer = client_->Send(call);
  if (answer.status != 201) throw std::runtime_error("a form was refused: " + answer.body);
}

Answer ApiWorld::Send(const std::string& authorization, const std::string& method,
                      const std::string& target) {
  outpost::tests::Call call;
  call.method = method;
  call.target = target;
  if (!authorization.empty()) call.headers = {{"Authorization", authorization}};
  if (method != "GET") {
    call.headers.emplace_back("Content-Type", "application/json");
    call.body = "{}";
  }
  return client_->Send(call);
}

Answer ApiWorld::Call(const std::string& user, const std::string& method,
                      const std::string& target) {
  return Send(user.empty() ? "" : BasicHeader(user, kPassword), method, target);
}

Answer ApiWorld::Call(const std::string& user, const Operation& operation,
                      const std::string& target) {
  if (user.empty() || !operation.takes_only_keys) return Call(user, operation.method, target);
  return Send("ApiKey " + user + ":" + keys_.at(user), operation.method, target);
}

}  // namespace outpost::tests
