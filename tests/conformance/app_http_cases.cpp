#include "conformance/app_http_cases.h"

#include <boost/json.hpp>

#include "conformance/compare.h"
#include "format/zip/zip.h"
#include "support/credentials.h"
#include "support/tiny_app.h"

namespace outpost::tests {
namespace {

using boost::json::object;

std::string TextOf(const object& from, const char* key) {
  const auto* found = from.if_contains(key);
  return found == nullptr || !found->is_string() ? "" : std::string(found->as_string());
}

std::string Replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

/// A project space with a worker and an app of these files.
struct AppWorld {
  AppWorld(Stage& the_stage, int number)
      : stage(the_stage), project("apps-" + std::to_string(number)) {
    stage.CreateProject(project, true);
    stage.admin().Run("user.create",
                      {{"username", "asha"}, {"password", "long-enough"}, {"project", project}});
    Import(TinyApp("theapp", "The app", 1));
  }

  std::string Import(const std::string& archive) {
    const auto report =
        stage.admin().Send("app.import?release=true&renumber=true&project=" + project, archive);
    return std::string(report.at("build_id").as_string());
  }

  Answer Get(const std::string& path) {
    Call call;
    call.target = Replaced(Replaced(path, "{domain}", project), "{app}", "theapp");
    if (path.find("/phone/") != std::string::npos) {
      call.headers.emplace_back("Authorization",
                                BasicHeader("asha@" + project + ".commcarehq.org", "long-enough"));
    }
    return stage.client().Send(call);
  }

  Stage& stage;
  std::string project;
};

void Arrange(AppWorld& world, const std::string& given) {
  if (given.empty()) return;
  if (given != "per-location releases enabled") {
    throw std::runtime_error("the runner does not know what is given: " + given);
  }
  world.stage.admin().Run("app.change", {{"project", world.project},
                                         {"app", "theapp"},
                                         {"settings", {{"releases_by_location", true}}}});
}

/// An app with a file of each of these paths.
std::string AppWith(const object& paths) {
  const auto resource = [](const std::string& id, const std::string& path) {
    return "<resource id=\"" + id + "\" version=\"1\"><location authority=\"local\">./" + path +
           "</location></resource>";
  };
  std::string suite = "<suite version=\"1\">";
  std::string archive;
  zip::Writer writer([&](std::string_view piece) { archive += piece; });
  writer.Add("profile.ccpr",
             "<profile version=\"1\" uniqueid=\"typed\" name=\"T\"><suite>" +
                 resource("suite", "suite.xml") + "</suite></profile>",
             false);
  for (const auto& [key, type] : paths) {
    const std::string path(key);
    if (path.ends_with("app_strings.txt")) {
      const auto language = path.substr(0, path.find('/'));
      suite += "<locale language=\"" + language + "\">" + resource(language, path) + "</locale>";
      writer.Add(path, "a=b\n", false);
    } else if (path.find("forms-") != std::string::npos) {
      suite += "<xform>" + resource("form", path) + "</xform>";
      writer.Add(path,
                 "<h:html xmlns:h=\"http://www.w3.org/1999/xhtml\" "
                 "xmlns=\"http://www.w3.org/2002/xforms\"><h:head><h:title>F</h:title><model>"
                 "<instance><data xmlns=\"http://example.org/f\"/></instance></model></h:head>"
                 "<h:body/></h:html>",
                 false);
    }
  }
  suite += "<locale language=\"default\">" + resource("d", "default/app_strings.txt") +
           "</locale></suite>";
  writer.Add("default/app_strings.txt", "a=b\n", false);
  writer.Add("suite.xml", suite, false);
  writer.Finish();
  return archive;
}

Findings CheckContentTypes(AppWorld& world, const object& expected) {
  Findings findings;
  const auto build = world.Import(AppWith(expected));
  for (const auto& [path, type] : expected) {
    const auto answer = world.Get("/a/{domain}/apps/download/" + build + "/" + std::string(path));
    const auto found = answer.Header("Content-Type").value_or("");
    if (answer.status != 200 || found != std::string_view(type.as_string())) {
      findings.push_back(std::string(path) + " is " + std::to_string(answer.status) + " " + found);
    }
  }
  return findings;
}

}  // namespace

Findings RunAppResponse(Stage& stage, const object& entry, int number) {
  AppWorld world(stage, number);
  const auto& expect = entry.at("expect").as_object();
  if (TextOf(entry, "kind") == "http-headers") return CheckContentTypes(world, expect);
  Arrange(world, TextOf(entry, "given"));
  const auto request = TextOf(entry, "request");
  const auto answer = world.Get(request.substr(request.find(' ') + 1));
  Findings findings;
  if (answer.status != expect.at("status").as_int64()) {
    findings.push_back("is answered " + std::to_string(answer.status) + " " + answer.body);
  }
  if (expect.contains("json")) {
    const auto body = boost::json::parse(answer.body);
    Compare("body", expect.at("json"), &body, false, findings);
  }
  if (expect.contains("body") && answer.body != TextOf(expect, "body")) {
    findings.push_back("the body is " + answer.body);
  }
  return findings;
}

Findings RunWrappedPassword(Stage& stage, const object& entry, int number) {
  const auto project = "wrapped-" + std::to_string(number);
  stage.CreateProject(project, true);
  stage.admin().Run(
      "user.create",
      {{"username", "asha"}, {"password", TextOf(entry, "password")}, {"project", project}});
  Call call;
  call.target = "/a/" + project + "/phone/keys/";
  const auto& wrapped = entry.at("expect").at("wrapped").as_string();
  call.headers.emplace_back(
      "Authorization", BasicHeader("asha@" + project + ".commcarehq.org", std::string(wrapped)));
  const auto answer = stage.client().Send(call);
  if (answer.status == 200) return {};
  return {"is answered " + std::to_string(answer.status) + " " + answer.body};
}

}  // namespace outpost::tests
