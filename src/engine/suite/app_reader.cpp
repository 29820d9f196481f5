#include <set>

#include "base/problem.h"
#include "engine/suite/app.h"
#include "engine/suite/detail/app_parts.h"

namespace outpost::suite {
namespace {

using Severity = Finding::Severity;

bool IsMedia(ResourceKind kind) {
  return kind == ResourceKind::kMedia || kind == ResourceKind::kLoginImage;
}

class Reader {
 public:
  Reader(const ReadFile& read, const HasFile& has, App& app) : read_(read), has_(has), app_(app) {}

  void Run() {
    ReadProfileFile();
    for (const Resource& suite : app_.profile.suites) ReadSuiteFile(suite);
    if (app_.profile.login_image) Take(*app_.profile.login_image, app_.profile_path);
    TellMissingMedia();
  }

 private:
  void Tell(Severity severity, const Place& place, std::string text) {
    app_.findings.push_back({severity, place, std::move(text)});
  }
  void Tell(const Problem& problem, const std::string& path);

  void ReadProfileFile();
  void ReadSuiteFile(const Resource& resource);
  void Take(const Resource& resource, const std::string& parent);
  void TakeText(const Resource& resource, const std::string& path);
  void TellMissingMedia();
  std::string FindPath(const Resource& resource, const std::string& parent) const;
  /// Whether it is the first of its id; a later one is ignored by clients.
  bool IsFirst(const Resource& resource);

  const ReadFile& read_;
  const HasFile& has_;
  App& app_;
  std::set<std::string> ids_;
  std::optional<Place> first_missing_media_;
  std::string first_missing_name_;
};

/// What a reader complained about: "suite.xml, line 3: <menu> needs the attribute id".
void Reader::Tell(const Problem& problem, const std::string& path) {
  const Position at = problem.position();
  Place place{path, at.line, at.column, {}};
  std::string text = problem.told();
  const auto prefix = path + ", line " + std::to_string(at.line) + ": ";
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  const auto close = text.find("> ");
  if (text.starts_with("<") && close != std::string::npos) {
    place.element = text.substr(1, close - 1);
    text.erase(0, close + 2);
  }
  Tell(Severity::kError, place, std::move(text));
}

void Reader::ReadProfileFile() {
  for (const char* path : {"profile.ccpr", "profile.xml"}) {
    const auto xml = read_(path);
    if (!xml) continue;
    app_.profile_path = path;
    app_.profile = ReadProfile(*xml, path);
    return;
  }
  throw Problem(ProblemKind::kNotFound, "No app here: neither profile.ccpr nor profile.xml");
}

bool Reader::IsFirst(const Resource& resource) {
  if (ids_.insert(resource.id).second) return true;
  Tell(Severity::kError, resource.place,
       "the resource id \"" + resource.id + "\" is taken: clients ignore this one");
  return false;
}

std::string Reader::FindPath(const Resource& resource, const std::string& parent) const {
  for (const Location& location : resource.locations) {
    if (!location.is_local) continue;
    auto path = LocalPath(location.uri, parent);
    if (!path.empty() && has_(path)) return path;
  }
  return {};
}

std::string FirstLocalUri(const Resource& resource) {
  for (const Location& location : resource.locations) {
    if (location.is_local) return location.uri;
  }
  return {};
}

void Reader::ReadSuiteFile(const Resource& resource) {
  if (!IsFirst(resource)) return;
  const auto path = FindPath(resource, app_.profile_path);
  app_.files.push_back({resource, path});
  const auto xml = path.empty() ? std::nullopt : read_(path);
  if (!xml) {
    Tell(Severity::kError, resource.place, "the suite is missing: " + FirstLocalUri(resource));
    return;
  }
  try {
    app_.suites.push_back(ReadSuite(*xml, path));
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kMalformed) throw;
    return Tell(problem, path);
  }
  const std::vector<Resource> resources = app_.suites.back().resources;
  for (const Resource& child : resources) Take(child, path);
}

void Reader::Take(const Resource& resource, const std::string& parent) {
  if (!IsFirst(resource)) return;
  const auto path = FindPath(resource, parent);
  app_.files.push_back({resource, path});
  if (!path.empty()) {
    if (!IsMedia(resource.kind)) TakeText(resource, path);
    return;
  }
  const auto uri = FirstLocalUri(resource);
  if (IsMedia(resource.kind)) {
    if (resource.is_lazy) return;
    ++app_.media_missing;
    if (!first_missing_media_) {
      first_missing_media_ = resource.place;
      first_missing_name_ = uri.empty() ? resource.id : uri;
    }
    return;
  }
  Tell(Severity::kError, resource.place,
       uri.empty() ? "the resource has no local location" : "the file is missing: " + uri);
}

void Reader::TakeText(const Resource& resource, const std::string& path) {
  const auto text = read_(path);
  if (!text) return Tell(Severity::kError, resource.place, "the file is missing: " + path);
  try {
    if (resource.kind == ResourceKind::kStrings) {
      auto strings = ReadStrings(*text, path, &app_.findings);
      auto& kept = app_.strings[resource.language];
      for (auto& [key, value] : strings) kept.insert_or_assign(key, std::move(value));
    } else if (resource.kind == ResourceKind::kPracticeRestore) {
      app_.practice_restore = path;
      app_.practice_user = ReadPracticeUser(*text, path);
    } else {
      auto form = ReadForm(*text, path);
      form.resource = resource;
      app_.forms.push_back(std::move(form));
    }
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kMalformed) throw;
    Tell(problem, path);
  }
}

void Reader::TellMissingMedia() {
  if (!first_missing_media_) return;
  Tell(Severity::kWarning, *first_missing_media_,
       std::to_string(app_.media_missing) + " media files are missing, the first is " +
           first_missing_name_);
}

}  // namespace

App ReadApp(const ReadFile& read, const HasFile& has) {
  App app;
  Reader(read, has, app).Run();
  return app;
}

}  // namespace outpost::suite
