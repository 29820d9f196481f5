#include "operations/phones/apps/app_client.h"

#include <filesystem>

#include "base/text.h"
#include "format/zip/zip.h"
#include "operations/phones/apps/app_content.h"

namespace outpost::phones {
namespace {

using suite::ResourceKind;

constexpr std::string_view kArchiveScheme = "jr://archive/";

using Archives = std::map<std::string, ArchiveFiles, std::less<>>;

FetchAnswer ReadArchive(const Archives& archives, std::string_view address) {
  FetchAnswer answer;
  answer.kind = FetchAnswer::Kind::kAnswer;
  answer.status = 404;
  address.remove_prefix(kArchiveScheme.size());
  const auto slash = address.find('/');
  const auto archive = archives.find(address.substr(0, slash));
  if (archive == archives.end() || slash == std::string_view::npos) return answer;
  const auto file = archive->second.find(address.substr(slash + 1));
  if (file == archive->second.end()) return answer;
  answer.status = 200;
  answer.body = file->second;
  return answer;
}

/// "2.57.0".
std::string VersionText(const suite::ClientVersion& version) {
  return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.minimal);
}

AppOutcome Ended(AppResult result, std::string told = {}) {
  AppOutcome outcome;
  outcome.result = result;
  outcome.told = std::move(told);
  return outcome;
}

}  // namespace

ArchiveFiles UnpackArchive(std::string_view bytes) {
  const auto archive = zip::Archive::Unpack(bytes, std::filesystem::temp_directory_path());
  ArchiveFiles files;
  for (const auto& entry : archive.entries()) files[entry.name] = archive.Read(entry);
  return files;
}

AppClient::AppClient(AppClientSettings settings, Fetch fetch, const Clock& clock)
    : settings_(std::move(settings)), clock_(clock), archives_(std::make_shared<Archives>()) {
  fetch_ = [archives = archives_, online = std::move(fetch)](const std::string& address,
                                                             const http::Headers& headers) {
    if (address.starts_with(kArchiveScheme)) return ReadArchive(*archives, address);
    return online(address, headers);
  };
}

StagingDoors AppClient::DoorsFor(RequestSource source) const {
  StagingDoors doors{fetch_, {}, settings_.version};
  doors.headers.Set("X-OpenRosa-Version", "3.0");
  doors.headers.Set("x-openrosa-deviceid", settings_.device_id);
  doors.headers.Set("x-openrosa-commcare-version", VersionText(settings_.version));
  doors.headers.Set("X-CommCareHQ-RequestSource", std::string(NameOf(source)));
  const auto age = failing_since_ ? clock_.Now() - *failing_since_ : 0;
  doors.headers.Set("X-CommCareHQ-RequestAge", std::string(AgeName(age)));
  return doors;
}

Place AppClient::AddArchive(ArchiveFiles files) {
  const auto id = std::to_string(archives_->size() + 1);
  archives_->emplace(id, std::move(files));
  return {true, std::string(kArchiveScheme) + id + "/profile.ccpr"};
}

AppOutcome AppClient::Install(const std::string& url) { return InstallFrom({false, url}); }

AppOutcome AppClient::InstallArchive(ArchiveFiles files) {
  return InstallFrom(AddArchive(std::move(files)));
}

AppOutcome AppClient::InstallFrom(const Place& place) {
  AppCopy copy;
  const auto doors = DoorsFor(is_installed() ? RequestSource::kReinstall : RequestSource::kInstall);
  auto outcome = StageProfile(doors, place, copy);
  if (outcome.is_success() && is_installed() &&
      copy.profile.unique_id != installed_.profile.unique_id) {
    return Ended(AppResult::kUnknownFailure, "another app has this place");
  }
  if (outcome.is_success()) outcome = StageFiles(doors, nullptr, copy);
  Note(outcome);
  if (!outcome.is_success()) return outcome;
  installed_ = std::move(copy);
  DropPartial();
  TakeProperties();
  outcome.result = AppResult::kInstalled;
  return outcome;
}

AppOutcome AppClient::StageUpdate(std::string_view username) {
  auto url = update_url_;
  const auto add = [&](std::string_view key, std::string_view value) {
    url += url.find('?') == std::string::npos ? '?' : '&';
    url += std::string(key) + "=" + PercentEncode(value);
  };
  const auto target = properties_.find("cc-update-target");
  add("target", target == properties_.end() ? std::string_view() : target->second);
  if (!username.empty()) add("username", username);
  return StageFrom({installed_.came_from.is_local && update_url_ == installed_.came_from.address,
                    std::move(url)});
}

AppOutcome AppClient::StageArchive(ArchiveFiles files) {
  return StageFrom(AddArchive(std::move(files)));
}

AppOutcome AppClient::StageFrom(const Place& place) {
  const bool is_stale = failures_ - 1 > kFailedResumesMax ||
                        (partial_since_ && clock_.Now() - *partial_since_ > kPartialMicrosMax);
  if (is_stale) DropPartial();
  auto outcome = StageProfileAndFiles(place);
  Note(outcome);
  if (!KeepsPartial(outcome.result)) DropPartial();
  return outcome;
}

AppOutcome AppClient::StageProfileAndFiles(const Place& place) {
  if (!is_installed()) return Ended(AppResult::kUnknownFailure, "nothing is installed");
  const auto doors = DoorsFor(RequestSource::kForegroundUpdate);
  AppCopy fresh;
  auto outcome = StageProfile(doors, place, fresh);
  if (!outcome.is_success()) return outcome;
  if (fresh.profile.unique_id != installed_.profile.unique_id) {
    return Ended(AppResult::kInvalidResource, "the profile is of another app");
  }
  if (partial_.empty() || fresh.profile.version > partial_.profile.version) {
    DropPartial();
    partial_ = std::move(fresh);
    partial_since_ = clock_.Now();
  }
  if (partial_.is_whole) return Ended(AppResult::kUpdateStaged);
  if (partial_.profile.version <= installed_.profile.version) return Ended(AppResult::kUpToDate);
  return StageFiles(doors, &installed_, partial_);
}

void AppClient::Note(const AppOutcome& outcome) {
  if (outcome.is_success()) {
    failures_ = 0;
    failing_since_.reset();
    return;
  }
  ++failures_;
  if (!failing_since_) failing_since_ = clock_.Now();
}

void AppClient::DropPartial() {
  partial_ = {};
  partial_since_.reset();
  failures_ = 0;
}

AppOutcome AppClient::Apply() {
  if (!partial_.is_whole) return Ended(AppResult::kUnknownFailure, "nothing is staged");
  installed_ = std::move(partial_);
  DropPartial();
  TakeProperties();
  is_just_updated_ = true;
  return Ended(AppResult::kInstalled);
}

void AppClient::TakeProperties() {
  for (const auto& property : installed_.profile.properties) {
    if (property.is_forced) {
      properties_[property.key] = property.value;
    } else {
      properties_.try_emplace(property.key, property.value);
    }
  }
  update_url_ =
      installed_.profile.update.empty() ? installed_.came_from.address : installed_.profile.update;
}

AppOutcome AppClient::FetchLazy() {
  for (auto& entry : installed_.table.entries()) {
    if (entry.is_here) continue;
    auto outcome = StageLazy(DoorsFor(RequestSource::kBackgroundLazy), entry);
    if (!outcome.is_success()) return outcome;
  }
  return Ended(AppResult::kInstalled);
}

std::optional<std::string> AppClient::Login() {
  if (!is_just_updated_) return std::nullopt;
  is_just_updated_ = false;
  for (const auto& entry : installed_.table.entries()) {
    std::string xmlns;
    if (entry.resource.kind == ResourceKind::kUpdateForm &&
        CheckForm(entry.content, xmlns).empty()) {
      return xmlns;
    }
  }
  return std::nullopt;
}

PhoneStore* AppClient::PracticeLogin() {
  for (const auto& entry : installed_.table.entries()) {
    if (entry.resource.kind != ResourceKind::kPracticeRestore) continue;
    if (!practice_version_ || entry.resource.version > *practice_version_) {
      practice_version_ = entry.resource.version;
      CheckPracticeRestore(entry.content, practice_);  // was found well when it was fetched
    }
    return &practice_;
  }
  return nullptr;
}

const TableEntry* AppClient::FindForm(std::string_view xmlns) const {
  const TableEntry* best = nullptr;
  for (const auto& entry : installed_.table.entries()) {
    std::string own;
    const bool is_form = entry.resource.kind == ResourceKind::kForm ||
                         entry.resource.kind == ResourceKind::kUpdateForm;
    if (!is_form || !CheckForm(entry.content, own).empty() || own != xmlns) continue;
    if (best == nullptr || entry.resource.version > best->resource.version) best = &entry;
  }
  return best;
}

const std::string* AppClient::Content(std::string_view id) const {
  const auto* entry = installed_.table.Find(id);
  return entry == nullptr || !entry->is_here ? nullptr : &entry->content;
}

}  // namespace outpost::phones
