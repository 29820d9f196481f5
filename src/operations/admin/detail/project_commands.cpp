#include <array>

#include "base/problem.h"
#include "domain/people/access.h"
#include "operations/admin/detail/commands.h"

namespace outpost::operations::detail {

using boost::json::array;
using boost::json::object;

namespace {

object Describe(const projects::Project& project) {
  return {{"name", project.name},
          {"display_name", project.display_name},
          {"stage", projects::NameOf(project.stage)},
          {"suspended", project.is_suspended},
          {"secure", project.is_secure},
          {"created_on", FormatT6(project.created_on)},
          {"settings", boost::json::parse(projects::RenderSettings(project.settings))}};
}

object Show(Tools& tools, const std::string& name) {
  return Describe(RequireProject(*tools.database.Read(), name));
}

/// Runs one change of the project space named by the arguments and shows what it is then.
template <class Change>
object ChangeProject(Tools& tools, const Arguments& arguments, Change change) {
  const auto name = arguments.Text("name");
  tools.writer.Run(0, [&](sql::Batch& batch) { change(batch, name); });
  tools.directory.Forget(name);
  return Show(tools, name);
}

object Create(Tools& tools, const Arguments& arguments) {
  const auto display_name = arguments.TextOr("display_name", "");
  return ChangeProject(tools, arguments, [&](sql::Batch& batch, const std::string& name) {
    people::CreateProject(batch, name, display_name);
  });
}

object ListProjects(Tools& tools, const Arguments&) {
  array list;
  for (const auto& project : projects::List(*tools.database.Read())) {
    list.push_back(Describe(project));
  }
  return {{"projects", std::move(list)}};
}

object ShowProject(Tools& tools, const Arguments& arguments) {
  return Show(tools, arguments.Text("name"));
}

object SetStage(Tools& tools, const Arguments& arguments) {
  const auto stage = projects::ParseStage(arguments.Text("stage"));
  if (stage == projects::Stage::kLive) {
    // What was held comes first, in the order it came; the last of it opens the project.
    const auto name = arguments.Text("name");
    const auto project = RequireProject(*tools.database.Read(), name);
    const auto applied = tools.intake.ApplyHeldAndGoLive(project);
    tools.directory.Forget(name);
    auto shown = Show(tools, name);
    shown["held_forms_applied"] = applied;
    return shown;
  }
  return ChangeProject(tools, arguments, [&](sql::Batch& batch, const std::string& name) {
    projects::SetStage(batch, name, stage);
  });
}

object Suspend(Tools& tools, const Arguments& arguments) {
  return ChangeProject(tools, arguments, [](sql::Batch& batch, const std::string& name) {
    projects::SetSuspended(batch, name, true);
  });
}

object Resume(Tools& tools, const Arguments& arguments) {
  return ChangeProject(tools, arguments, [](sql::Batch& batch, const std::string& name) {
    projects::SetSuspended(batch, name, false);
  });
}

object SetSecure(Tools& tools, const Arguments& arguments) {
  const bool is_on = arguments.Flag("on");
  return ChangeProject(tools, arguments, [&](sql::Batch& batch, const std::string& name) {
    projects::SetSecure(batch, name, is_on);
  });
}

object ChangeSettings(Tools& tools, const Arguments& arguments) {
  const auto changes = boost::json::serialize(arguments.Object("settings"));
  return ChangeProject(tools, arguments, [&](sql::Batch& batch, const std::string& name) {
    projects::ChangeSettings(batch, name, changes);
  });
}

}  // namespace

projects::Project RequireProject(sql::Connection& connection, std::string_view name) {
  auto project = projects::Find(connection, name);
  if (!project) {
    throw Problem(ProblemKind::kNotFound, "There is no project space " + std::string(name) +
                                              ". 'outpost project list' shows those that exist.");
  }
  return std::move(*project);
}

std::span<const Command> ProjectCommands() {
  static const std::array<Command, 8> kCommands = {{
      {"project.create", {"name", "display_name"}, Create},
      {"project.list", {}, ListProjects},
      {"project.show", {"name"}, ShowProject},
      {"project.stage", {"name", "stage"}, SetStage},
      {"project.suspend", {"name"}, Suspend},
      {"project.resume", {"name"}, Resume},
      {"project.secure", {"name", "on"}, SetSecure},
      {"project.settings", {"name", "settings"}, ChangeSettings},
  }};
  return kCommands;
}

}  // namespace outpost::operations::detail
