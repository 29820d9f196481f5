#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Configuration: defaults, then a TOML file, then OUTPOST_SECTION_KEY from the environment, then
/// the command line; the last one that says something counts. Nobody's misspelling is ignored.
namespace outpost {

struct SettingKey {
  std::string_view name;  // "server.listen"
  std::string_view default_value;
  std::string_view meaning;  // one line for --help and docs
};

class Settings {
 public:
  struct Sources {
    std::optional<std::filesystem::path> file;
    std::vector<std::string> environment;             // "NAME=value"
    std::map<std::string, std::string> command_line;  // by key name
  };

  /// @throws Problem kUnknownSetting naming the key, where it stands and the nearest known one;
  ///         kMalformed with position when the file is not TOML; kNotFound when it is absent.
  static Settings Load(std::span<const SettingKey> known, const Sources& sources);

  /// The key must be one of the known ones.
  const std::string& Text(std::string_view key) const;
  /// @throws Problem kBadRequest when the value is no whole number.
  std::int64_t Int(std::string_view key) const;
  /// true, false, yes, no, on, off, 1, 0. @throws Problem kBadRequest for anything else.
  bool Bool(std::string_view key) const;
  /// Values separated by commas (a TOML array in the file); empty when the text is empty.
  std::vector<std::string> List(std::string_view key) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

/// The process environment as NAME=value lines.
std::vector<std::string> ProcessEnvironment();

}  // namespace outpost
