#include "services/web/apps/app_api.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/problem.h"
#include "base/text.h"
#include "domain/apps/choose.h"
#include "domain/apps/files.h"
#include "engine/suite/app.h"
#include "services/web/api/setup_reply.h"
#include "services/web/apps/questions.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;

/// The content of a build, read once.
struct Structure {
  suite::App app;
  std::vector<std::string> languages;
  suite::ReadFile read;
};

Structure ReadStructure(sql::Connection& connection, const blobs::BlobStore& blobs,
                        const apps::Build& build) {
  const auto file_of = [&connection, build](std::string_view path) {
    return apps::FindFile(connection, build, path);
  };
  Structure structure;
  structure.languages = build.languages;
  structure.read = [&blobs, &connection,
                    file_of](std::string_view path) -> std::optional<std::string> {
    const auto file = file_of(path == "profile.ccpr" ? apps::kProfilePath : path);
    if (!file) return std::nullopt;
    return blobs.Read(connection, file->blob);
  };
  structure.app = suite::ReadApp(
      structure.read, [file_of](std::string_view path) { return file_of(path).has_value(); });
  return structure;
}

/// A text as it is without a session: literals and strings.
std::string PlainText(const suite::App& app, const std::optional<suite::Text>& text,
                      const std::string& language) {
  if (!text) return {};
  std::string out;
  for (const auto& part : text->parts) {
    if (part.kind == suite::TextPart::Kind::kLiteral) out += part.text;
    if (part.kind != suite::TextPart::Kind::kLocale) continue;
    for (const auto& code : {language, std::string("default")}) {
      const auto strings = app.strings.find(code);
      if (strings == app.strings.end()) continue;
      const auto found = strings->second.find(part.text);
      if (found == strings->second.end()) continue;
      out += found->second;
      break;
    }
  }
  return out;
}

std::string CaseTypeOf(const suite::Entry& entry) {
  for (const auto& datum : entry.datums) {
    const auto& nodeset = datum.nodeset.text;
    constexpr std::string_view kLead = "@case_type='";
    const auto at = nodeset.find(kLead);
    if (at == std::string::npos) continue;
    const auto begin = at + kLead.size();
    return nodeset.substr(begin, nodeset.find('\'', begin) - begin);
  }
  return {};
}

struct Module {
  std::string id;
  std::vector<const suite::Menu*> blocks;
  std::vector<const suite::Entry*> entries;
};

std::vector<Module> ModulesOf(const suite::App& app) {
  std::vector<Module> modules;
  for (const auto& suite : app.suites) {
    for (const auto& menu : suite.menus) {
      auto found = std::find_if(modules.begin(), modules.end(),
                                [&](const Module& module) { return module.id == menu.id; });
      if (found == modules.end()) found = modules.insert(modules.end(), {menu.id, {}, {}});
      found->blocks.push_back(&menu);
      for (const auto& command : menu.commands) {
        const auto* entry = suite::FindEntry(app, command.id);
        if (entry != nullptr) found->entries.push_back(entry);
      }
    }
  }
  return modules;
}

void WriteQuestion(json::Writer& out, const FormQuestion& question) {
  const auto or_null = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  out.BeginObject();
  out.Member("label", question.label);
  out.Member("tag", question.tag);
  out.Member("value", question.value);
  out.Member("type", question.type);
  out.MemberOrNull("repeat", or_null(question.repeat));
  out.MemberOrNull("group", or_null(question.group));
  out.Key("options");
  out.BeginArray();
  for (const auto& option : question.options) {
    out.BeginObject();
    out.Member("label", option.label);
    out.Member("value", option.value);
    out.EndObject();
  }
  out.EndArray();
  out.EndObject();
}

class StructureWriter {
 public:
  StructureWriter(json::Writer& out, const Structure& structure)
      : out_(out), structure_(structure) {}

  void WriteModules() {
    out_.Key("modules");
    out_.BeginArray();
    for (const auto& module : ModulesOf(structure_.app)) WriteModule(module);
    out_.EndArray();
  }

 private:
  std::string MainLanguage() const {
    return structure_.languages.empty() ? "en" : structure_.languages.front();
  }

  void WriteNames(std::string_view key, const std::optional<suite::Text>& text) {
    out_.Key(key);
    out_.BeginObject();
    auto languages = structure_.languages;
    if (languages.empty()) languages.push_back("en");
    for (const auto& language : languages) {
      out_.Member(language, PlainText(structure_.app, text, language));
    }
    out_.EndObject();
  }

  const suite::FormFile* FormOf(const suite::Entry& entry) const {
    const auto& forms = structure_.app.forms;
    const auto found = std::find_if(forms.begin(), forms.end(), [&](const suite::FormFile& form) {
      return form.xmlns == entry.form;
    });
    return entry.form.empty() || found == forms.end() ? nullptr : &*found;
  }

  FormOutline OutlineOf(const suite::FormFile& form) const {
    return ReadFormOutline(structure_.read(form.path).value_or(""), MainLanguage());
  }

  void WriteModule(const Module& module) {
    std::set<std::string> properties;
    std::string case_type;
    for (const auto* entry : module.entries) {
      if (case_type.empty()) case_type = CaseTypeOf(*entry);
      const auto* form = FormOf(*entry);
      if (form == nullptr) continue;
      for (const auto& property : OutlineOf(*form).case_properties) properties.insert(property);
    }
    out_.BeginObject();
    out_.Member("unique_id", module.id);
    out_.Member("name",
                PlainText(structure_.app, module.blocks.front()->display.label, MainLanguage()));
    out_.Member("case_type", case_type);
    WriteTextList(out_, "case_properties", {properties.begin(), properties.end()});
    out_.Key("forms");
    out_.BeginArray();
    for (const auto* entry : module.entries) {
      if (const auto* form = FormOf(*entry)) WriteForm(*entry, *form);
    }
    out_.EndArray();
    out_.EndObject();
  }

  void WriteForm(const suite::Entry& entry, const suite::FormFile& form) {
    out_.BeginObject();
    out_.Member("unique_id", form.resource.id);
    out_.Member("xmlns", form.xmlns);
    WriteNames("name", entry.display.label);
    out_.Key("questions");
    out_.BeginArray();
    for (const auto& question : OutlineOf(form).questions) WriteQuestion(out_, question);
    out_.EndArray();
    out_.EndObject();
  }

  json::Writer& out_;
  const Structure& structure_;
};

void WriteVersions(json::Writer& out, const std::vector<apps::Build>& builds) {
  out.Key("versions");
  out.BeginArray();
  for (const auto& build : builds) {
    out.BeginObject();
    out.Member("id", build.build_id);
    out.Member("version", build.version);
    out.Member("built_on", FormatT6(build.built_on));
    out.Member("build_comment", build.comment);
    out.Member("is_released", build.is_released);
    out.EndObject();
  }
  out.EndArray();
}

/// An app itself stands for its newest build; only a build says when it was built.
void WriteApplication(json::Writer& out, const Request& request, AppApiContext& context,
                      sql::Connection& connection, const apps::Named& named) {
  const auto build = apps::ChooseNamed(connection, named);
  const auto& own = named.build;
  out.BeginObject();
  out.Member("id", own ? own->build_id : named.app.app_id);
  out.Member("name", build ? build->name : named.app.name);
  out.Member("version", build ? build->version : std::int64_t{0});
  out.Member("is_released", own.has_value() && own->is_released);
  out.MemberOrNull("built_on", own ? std::optional(FormatT6(own->built_on)) : std::nullopt);
  out.MemberOrNull("build_comment", own ? std::optional(own->comment) : std::nullopt);
  out.MemberOrNull("built_from_app_id", own ? std::optional(named.app.app_id) : std::nullopt);
  out.Member("resource_uri",
             SiblingPath(request.path, "application", own ? own->build_id : named.app.app_id));
  if (build) {
    StructureWriter(out, ReadStructure(connection, context.blobs, *build)).WriteModules();
  }
  WriteVersions(out, own ? std::vector<apps::Build>{} : apps::ListBuilds(connection, named.app));
  out.EndObject();
}

/// All of them, whatever limit was asked for: clients expect no pages here.
Response ListApplications(AppApiContext& context, const Request& request, const ApiCaller& caller) {
  const auto list = apps::ListApps(caller.connection, caller.project.row, false);
  return ReplyWithObject([&](json::Writer& out) {
    out.BeginObject();
    out.Key("meta");
    out.Raw(R"({"limit": null, "next": null, "offset": 0, "previous": null, "total_count": )" +
            std::to_string(list.size()) + "}");
    out.Key("objects");
    out.BeginArray();
    for (const auto& app : list) {
      WriteApplication(out, request, context, caller.connection, {app, std::nullopt});
    }
    out.EndArray();
    out.EndObject();
  });
}

Response ShowApplication(AppApiContext& context, const Request& request, const ApiCaller& caller) {
  const auto named = apps::FindNamed(caller.connection, caller.project.row, request.captures.at(1));
  if (!named) return ReplyNotFound();
  return ReplyWithObject([&](json::Writer& out) {
    WriteApplication(out, request, context, caller.connection, *named);
  });
}

/// For command line tools: one entry per app.
Response ListForTools(const Request& request, const ApiCaller& caller) {
  return ReplyWithObject([&](json::Writer& out) {
    out.BeginObject();
    out.Member("status", "success");
    out.Key("applications");
    out.BeginArray();
    for (const auto& app : apps::ListApps(caller.connection, caller.project.row, false)) {
      const auto newest = apps::NewestBuild(caller.connection, app, false);
      if (!newest) continue;
      out.BeginObject();
      out.Member("name", app.name);
      out.Member("version", newest->version);
      out.Member("app_id", app.app_id);
      out.Member("download_url", Absolute(request, "/a/" + PercentEncode(caller.project.name) +
                                                       "/apps/api/download_ccz/?app_id=" +
                                                       PercentEncode(app.app_id)));
      out.EndObject();
    }
    out.EndArray();
    out.EndObject();
  });
}

bool MayCallApi(const people::Account&, const people::Access& access) {
  return access.May("access_api");
}

}  // namespace

void AddAppApiRoutes(http::Router& router, AppApiContext& context) {
  const auto list =
      Guard(context.api, MayCallApi, [&context](Request& request, const ApiCaller& caller) {
        return ListApplications(context, request, caller);
      });
  const auto show =
      Guard(context.api, MayCallApi, [&context](Request& request, const ApiCaller& caller) {
        return ShowApplication(context, request, caller);
      });
  for (const auto* path : {"application/v1", "v0.5/application", "v0.4/application"}) {
    const auto base = "/a/{domain}/api/" + std::string(path);
    router.AddAsync(http::Method::kGet, base, {"api/applications"}, list);
    router.AddAsync(http::Method::kGet, base + "/{id}", {"api/applications"}, show);
  }
  router.AddAsync(http::Method::kGet, "/a/{domain}/apps/api/list_apps", {"api/applications"},
                  Guard(context.api, MayCallApi, ListForTools));
}

}  // namespace outpost::web
