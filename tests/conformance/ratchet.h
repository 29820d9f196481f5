#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

/// The list of corpus cases that do not pass yet, each with its reason. It only gets shorter: a
/// case that is listed and passes fails the run.
namespace outpost::tests {

class Ratchet {
 public:
  /// Lines "area/case-id: reason"; '#' starts a comment.
  /// @throws std::runtime_error for a line that is neither, or a case listed twice
  explicit Ratchet(const std::filesystem::path& file);

  /// Why the case need not pass yet.
  std::optional<std::string> ReasonFor(std::string_view name) const;
  const std::map<std::string, std::string, std::less<>>& entries() const { return entries_; }

 private:
  std::map<std::string, std::string, std::less<>> entries_;
};

}  // namespace outpost::tests
