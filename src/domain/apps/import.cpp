#include "domain/apps/import.h"

#include <algorithm>

#include "base/ids.h"
#include "base/problem.h"
#include "domain/apps/detail/plan_build.h"
#include "engine/suite/app.h"

namespace outpost::apps {
namespace {

constexpr std::size_t kAppIdBytesMax = 255;

suite::App ReadContent(const detail::Content& content) {
  try {
    return suite::ReadApp(
        [&](std::string_view path) -> std::optional<std::string> {
          if (!content.Has(path)) return std::nullopt;
          return content.Read(path);
        },
        [&](std::string_view path) { return content.Has(path); });
  } catch (const Problem& problem) {
    throw Problem(ProblemKind::kUnprocessable, problem.told(), problem.detail());
  }
}

/// Which app this is a build of. A profile without `uniqueid` makes a new one unless it is named.
App AppFor(sql::Connection& connection, std::int64_t project, const suite::App& read,
           const ImportOptions& options) {
  if (!options.app_id.empty()) {
    const auto& declared = read.profile.unique_id;
    if (!declared.empty() && declared != options.app_id) {
      throw Problem(ProblemKind::kConflict, "The archive is of the app '" + declared +
                                                "', not of '" + options.app_id +
                                                "': phones would see another app.");
    }
    return RequireApp(connection, project, options.app_id);
  }
  App app;
  app.project = project;
  app.app_id = read.profile.unique_id.empty() ? NewHexId() : read.profile.unique_id;
  if (app.app_id.size() > kAppIdBytesMax) {
    throw Problem(ProblemKind::kUnprocessable, "The profile's uniqueid is longer than 255 bytes.");
  }
  return FindApp(connection, project, app.app_id).value_or(app);
}

std::string DisplayName(const suite::App& read) {
  if (!read.profile.name.empty()) return read.profile.name;
  const auto strings = read.strings.find("default");
  if (strings != read.strings.end()) {
    const auto name = strings->second.find("app.display.name");
    if (name != strings->second.end()) return name->second;
  }
  return "App";
}

std::vector<std::string> LanguagesOf(const suite::App& read) {
  std::vector<std::string> languages;
  for (const auto& [language, strings] : read.strings) {
    if (language != "default") languages.push_back(language);
  }
  return languages;
}

std::int64_t VersionFor(const std::optional<Build>& newest, std::int64_t declared, bool renumbers) {
  if (!newest || declared > newest->version) return declared;
  if (renumbers) return newest->version + 1;
  throw Problem(ProblemKind::kConflict,
                "The archive is version " + std::to_string(declared) + ", and version " +
                    std::to_string(newest->version) +
                    " of this app is here already: phones take higher versions only. Import with "
                    "--renumber to make it version " +
                    std::to_string(newest->version + 1) + ".");
}

void Release(Stores& stores, std::int64_t project, Build& build) {
  stores.writer.Run(project, [&](sql::Batch& batch) {
    SetReleased(batch, build, true);
    build.released_on = batch.last().at;
  });
  build.is_released = true;
}

struct Import {
  Stores& stores;
  const projects::Project& project;
  const ImportOptions& options;
  const detail::Content& content;
};

void Count(const Import& import, const suite::App& read, ImportReport& report) {
  report.files = import.content.files().size();
  report.forms = read.forms.size();
  for (const auto& file : read.files) {
    report.media += file.resource.kind == suite::ResourceKind::kMedia && !file.path.empty();
  }
  for (const auto& [path, length] : import.content.files()) report.bytes += length;
}

ImportReport Run(const Import& import) {
  ImportReport report;
  const auto read = ReadContent(import.content);
  report.findings = suite::CheckApp(read);
  Count(import, read, report);
  const auto& options = import.options;
  const bool is_unreadable = suite::HasErrors(read.findings);
  if (is_unreadable || (suite::HasErrors(report.findings) && !options.accepts_errors)) {
    return report;
  }
  detail::NewBuild made;
  {
    const auto lease = import.stores.database.Read();
    made.app = AppFor(*lease, import.project.row, read, options);
    auto& build = made.build;
    build.base_url =
        made.app.settings.base_url.empty() ? options.base_url : made.app.settings.base_url;
    build.content_hash = detail::ContentHash(import.content);
    const auto newest = made.app.row == 0 ? std::nullopt : NewestBuild(*lease, made.app, false);
    report.is_stored = true;
    if (newest && newest->content_hash == build.content_hash &&
        newest->base_url == build.base_url) {
      report.was_there = true;
      report.app = made.app;
      report.build = *newest;
    } else {
      build.version = VersionFor(newest, read.profile.version, options.renumbers);
      build.build_id = NewHexId();
      build.comment = options.comment;
      build.built_by = options.by;
      build.is_released = options.is_released;
      build.languages = LanguagesOf(read);
      build.name = made.app.name = DisplayName(read);
      report.changed = detail::PlanFiles(
          {import.content, read, import.stores.blobs, *lease, import.project.name}, made);
    }
  }
  if (report.was_there) {
    if (options.is_released && !report.build.is_released) {
      Release(import.stores, import.project.row, report.build);
    }
    return report;
  }
  detail::StoreBuild(import.stores, made);
  report.app = std::move(made.app);
  report.build = std::move(made.build);
  return report;
}

}  // namespace

ImportReport ImportArchive(Stores& stores, const projects::Project& project,
                           const zip::Archive& archive, const ImportOptions& options) {
  const detail::ArchiveContent content(archive, stores.blobs);
  return Run({stores, project, options, content});
}

ImportReport Republish(Stores& stores, const projects::Project& project, const App& app,
                       const ImportOptions& options) {
  const auto lease = stores.database.Read();
  const auto newest = NewestBuild(*lease, app, false);
  if (!newest) {
    throw Problem(ProblemKind::kNotFound, "The app '" + app.app_id + "' has no build yet.");
  }
  const detail::BuildContent content(*lease, stores.blobs, *newest);
  ImportOptions again = options;
  again.app_id = app.app_id;
  again.renumbers = true;
  return Run({stores, project, again, content});
}

}  // namespace outpost::apps
