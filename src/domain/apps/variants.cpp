#include "domain/apps/variants.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/problem.h"
#include "base/text.h"
#include "domain/apps/detail/variant_texts.h"
#include "format/deflate/gzip.h"

namespace outpost::apps {
namespace {

constexpr std::size_t kFilesAtOnce = 50;
constexpr std::int64_t kPackedFromBytes = 1'024;
constexpr int kPackLevel = 9;
/// Stored last: when it is there, all are.
constexpr std::string_view kLastPath = kProfilePath;

struct Made {
  File file;
  blobs::Prepared blob;
  std::optional<blobs::Prepared> packed;
};

std::string PathIn(std::string_view profile_id, std::string_view path) {
  return std::string(profile_id) + "/" + std::string(path);
}

bool IsSuite(const File& file) {
  return file.kind == FileKind::kSuite || file.kind == FileKind::kMediaSuite;
}

bool IsProfile(const File& file) {
  return file.kind == FileKind::kProfile || file.kind == FileKind::kPlainProfile;
}

/// Makes the texts of one variant.
class Maker {
 public:
  Maker(Stores& stores, sql::Connection& connection, const Build& build, std::string_view project,
        const BuildProfile& profile)
      : stores_(stores), connection_(connection), files_(ListFiles(connection, build)) {
    plan_.profile_id = profile.id;
    plan_.languages = profile.languages;
    plan_.download =
        build.base_url + "/a/" + PercentEncode(project) + "/apps/download/" + build.build_id + "/";
  }

  std::vector<Made> Run() {
    FindLanguages();
    for (const auto& file : files_) TakeText(file);
    for (const auto& file : files_) {
      const bool is_named = whole_.contains(file.path) && file.kind == FileKind::kMedia;
      if (!is_named || detail::IsCovered(kept_, file.path)) continue;
      plan_.left_out.insert(file.resource_id);
      LeaveOut(file);
    }
    for (const auto& file : files_) {
      if (IsSuite(file)) Add(file, detail::VariantSuite(TextOf(file), plan_));
    }
    for (const auto& file : files_) {
      if (IsProfile(file)) Add(file, detail::VariantProfile(TextOf(file), plan_));
    }
    return std::move(made_);
  }

 private:
  std::string TextOf(const File& file) const { return stores_.blobs.Read(connection_, file.blob); }

  void FindLanguages() {
    for (const auto& file : files_) {
      if (!IsSuite(file)) continue;
      for (const auto& place : detail::StringsOf(TextOf(file))) {
        if (!place.address.starts_with(plan_.download)) continue;
        language_of_[PercentDecode(place.address.substr(plan_.download.size()))] = place.language;
      }
    }
  }

  /// Forms and strings become the variant's; which media the texts name is gathered on the way.
  void TakeText(const File& file) {
    if (file.kind == FileKind::kStrings) return TakeStrings(file);
    const bool is_form = file.kind == FileKind::kForm;
    if (!is_form && !IsSuite(file) && !IsProfile(file)) return;
    const auto text = TextOf(file);
    detail::CollectMedia(text, whole_);
    if (!is_form) return detail::CollectMedia(text, kept_);
    auto variant = detail::VariantForm(text, plan_);
    detail::CollectMedia(variant, kept_);
    if (variant != text) Add(file, variant);
  }

  void TakeStrings(const File& file) {
    const auto text = TextOf(file);
    detail::CollectMedia(text, whole_);
    const auto found = language_of_.find(file.path);
    if (found == language_of_.end() || found->second == "default") {
      detail::CollectMedia(text, kept_);
      const auto* first = FirstStrings();
      if (found != language_of_.end() && first != nullptr) {
        Add(file, detail::VariantDefaultStrings(text, TextOf(*first)));
      }
      return;
    }
    for (const auto& language : plan_.languages) {
      if (language == found->second) return detail::CollectMedia(text, kept_);
    }
    LeaveOut(file);
  }

  /// Of the first of the profile's languages.
  const File* FirstStrings() const {
    for (const auto& file : files_) {
      const auto found = language_of_.find(file.path);
      if (found != language_of_.end() && found->second == plan_.languages.front()) return &file;
    }
    return nullptr;
  }

  void Add(const File& file, const std::string& text) {
    Made made;
    made.file = file;
    made.file.path = PathIn(plan_.profile_id, file.path);
    made.file.kind = FileKind::kVariant;
    made.blob = stores_.blobs.Prepare(text);
    if (made.blob.length >= kPackedFromBytes) {
      made.packed = stores_.blobs.Prepare(deflate::Gzip(text, kPackLevel));
    }
    made_.push_back(std::move(made));
  }

  void LeaveOut(const File& file) {
    Made made;
    made.file = file;
    made.file.path = PathIn(plan_.profile_id, file.path);
    made.file.kind = FileKind::kLeftOut;
    made_.push_back(std::move(made));
  }

  Stores& stores_;
  sql::Connection& connection_;
  const std::vector<File> files_;
  detail::VariantPlan plan_;
  std::map<std::string, std::string> language_of_;  // by path
  std::set<std::string> whole_, kept_;              // media that the texts name
  std::vector<Made> made_;
};

void Insert(sql::Batch& batch, const blobs::BlobStore& blobs, const Build& build,
            const Made& made) {
  if (!made.blob.id.empty()) blobs.Keep(batch, made.blob);
  if (made.packed) blobs.Keep(batch, *made.packed);
  batch.connection().Execute(
      "INSERT INTO app_files (build, path, kind, resource_id, version, content_type, length, blob, "
      "original, packed) VALUES ($1, $2, $3, '', $4, $5, $6, $7, '', $8) "
      "ON CONFLICT (build, path) DO NOTHING",
      {build.row, std::string_view(made.file.path), static_cast<std::int64_t>(made.file.kind),
       made.file.version, std::string_view(made.file.content_type), made.blob.length,
       std::string_view(made.blob.id),
       made.packed ? std::string_view(made.packed->id) : std::string_view()});
}

}  // namespace

void Variants::Make(const Build& build, std::string_view project, const BuildProfile& profile) {
  const auto last = PathIn(profile.id, kLastPath);
  const auto is_there = [&] { return FindFile(*stores_.database.Read(), build, last).has_value(); };
  if (is_there()) return;
  const std::unique_lock lock(making_, kPatience);
  if (!lock.owns_lock()) {
    throw Problem(ProblemKind::kBusy, "Variants of other apps are being made. Try again soon.");
  }
  if (is_there()) return;
  std::vector<Made> made;
  {
    const auto lease = stores_.database.Read();
    made = Maker(stores_, *lease, build, project, profile).Run();
  }
  std::stable_partition(made.begin(), made.end(),
                        [&](const Made& one) { return one.file.path != last; });
  for (std::size_t begin = 0; begin < made.size(); begin += kFilesAtOnce) {
    const auto end = std::min(begin + kFilesAtOnce, made.size());
    stores_.writer.Run(0, [&](sql::Batch& batch) {
      for (auto i = begin; i < end; ++i) Insert(batch, stores_.blobs, build, made[i]);
    });
  }
}

std::optional<File> FindVariantFile(sql::Connection& connection, const Build& build,
                                    std::string_view profile_id, std::string_view path) {
  auto file = FindFile(connection, build, PathIn(profile_id, path));
  if (!file) return FindFile(connection, build, path);
  if (file->kind == FileKind::kLeftOut) return std::nullopt;
  return file;
}

std::vector<File> ListVariantFiles(sql::Connection& connection, const Build& build,
                                   std::string_view profile_id) {
  std::vector<File> files;
  for (auto& file : ListFiles(connection, build)) {
    if (file.kind == FileKind::kArchive) continue;
    auto found = FindVariantFile(connection, build, profile_id, file.path);
    if (!found) continue;
    file.blob = found->blob;
    file.packed = found->packed;
    file.length = found->length;
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace outpost::apps
