#include "domain/apps/detail/plan_build.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "crypto/digests.h"
#include "domain/apps/detail/rewrite.h"
#include "domain/apps/detail/versions.h"
#include "format/deflate/gzip.h"

namespace outpost::apps::detail {
namespace {

constexpr std::size_t kMediaIdDigits = 32;
constexpr std::int64_t kPackedFromBytes = 1'024;
constexpr int kPackLevel = 9;

FileKind KindOf(suite::ResourceKind kind) {
  switch (kind) {
    case suite::ResourceKind::kSuite:
      return FileKind::kSuite;
    case suite::ResourceKind::kForm:
    case suite::ResourceKind::kUpdateForm:
      return FileKind::kForm;
    case suite::ResourceKind::kStrings:
      return FileKind::kStrings;
    case suite::ResourceKind::kMedia:
    case suite::ResourceKind::kLoginImage:
      return FileKind::kMedia;
    case suite::ResourceKind::kPracticeRestore:
      return FileKind::kPracticeRestore;
  }
  return FileKind::kOther;
}

std::string ContentTypeOf(FileKind kind, std::string_view path) {
  switch (kind) {
    case FileKind::kProfile:
    case FileKind::kPlainProfile:
      return "commcare/profile";
    case FileKind::kSuite:
    case FileKind::kMediaSuite:
    case FileKind::kForm:
    case FileKind::kPracticeRestore:
      return "application/xml";
    case FileKind::kStrings:
      return "text/plain";
    case FileKind::kMedia:
    case FileKind::kOther:
    case FileKind::kArchive:
    case FileKind::kVariant:
    case FileKind::kLeftOut:
      break;
  }
  return std::string(MediaTypeOf(path).content_type);
}

std::string_view LastPart(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string EncodedPath(std::string_view path) {
  std::string out;
  for (const auto part : Split(path, '/')) out += (out.empty() ? "" : "/") + PercentEncode(part);
  return out;
}

/// A suite that names nothing but media, beside others.
bool IsMediaSuite(const suite::App& app, const suite::Suite& suite) {
  return app.suites.size() > 1 && suite.menus.empty() && suite.entries.empty() &&
         suite.details.empty() && suite.endpoints.empty() && suite.fixtures.empty() &&
         std::all_of(suite.resources.begin(), suite.resources.end(), [](const auto& resource) {
           return resource.kind == suite::ResourceKind::kMedia;
         });
}

/// Another profile that an archive may hold: made anew here.
bool IsSpareProfile(std::string_view path) {
  return path == "profile.xml" || path == "media_profile.xml" || path == kProfilePath ||
         path == kPlainProfilePath;
}

class Planner {
 public:
  Planner(const PlanInput& input, NewBuild& made)
      : input_(input),
        made_(made),
        addresses_{made.build.base_url, input.project, made.app.app_id, made.build.build_id},
        known_(made.app.row == 0 ? KnownResources{}
                                 : ReadKnownResources(input.connection, made.app)) {}

  std::size_t Run() {
    versions_.app = made_.build.version;
    for (const auto& file : input_.app.files) TakeResource(file);
    for (const auto& [path, length] : input_.content.files()) {
      if (!by_path_.contains(path) && !IsSpareProfile(path)) Take(path, FileKind::kOther);
    }
    for (auto& file : made_.files) RewriteIfSuite(file);
    AddProfiles();
    for (auto& file : made_.files) Pack(file);
    return changed_;
  }

 private:
  NewFile& Take(const std::string& path, FileKind kind) {
    NewFile made;
    made.file.path = path;
    made.file.kind = kind;
    made.file.content_type = ContentTypeOf(kind, path);
    made.served = input_.content.Take(path);
    if (kind == FileKind::kMedia) {
      made.media_id = made.served.blob.id.substr(2, kMediaIdDigits);
      made.media_kind = MediaTypeOf(path).kind;
      made_.build.has_media = true;
    }
    by_path_[path] = made_.files.size();
    made_.files.push_back(std::move(made));
    return made_.files.back();
  }

  void TakeResource(const suite::AppFile& resource) {
    const auto& path = resource.path;
    if (path.empty() || !input_.content.Has(path)) return;
    auto kind = KindOf(resource.resource.kind);
    if (kind == FileKind::kSuite && IsMedia(path)) {
      kind = FileKind::kMediaSuite;
      media_suites_.insert(resource.resource.id);
    }
    if (by_path_.contains(path)) return;  // two resources of one file: the first names it
    auto& made = Take(path, kind);
    made.file.resource_id = resource.resource.id;
    made.file.version = VersionOf(resource.resource, made, kind);
    versions_.resources[resource.resource.id] = made.file.version;
  }

  bool IsMedia(std::string_view path) const {
    return std::any_of(input_.app.suites.begin(), input_.app.suites.end(), [&](const auto& suite) {
      return suite.file == path && IsMediaSuite(input_.app, suite);
    });
  }

  std::int64_t VersionOf(const suite::Resource& resource, const NewFile& made, FileKind kind) {
    const auto found = known_.find(resource.id);
    const auto* known = found == known_.end() ? nullptr : &found->second;
    const bool is_suite = kind == FileKind::kSuite || kind == FileKind::kMediaSuite;
    const auto version =
        is_suite ? SuiteVersion(resource.version, made_.build.version)
                 : LeafVersion(known, made.served.blob.id, resource.version, made_.build.version);
    if (known == nullptr || version > known->version) ++changed_;
    return version;
  }

  std::string AddressOf(std::string_view path) const {
    if (path == kProfilePath || path == kPlainProfilePath) return {};
    const auto found = by_path_.find(path);
    if (found == by_path_.end()) return {};
    const auto& file = made_.files[found->second];
    if (file.media_id.empty()) return addresses_.Download(EncodedPath(path));
    return addresses_.base_url + "/hq/multimedia/file/" + file.media_kind + "/" + file.media_id +
           "/" + PercentEncode(LastPart(path));
  }

  /// The imported bytes become the original where others are served.
  void Serve(NewFile& file, std::string_view text) {
    auto served = input_.blobs.Prepare(text);
    if (served.id == file.served.blob.id) return;
    file.original = std::move(file.served);
    file.served = {std::move(served), false};
    rewritten_[file.file.path] = text;
  }

  /// Phones on slow links get texts packed; packing once saves doing it for every phone.
  void Pack(NewFile& file) {
    const bool is_text =
        file.file.kind == FileKind::kSuite || file.file.kind == FileKind::kMediaSuite ||
        file.file.kind == FileKind::kForm || file.file.kind == FileKind::kStrings ||
        file.file.kind == FileKind::kPracticeRestore || file.file.kind == FileKind::kProfile ||
        file.file.kind == FileKind::kPlainProfile;
    if (!is_text || file.served.blob.length < kPackedFromBytes) return;
    const auto packed = deflate::Gzip(TextOf(file), kPackLevel);
    file.packed = Bytes{input_.blobs.Prepare(packed), false};
  }

  /// The bytes that are served.
  std::string TextOf(const NewFile& file) const {
    if (const auto found = rewritten_.find(file.file.path); found != rewritten_.end()) {
      return found->second;
    }
    return input_.content.Read(file.file.path);
  }

  void RewriteIfSuite(NewFile& file) {
    if (file.file.kind != FileKind::kSuite && file.file.kind != FileKind::kMediaSuite) return;
    const auto text = input_.content.Read(file.file.path);
    Serve(file, RewriteSuite(text, {addresses_, versions_,
                                    [this](std::string_view path) { return AddressOf(path); },
                                    file.file.path}));
  }

  void AddProfiles() {
    const auto& source = input_.app.profile_path;
    const auto text = input_.content.Read(source);
    const auto rewritten = [&](std::string_view update_path, std::set<std::string> left_out) {
      return RewriteProfile(
          text, {addresses_, versions_, [this](std::string_view path) { return AddressOf(path); },
                 std::string(update_path), std::move(left_out), source});
    };
    NewFile whole;
    whole.served = input_.content.Take(source);
    whole.file.path = kProfilePath;
    whole.file.kind = FileKind::kProfile;
    whole.file.content_type = ContentTypeOf(FileKind::kProfile, {});
    Serve(whole, rewritten(kProfilePath, {}));
    NewFile plain;
    plain.file.path = kPlainProfilePath;
    plain.file.kind = FileKind::kPlainProfile;
    plain.file.content_type = whole.file.content_type;
    rewritten_[plain.file.path] = rewritten(kPlainProfilePath, media_suites_);
    plain.served = {input_.blobs.Prepare(rewritten_[plain.file.path]), false};
    made_.files.push_back(std::move(whole));
    made_.files.push_back(std::move(plain));
  }

  const PlanInput& input_;
  NewBuild& made_;
  Addresses addresses_;
  KnownResources known_;
  NewVersions versions_;
  std::map<std::string, std::size_t, std::less<>> by_path_;  // index into made_.files
  std::set<std::string> media_suites_;
  std::map<std::string, std::string, std::less<>> rewritten_;  // path to text
  std::size_t changed_ = 0;
};

}  // namespace

std::size_t PlanFiles(const PlanInput& input, NewBuild& made) { return Planner(input, made).Run(); }

std::string ContentHash(const Content& content) {
  std::string list;
  for (const auto& [path, length] : content.files()) {
    list += path + '\n' + content.Take(path).blob.id + '\n';
  }
  return crypto::Sha256Hex(list);
}

}  // namespace outpost::apps::detail
