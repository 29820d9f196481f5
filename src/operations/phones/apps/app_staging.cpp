#include "operations/phones/apps/app_staging.h"

#include <optional>

#include "base/problem.h"
#include "operations/phones/apps/app_content.h"

namespace outpost::phones {
namespace {

using suite::ResourceKind;

bool IsCompound(ResourceKind kind) { return kind == ResourceKind::kSuite; }

AppOutcome Failure(AppResult result, std::string told, const std::string& resource) {
  AppOutcome outcome;
  outcome.result = result;
  outcome.told = std::move(told);
  outcome.resource = resource;
  return outcome;
}

/// What one place's answer means for the whole; nothing: the next place is tried.
std::optional<AppResult> EndOf(const GetResult& got) {
  switch (got.kind) {
    case GetResult::Kind::kActionable:
      return AppResult::kMissingResourcesWithMessage;
    case GetResult::Kind::kRateLimited:
      return AppResult::kRateLimited;
    case GetResult::Kind::kNoNetwork:
      return AppResult::kNoConnection;
    case GetResult::Kind::kBadCertificate:
      return AppResult::kBadSslCertificate;
    case GetResult::Kind::kCaptivePortal:
      return AppResult::kCaptivePortal;
    case GetResult::Kind::kCrash:
      return AppResult::kUnknownFailure;
    case GetResult::Kind::kUnusableHeader:
      return AppResult::kInvalidResource;
    default:
      return std::nullopt;
  }
}

/// Looks at a file's content. `children`: of a suite.
Fault Check(const suite::Resource& resource, std::string_view content,
            std::vector<suite::Resource>& children) {
  std::string xmlns;
  PhoneStore practice;
  switch (resource.kind) {
    case ResourceKind::kSuite:
      return CheckSuite(content, resource.id, children);
    case ResourceKind::kForm:
    case ResourceKind::kUpdateForm:
      return CheckForm(content, xmlns);
    case ResourceKind::kPracticeRestore:
      return CheckPracticeRestore(content, practice);
    case ResourceKind::kStrings:
    case ResourceKind::kMedia:
    case ResourceKind::kLoginImage:
      break;
  }
  return {};
}

/// Tries the entry's places. On success its content is there.
AppOutcome FetchEntry(const StagingDoors& doors, const TableEntry* peer, TableEntry& entry,
                      std::vector<suite::Resource>& children) {
  std::string failed, invalid;
  for (const auto& place : entry.places) {
    // What is there is the old version.
    if (peer != nullptr && place.is_local && place == peer->found) continue;
    auto got = GetFile(doors.fetch, place.address, doors.headers);
    if (const auto end = EndOf(got)) return Failure(*end, got.told, entry.resource.id);
    if (got.kind == GetResult::Kind::kFailed) failed = place.address + ": " + got.told;
    if (got.kind != GetResult::Kind::kContent) continue;
    auto fault = Check(entry.resource, got.content, children);
    if (!fault.empty()) {
      invalid = place.address + ": " + fault;
      continue;
    }
    entry.content = std::move(got.content);
    entry.found = place;
    entry.is_here = true;
    AppOutcome fetched;
    fetched.result = AppResult::kUpdateStaged;
    fetched.fetched.push_back(entry.resource.id);
    return fetched;
  }
  if (!invalid.empty()) return Failure(AppResult::kInvalidResource, invalid, entry.resource.id);
  if (!failed.empty()) return Failure(AppResult::kNetworkFailure, failed, entry.resource.id);
  return Failure(IsCompound(entry.resource.kind) ? AppResult::kMissingResources
                                                 : AppResult::kMissingResourcesWithMessage,
                 "found nowhere", entry.resource.id);
}

void AddChildren(AppCopy& copy, const TableEntry& parent,
                 const std::vector<suite::Resource>& children) {
  const auto places = parent.places;  // adding moves entries
  const auto id = parent.resource.id;
  for (const auto& child : children) {
    TableEntry entry;
    entry.resource = child;
    entry.parent = id;
    entry.places = PlacesOf(child, places);
    copy.table.Add(std::move(entry));
  }
}

/// Takes the installed file; a suite brings its files with it, as it is not read again.
void Keep(const AppCopy& installed, const TableEntry& peer, AppCopy& copy, TableEntry& entry) {
  entry.resource = peer.resource;
  entry.content = peer.content;
  entry.found = peer.found;
  entry.is_here = peer.is_here;
  entry.is_kept = true;
  if (!IsCompound(peer.resource.kind)) return;
  for (const auto& child : installed.table.entries()) {
    if (child.parent == peer.resource.id) copy.table.Add(child);
  }
}

AppOutcome StageEntry(const StagingDoors& doors, const AppCopy* installed, AppCopy& copy,
                      std::size_t index) {
  auto& entry = copy.table.entries()[index];
  const auto* peer = installed == nullptr ? nullptr : installed->table.Find(entry.resource.id);
  AppOutcome done;
  done.result = AppResult::kUpdateStaged;
  if (entry.is_here) return done;
  const bool is_fetched =
      IsFetched(peer == nullptr ? std::nullopt : std::optional(peer->resource.version),
                entry.resource.version);
  if (!is_fetched) {
    Keep(*installed, *peer, copy, entry);
    return done;
  }
  if (entry.resource.is_lazy) return done;
  std::vector<suite::Resource> children;
  done = FetchEntry(doors, peer, entry, children);
  if (done.is_success()) AddChildren(copy, copy.table.entries()[index], children);
  return done;
}

AppOutcome CheckWhole(const AppCopy& copy) {
  std::vector<std::pair<std::string, std::string>> strings;
  for (const auto& entry : copy.table.entries()) {
    if (entry.resource.kind == ResourceKind::kStrings) {
      strings.emplace_back(entry.resource.language, entry.content);
    }
  }
  AppOutcome outcome;
  outcome.told = CheckStrings(strings);
  outcome.result = outcome.told.empty() ? AppResult::kUpdateStaged : AppResult::kUnknownFailure;
  return outcome;
}

}  // namespace

AppOutcome StageProfile(const StagingDoors& doors, const Place& place, AppCopy& copy) {
  const std::string id(kProfileId);
  auto got = GetFile(doors.fetch, place.address, doors.headers);
  if (const auto end = EndOf(got)) return Failure(*end, got.told, id);
  if (got.kind == GetResult::Kind::kFailed)
    return Failure(AppResult::kNetworkFailure, got.told, id);
  if (got.kind == GetResult::Kind::kMissing) {
    return Failure(AppResult::kMissingResources, "no profile", id);
  }
  AppCopy fresh;
  try {
    fresh.profile = suite::ReadProfile(got.content, "profile");
  } catch (const Problem& problem) {
    return Failure(AppResult::kInvalidResource, problem.told(), id);
  }
  if (!suite::Accepts(fresh.profile.required, doors.client)) {
    return Failure(AppResult::kIncompatibleReqs, "needs a newer client", id);
  }
  fresh.came_from = place;
  TableEntry entry;
  entry.resource.kind = ResourceKind::kSuite;  // has files of its own, as a suite has
  entry.resource.id = id;
  entry.resource.version = fresh.profile.version;
  entry.places = {place};
  entry.found = place;
  entry.content = std::move(got.content);
  entry.is_here = true;
  fresh.table.Add(std::move(entry));
  auto files = fresh.profile.suites;
  if (fresh.profile.login_image) files.push_back(*fresh.profile.login_image);
  AddChildren(fresh, fresh.table.entries()[0], files);
  copy = std::move(fresh);
  AppOutcome done;
  done.result = AppResult::kUpdateStaged;
  return done;
}

AppOutcome StageFiles(const StagingDoors& doors, const AppCopy* installed, AppCopy& copy) {
  AppOutcome all;
  for (std::size_t index = 0; index < copy.table.entries().size(); ++index) {
    auto one = StageEntry(doors, installed, copy, index);
    all.fetched.insert(all.fetched.end(), one.fetched.begin(), one.fetched.end());
    if (one.is_success()) continue;
    one.fetched = std::move(all.fetched);
    return one;
  }
  auto checked = CheckWhole(copy);
  checked.fetched = std::move(all.fetched);
  copy.is_whole = checked.is_success();
  return checked;
}

AppOutcome StageLazy(const StagingDoors& doors, TableEntry& entry) {
  std::vector<suite::Resource> none;
  return FetchEntry(doors, nullptr, entry, none);
}

}  // namespace outpost::phones
