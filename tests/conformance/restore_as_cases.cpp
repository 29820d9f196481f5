// Who may restore as whom.
#include <boost/json.hpp>
#include <string>

#include "base/text.h"
#include "conformance/restore_world.h"
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

bool IsSet(const object& from, const char* key) {
  const auto* found = from.if_contains(key);
  return found != nullptr && found->is_bool() && found->as_bool();
}

/// The project "goats" of the corpus, under a name of its own, with two countries.
class GoatWorld {
 public:
  GoatWorld(Stage& stage, std::string project) : stage_(stage), project_(std::move(project)) {
    stage_.CreateProject(project_, true);
    stage_.CreateProject(project_ + "-wrong", true);
    Run("location.put_type", {{"project", project_}, {"code", "country"}});
    Run("location.put_type", {{"project", project_}, {"code", "state"}, {"parent", "country"}});
    for (const char* country : {"usa", "canada"}) {
      Run("location.create", {{"project", project_}, {"name", country}, {"type", "country"}});
    }
    CreateState("ma", "usa");
    CreateState("montreal", "canada");
  }

  /// @returns the full user name
  std::string Person(const std::string& name, const object& described) {
    const bool is_web = TextOf(described, "type") == "web";
    Run("role.put", {{"project", project_},
                     {"name", name + " role"},
                     {"permissions", PermissionsOf(described)}});
    object user = {{"project", project_}, {"password", kWorkerPassword}};
    user["username"] = is_web ? name + "-" + project_ + "@example.org" : name;
    user["kind"] = is_web ? "web" : "mobile";
    if (is_web) user["role"] = name + " role";
    const auto made = Run("user.create", user);
    const std::string username(made.at("username").as_string());
    Run("user.member", {{"username", username}, {"project", project_}, {"role", name + " role"}});
    if (const auto location = TextOf(described, "location"); !location.empty()) {
      Run("location.assign",
          {{"project", project_}, {"username", username}, {"locations", array{value(location)}}});
    }
    if (const auto* data = described.if_contains("user_data"); data && !data->as_object().empty()) {
      auto own = data->as_object();
      // The corpus's requester has another name here.
      if (own.contains("login_as_user")) {
        const auto named = TextOf(own, "login_as_user");
        if (named == "malbec@goats.commcarehq.org") own["login_as_user"] = requester_;
      }
      Run("user.data", {{"username", username}, {"project", project_}, {"set", own}});
    }
    return username;
  }
  void SetRequester(std::string username) { requester_ = std::move(username); }

  Answer Restore(const object& requesting, const std::string& as) {
    Call call;
    const bool is_elsewhere = requesting.contains("request_domain");
    call.target = "/a/" + project_ + (is_elsewhere ? "-wrong" : "") +
                  "/phone/restore/?version=2.0" + (as.empty() ? "" : "&as=" + PercentEncode(as));
    call.headers = {{"Authorization", BasicHeader(requester_, kWorkerPassword)}};
    return stage_.client().Send(call);
  }

 private:
  value Run(std::string_view command, const object& arguments) {
    return stage_.admin().Run(command, arguments);
  }
  void CreateState(const char* name, const char* country) {
    Run("location.create",
        {{"project", project_}, {"name", name}, {"type", "state"}, {"parent", country}});
  }
  static array PermissionsOf(const object& described) {
    array keys = {"access_mobile_endpoints"};
    if (IsSet(described, "restricted_to_locations")) keys.emplace_back("-access_all_locations");
    if (IsSet(described, "can_edit_users")) keys.emplace_back("edit_commcare_users");
    if (IsSet(described, "limited_login_as")) keys.emplace_back("limited_login_as");
    if (IsSet(described, "can_use_default_login_as")) {
      keys.emplace_back("access_default_login_as_user");
    }
    return keys;
  }

  Stage& stage_;
  std::string project_, requester_;
};

}  // namespace

Findings RunRestoreAs(Stage& stage, const value&, const object& entry, int number) {
  stage.SetClock("real");
  GoatWorld world(stage, "goats-" + std::to_string(number));
  const auto& requesting = entry.at("requesting").as_object();
  const auto requester = world.Person("malbec", requesting);
  world.SetRequester(requester);
  const auto& as = entry.at("as");
  std::string target;
  if (as.is_string()) target = requester;
  if (as.is_object()) target = world.Person("target", as.as_object());
  const auto answer = world.Restore(requesting, target);
  const auto expected = TextOf(entry, "message_contains");
  const int status = IsSet(entry, "permitted") ? 200 : 401;
  if (answer.status != status) {
    return {"status is " + std::to_string(answer.status) + ": " + answer.body.substr(0, 300)};
  }
  if (status == 401 && answer.body.find(expected) == std::string::npos) return {answer.body};
  return {};
}

}  // namespace outpost::tests
