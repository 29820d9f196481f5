#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "engine/suite/app.h"
#include "format/zip/zip.h"

/// The files of an app on this machine: a folder or an archive (.ccz).
namespace outpost::cli {

/// The profile lies at the top or in a single folder there. What desktop tools leave is ignored.
class AppFiles {
 public:
  /// @throws Problem kNotFound, or what is wrong with the archive.
  explicit AppFiles(const std::filesystem::path& path);

  /// What was read, with the findings of reading. Files over kFileBytesMax count as missing.
  suite::App Read() const;

  static constexpr std::uintmax_t kFileBytesMax = 32u << 20;

 private:
  std::optional<std::string> ReadFile(std::string_view path) const;
  bool HasFile(std::string_view path) const;

  std::optional<zip::Archive> archive_;
  std::filesystem::path folder_;  // where there is no archive
  std::string prefix_;            // "" or "app/", of names in the archive
};

}  // namespace outpost::cli
