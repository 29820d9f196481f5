#pragma once

#include <filesystem>
#include <mutex>

#include "domain/apps/files.h"
#include "domain/apps/import.h"

/// The archive of a build, for phones without a network and for web entry (app delivery document
/// 16.2). Made when first asked for and kept with the build's files.
namespace outpost::apps {

class Archives {
 public:
  /// `spool`: where an archive grows. All must outlive it.
  Archives(Stores stores, std::filesystem::path spool)
      : stores_(stores), spool_(std::move(spool)) {}

  /// `profile_id`: of a build profile whose variant has been made (variants.h); "" for the whole.
  /// Threads: any; one archive is made at a time.
  /// @throws Problem kBusy when others are being made for kPatience.
  File Get(const Build& build, bool with_media, std::string_view profile_id = {});

  static constexpr std::chrono::seconds kPatience{30};

 private:
  File Make(const Build& build, std::string_view name, bool with_media,
            std::string_view profile_id);

  Stores stores_;
  std::filesystem::path spool_;
  std::timed_mutex making_;
};

/// "{project} - {app name} - v{version}.ccz"
std::string ArchiveName(std::string_view project, const Build& build);

}  // namespace outpost::apps
