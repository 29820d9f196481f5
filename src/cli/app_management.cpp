#include <fmt/format.h>

#include <iostream>

#include "cli/app_commands.h"
#include "cli/question.h"

namespace outpost::cli {
namespace {

using boost::json::object;

constexpr const char* kAppHelp = "Id of the app, or its name";
constexpr const char* kBuildHelp = "Id of the build, its version, or newest";

void PrintBuild(const object& build) {
  if (build.empty()) return;
  std::cout << fmt::format("  {:>5}  {}  {}{}{}\n", build.at("version").as_int64(),
                           TextOf(build, "build_id"), TextOf(build, "built_on").substr(0, 16),
                           build.at("is_released").as_bool() ? "  released" : "",
                           TextOf(build, "comment").empty() ? "" : "  " + TextOf(build, "comment"));
}

void PrintApp(const object& app) {
  std::cout << TextOf(app, "name") << "  (" << TextOf(app, "app_id") << ")"
            << If(app, "is_deleted", "deleted") << '\n';
  const auto* builds = app.if_contains("builds");
  if (builds == nullptr) return;
  for (const auto& build : builds->as_array()) PrintBuild(build.as_object());
}

void PrintWithSettings(const object& app) {
  PrintApp(app);
  for (const auto& setting : app.at("settings").as_object()) {
    std::cout << "  " << setting.key() << " = " << boost::json::serialize(setting.value()) << '\n';
  }
}

void PrintPhone(const object& phone) {
  std::cout << fmt::format(
      "{:<40} version {:>5}  client {:<10} {}  {} unsent\n", TextOf(phone, "username"),
      phone.at("app_version").as_int64(), TextOf(phone, "client_version"),
      TextOf(phone, "reported_on").substr(0, 16), phone.at("unsent_forms").as_int64());
}

void AddReleasing(CLI::App* family) {
  QuestionCommand(family, "release", "Release a build: phones get it with their next update check",
                  "outpost app release Visits newest --project nutrition")
      .Text("app", "app", kAppHelp, true)
      .Text("build", "build", kBuildHelp, true)
      .Text("--comment", "comment", "What is new, for people")
      .Always("on", true)
      .Asks("app.release", PrintBuild);
  QuestionCommand(family, "unrelease", "Take a release back; phones that have the build keep it",
                  "outpost app unrelease Visits 53 --project nutrition")
      .Text("app", "app", kAppHelp, true)
      .Text("build", "build", kBuildHelp, true)
      .Always("on", false)
      .Asks("app.release", PrintBuild);
  QuestionCommand(family, "release-for",
                  "Release a build for the workers of a location and those below it",
                  "outpost app release-for Visits kailahun --build 54 --project nutrition\n"
                  "         Without --build the location gets what is released for everybody. "
                  "Needs the setting\n         releases_by_location.")
      .Text("app", "app", kAppHelp, true)
      .Text("location", "location", "Id or site code of the location", true)
      .Text("--build", "build", kBuildHelp)
      .Asks("app.release_for_location", PrintBuild);
}

void PrintProfiles(const object& app) {
  for (const auto& one : app.at("settings").as_object().at("build_profiles").as_array()) {
    const auto& profile = one.as_object();
    std::string languages;
    for (const auto& language : profile.at("languages").as_array()) {
      languages += (languages.empty() ? "" : ", ") + std::string(language.as_string());
    }
    std::cout << fmt::format("  {:>3}  {}  {}  ({}){}\n", profile.at("number").as_int64(),
                             TextOf(profile, "id"), TextOf(profile, "name"), languages,
                             If(profile, "is_retired", "retired"));
  }
}

void AddProfiles(CLI::App* family) {
  QuestionCommand(
      family, "profile-add", "Offer an app in some of its languages only (a build profile)",
      "outpost app profile-add Visits \"Hindi only\" --language hin --project nutrition\n"
      "         The first language is the one that phones begin with. The languages of "
      "a profile never\n         change. Its installing page is that of a build, with "
      "?profile=ID.")
      .Text("app", "app", kAppHelp, true)
      .Text("name", "name", "Name for people", true)
      .Texts("--language", "languages", "Code of a language of the newest build; several", true)
      .Asks("app.profile_add", PrintProfiles);
  QuestionCommand(family, "profile-retire",
                  "Offer a build profile no more; phones that have it keep getting it",
                  "outpost app profile-retire Visits 1 --project nutrition")
      .Text("app", "app", kAppHelp, true)
      .Text("profile", "profile", "Id, number or name of the profile", true)
      .Always("on", true)
      .Asks("app.profile_retire", PrintProfiles);
}

/// NAME=VALUE with JSON as value; what is no JSON is a text.
void AddSetting(CLI::App* family) {
  QuestionCommand set(family, "set", "Change settings of an app",
                      "outpost app set Visits app_prompt=forced client_version=2.57.0 --project "
                      "nutrition\n         base_url=https://proxy.example.org: new builds use this "
                      "address.");
  const auto pairs = std::make_shared<std::vector<std::string>>();
  set.Text("app", "app", kAppHelp, true);
  set.app()->add_option("settings", *pairs, "NAME=VALUE; several")->required();
  set.app()->callback([asked = set.asked(), pairs] {
    object settings;
    for (const auto& pair : *pairs) {
      object one;
      PutPair(one, pair);
      for (const auto& [name, text] : one) {
        boost::system::error_code error;
        auto value = boost::json::parse(text.as_string(), error);
        settings[name] = error ? boost::json::value(text) : value;
      }
    }
    auto arguments = asked->arguments;
    arguments["settings"] = std::move(settings);
    const auto answer = Ask(*asked, "app.change", arguments);
    if (asked->as_json) {
      std::cout << boost::json::serialize(answer) << '\n';
    } else {
      PrintWithSettings(answer);
    }
  });
}

}  // namespace

void AddAppManagement(CLI::App* family) {
  QuestionCommand(family, "list", "Apps of a project space with their builds",
                  "outpost app list --project nutrition")
      .Switch("deleted", "deleted", "Deleted ones too")
      .AsksPages("app.list", "apps", "after", PrintApp);
  QuestionCommand(family, "show", "An app with its builds and settings",
                  "outpost app show Visits --project nutrition")
      .Text("app", "app", kAppHelp, true)
      .Asks("app.show", PrintWithSettings);
  AddReleasing(family);
  AddSetting(family);
  AddProfiles(family);
  QuestionCommand(family, "phones",
                  "Who runs which version, the ones that were silent longest first",
                  "outpost app phones Visits --project nutrition")
      .Text("app", "app", kAppHelp, true)
      .AsksPages("app.phones", "phones", "after", PrintPhone);
  QuestionCommand(family, "delete", "Delete an app; phones keep what they have installed",
                  "outpost app delete Visits --project nutrition")
      .Text("app", "app", kAppHelp, true)
      .Always("on", true)
      .Asks("app.delete", PrintApp);
  QuestionCommand(family, "undelete", "Bring a deleted app back",
                  "outpost app undelete Visits --project nutrition")
      .Text("app", "app", kAppHelp, true)
      .Always("on", false)
      .Asks("app.delete", PrintApp);
}

}  // namespace outpost::cli
