#include "operations/admin/admin.h"

#include <boost/json.hpp>

#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"
#include "operations/admin/detail/commands.h"

namespace outpost::operations {
namespace {

std::vector<detail::Command> AllCommands() {
  std::vector<detail::Command> all;
  for (const auto part :
       {detail::AppCommands(), detail::DeviceLogCommands(), detail::ExplainCommands(),
        detail::FormCommands(), detail::GroupCommands(), detail::LocationCommands(),
        detail::LocationTypeCommands(), detail::LookupCommands(), detail::LookupImportCommands(),
        detail::ProjectCommands(), detail::RoleCommands(), detail::StockCommands(),
        detail::UserCommands(), detail::UserDataCommands()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

http::Response Refusal(const Problem& problem) {
  const boost::json::object body{{"error", problem.told()},
                                 {"kind", NameOf(problem.kind())},
                                 {"number", NumberOf(problem.kind())}};
  return http::Response::Json(HttpStatusOf(problem.kind()), boost::json::serialize(body));
}

}  // namespace

struct Admin::Impl {
  detail::Tools tools;
  std::vector<detail::Command> commands = AllCommands();
  std::function<void()> told = {};
};

Admin::Admin(sql::Database& database, sql::Writer& writer, projects::Directory& directory,
             people::Authenticator& authenticator, const crypto::ServerKey& key, const Clock& clock,
             intake::Intake& intake)
    : impl_(new Impl{{database, writer, directory, authenticator, key, clock, intake}}) {}

Admin::~Admin() = default;

std::string Admin::Run(std::string_view command, std::string_view json_arguments) {
  const auto started = SteadyMicros();
  for (const auto& known : impl_->commands) {
    if (known.name != command) continue;
    const detail::Arguments arguments(json_arguments, known.keys);
    auto result = boost::json::serialize(known.run(impl_->tools, arguments));
    if (impl_->told) impl_->told();
    Log(LogLevel::kInfo, "admin.command",
        {{"command", command}, {"micros", SteadyMicros() - started}});
    return result;
  }
  const auto names = Commands();
  const auto nearest = NearestWord(command, names);
  throw Problem(ProblemKind::kNotFound,
                "There is no command '" + std::string(command) + "'." +
                    (nearest ? " Did you mean '" + *nearest + "'?" : std::string()));
}

void Admin::TellAfterEach(std::function<void()> told) { impl_->told = std::move(told); }

std::vector<std::string_view> Admin::Commands() {
  std::vector<std::string_view> names;
  for (const auto& command : AllCommands()) names.push_back(command.name);
  return names;
}

void AddCommandRoute(http::Router& router, std::string_view name, CommandRun run,
                     std::int64_t body_bytes_max) {
  http::RouteOptions options;
  options.name = "admin";
  options.group = http::Group::kAdmin;
  options.body_bytes_max = body_bytes_max;
  router.Add(http::Method::kPost, "/admin/" + std::string(name), std::move(options),
             [run = std::move(run)](http::Request& request) {
               try {
                 const auto arguments = request.body.Read(0, request.body.length());
                 return http::Response::Json(200, run(arguments));
               } catch (const Problem& problem) {
                 return Refusal(problem);
               }
             });
}

void AddAdminRoutes(http::Router& router, Admin& admin) {
  for (const auto name : Admin::Commands()) {
    AddCommandRoute(router, name, [&admin, name](std::string_view arguments) {
      return admin.Run(name, arguments);
    });
  }
}

}  // namespace outpost::operations
