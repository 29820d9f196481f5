#include "cli/app_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>

#include "base/problem.h"

namespace outpost::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProfiles[] = {"profile.ccpr", "profile.xml"};

bool HasProfile(const fs::path& folder) {
  for (const char* name : kProfiles) {
    if (fs::is_regular_file(folder / name)) return true;
  }
  return false;
}

/// The folder itself, or the single folder in it that has a profile.
fs::path FolderOfProfile(const fs::path& folder) {
  if (HasProfile(folder)) return folder;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory() && HasProfile(entry.path())) found.push_back(entry.path());
  }
  return found.size() == 1 ? found.front() : folder;
}

std::string PrefixOfProfile(const zip::Archive& archive) {
  std::set<std::string> found;
  for (const auto& entry : archive.entries()) {
    for (const std::string name : kProfiles) {
      if (entry.name == name) return {};
      const auto slash = entry.name.find('/');
      if (slash == std::string::npos || entry.name.starts_with("__MACOSX/")) continue;
      if (entry.name.substr(slash + 1) == name) found.insert(entry.name.substr(0, slash + 1));
    }
  }
  return found.size() == 1 ? *found.begin() : std::string();
}

class OpenFile {
 public:
  explicit OpenFile(const fs::path& path) : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file_ < 0) {
      throw Problem(ProblemKind::kNotFound, "The file " + path.string() + " cannot be read.");
    }
  }
  ~OpenFile() { close(file_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int get() const { return file_; }

 private:
  int file_;
};

}  // namespace

AppFiles::AppFiles(const fs::path& path) {
  if (fs::is_directory(path)) {
    folder_ = FolderOfProfile(path);
    return;
  }
  if (!fs::is_regular_file(path)) {
    throw Problem(ProblemKind::kNotFound,
                  "There is neither a folder nor an archive " + path.string() + ".");
  }
  const OpenFile file(path);
  archive_ = zip::Archive::Unpack(file.get(), static_cast<std::int64_t>(fs::file_size(path)),
                                  fs::temp_directory_path());
  prefix_ = PrefixOfProfile(*archive_);
}

bool AppFiles::HasFile(std::string_view path) const {
  if (archive_) return archive_->Find(prefix_ + std::string(path)) != nullptr;
  return fs::is_regular_file(folder_ / path);
}

std::optional<std::string> AppFiles::ReadFile(std::string_view path) const {
  if (!HasFile(path)) return std::nullopt;
  if (archive_) {
    const auto* entry = archive_->Find(prefix_ + std::string(path));
    if (static_cast<std::uintmax_t>(entry->length) > kFileBytesMax) return std::nullopt;
    return archive_->Read(*entry);
  }
  if (fs::file_size(folder_ / path) > kFileBytesMax) return std::nullopt;
  std::ifstream in(folder_ / path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return std::nullopt;
  return text.str();
}

suite::App AppFiles::Read() const {
  return suite::ReadApp([this](std::string_view path) { return ReadFile(path); },
                        [this](std::string_view path) { return HasFile(path); });
}

}  // namespace outpost::cli
