#include "engine/suite/resource.h"

#include "base/problem.h"
#include "base/text.h"

namespace outpost::suite {
namespace {

constexpr std::string_view kFileScheme = "jr://file/";

bool HasScheme(std::string_view uri) { return uri.find("://") != std::string_view::npos; }

std::string_view FolderOf(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1);
}

std::string_view WithoutDot(std::string_view uri) {
  while (uri.starts_with("./")) uri.remove_prefix(2);
  return uri;
}

/// Empty where a step leaves the folder.
std::string Normalized(std::string_view path) {
  std::string clean;
  for (const auto step : Split(path, '/')) {
    if (step.empty() || step == ".") continue;
    if (step == "..") return {};
    if (!clean.empty()) clean += '/';
    clean += step;
  }
  return clean;
}

}  // namespace

std::string RenderPlace(const Place& place) {
  std::string text = place.file;
  if (place.line != 0) text += ':' + std::to_string(place.line);
  if (!place.element.empty()) text += (text.empty() ? "<" : " <") + place.element + ">";
  return text;
}

std::string_view ElementOf(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::kSuite:
      return "suite";
    case ResourceKind::kForm:
      return "xform";
    case ResourceKind::kUpdateForm:
      return "xform-update-info";
    case ResourceKind::kStrings:
      return "locale";
    case ResourceKind::kMedia:
      return "media";
    case ResourceKind::kPracticeRestore:
      return "user-restore";
    case ResourceKind::kLoginImage:
      return "login";
  }
  OUTPOST_CHECK(false);
  return {};
}

std::string LocalPath(std::string_view uri, std::string_view parent_path) {
  if (uri.starts_with(kFileScheme)) return Normalized(uri.substr(kFileScheme.size()));
  if (HasScheme(uri) || uri.starts_with('/')) return {};
  return Normalized(std::string(FolderOf(parent_path)) + std::string(uri));
}

std::string ResolveLocation(std::string_view uri, std::string_view parent_url) {
  if (HasScheme(uri)) return std::string(uri);
  const auto folder = FolderOf(parent_url.substr(0, parent_url.find_first_of("?#")));
  return std::string(folder) + std::string(WithoutDot(uri));
}

}  // namespace outpost::suite
