#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/apps/files.h"
#include "domain/apps/import.h"
#include "store/sql/writer.h"

/// Build profiles: variants of a build with some of its languages, for phones that need no others
/// (app delivery document 4.1, 4.2). A variant's texts are made when first asked for and kept with
/// the build's files; they never change, as neither the build nor a profile's languages do.
namespace outpost::apps {

inline constexpr std::size_t kBuildProfilesMax = 100;
inline constexpr std::size_t kProfileLanguagesMax = 50;

/// Languages that the newest build has. @throws Problem kBadRequest, kConflict for a taken name
BuildProfile AddBuildProfile(sql::Batch& batch, const App& app, std::string_view name,
                             const std::vector<std::string>& languages);
/// One that is retired is offered no more; phones that have it keep getting it.
/// `wanted`: id, number or name. @throws Problem kNotFound
void RetireBuildProfile(sql::Batch& batch, const App& app, std::string_view wanted,
                        bool is_retired);

/// By id. Null: there is none.
const BuildProfile* FindBuildProfile(const App& app, std::string_view id);

class Variants {
 public:
  explicit Variants(Stores stores) : stores_(stores) {}

  /// Afterwards the variant's files are there. Threads: any; one variant is made at a time.
  /// @throws Problem kBusy when others are being made for kPatience.
  void Make(const Build& build, std::string_view project, const BuildProfile& profile);

  static constexpr std::chrono::seconds kPatience{30};

 private:
  Stores stores_;
  std::timed_mutex making_;
};

/// A file as the variant has it: its own, or the build's. None: not part of it.
std::optional<File> FindVariantFile(sql::Connection& connection, const Build& build,
                                    std::string_view profile_id, std::string_view path);
/// All of them, by their path in the build, without what the variant leaves out.
std::vector<File> ListVariantFiles(sql::Connection& connection, const Build& build,
                                   std::string_view profile_id);

}  // namespace outpost::apps
