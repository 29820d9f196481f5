#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "operations/phones/apps/app_staging.h"
#include "operations/phones/phone_store.h"

/// One app on a simulated phone: installed from an address or an archive, updated whole or not at
/// all (app delivery document 3, 5, 6, 13).
namespace outpost::phones {

struct AppClientSettings {
  suite::ClientVersion version{2, 57, 0};
  std::string device_id = "device";
};

/// Files of an unpacked archive by their path.
using ArchiveFiles = std::map<std::string, std::string, std::less<>>;
/// @throws Problem kUnprocessable: no archive, or one with a file that would leave its folder
ArchiveFiles UnpackArchive(std::string_view bytes);

/// A partial set is thrown away after more failed resumes than this, or when it is older than this.
inline constexpr int kFailedResumesMax = 5;
inline constexpr std::int64_t kPartialMicrosMax = 24 * kMicrosPerDay;

/// What would survive the phone's program ending: all of it. Threads: one at a time.
class AppClient {
 public:
  /// The clock must outlive it.
  AppClient(AppClientSettings settings, Fetch fetch, const Clock& clock);

  /// Installs where nothing is, or again over an app of the same unique id. A failure leaves what
  /// was there.
  AppOutcome Install(const std::string& url);
  AppOutcome InstallArchive(ArchiveFiles files);

  /// Asks at the stored address and fetches what is new. `username` may be empty.
  AppOutcome StageUpdate(std::string_view username = {});
  AppOutcome StageArchive(ArchiveFiles files);
  /// The same from a place of the caller.
  AppOutcome StageFrom(const Place& place);
  /// What is staged takes the place of the app, at once or not at all.
  /// @returns kInstalled, or kUnknownFailure when nothing is staged
  AppOutcome Apply();

  /// Media that were left for later. @returns the first failure, else kInstalled
  AppOutcome FetchLazy();

  /// A login: the xmlns of the form that is shown once after an update, if the app has one.
  std::optional<std::string> Login();
  /// What the practice user has; null: the app has none. Begun anew when an update brought a
  /// higher version of it.
  PhoneStore* PracticeLogin();

  bool is_installed() const { return !installed_.empty(); }
  const AppCopy& installed() const { return installed_; }
  const AppCopy& partial() const { return partial_; }
  /// 0 while nothing is installed.
  std::int64_t version() const { return installed_.profile.version; }
  const std::map<std::string, std::string>& properties() const { return properties_; }
  void SetProperty(const std::string& key, std::string value) { properties_[key] = value; }
  /// Where update checks go, before the client's own parameters.
  const std::string& update_url() const { return update_url_; }
  /// The form to open for an xmlns: of several the one of the higher version. Null: none.
  const TableEntry* FindForm(std::string_view xmlns) const;
  /// The file's content; null: the app has no such resource, or it is not here yet.
  const std::string* Content(std::string_view id) const;

 private:
  StagingDoors DoorsFor(RequestSource source) const;
  AppOutcome InstallFrom(const Place& place);
  Place AddArchive(ArchiveFiles files);
  AppOutcome StageProfileAndFiles(const Place& place);
  void Note(const AppOutcome& outcome);
  void DropPartial();
  void TakeProperties();

  AppClientSettings settings_;
  Fetch fetch_;  // also of the phone's own files
  const Clock& clock_;
  std::shared_ptr<std::map<std::string, ArchiveFiles, std::less<>>> archives_;
  AppCopy installed_, partial_;
  int failures_ = 0;
  std::optional<Instant> partial_since_, failing_since_;
  std::map<std::string, std::string> properties_;
  std::string update_url_;
  bool is_just_updated_ = false;
  PhoneStore practice_;
  std::optional<std::int64_t> practice_version_;
};

}  // namespace outpost::phones
