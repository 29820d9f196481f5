#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace outpost::sync::detail {

/// Which names of properties are sent, remembered: the cases of a restore share theirs.
class NameChecks {
 public:
  /// Not those that have a place of their own, nor names that no element can have.
  bool IsSent(std::string_view name);

 private:
  static constexpr std::size_t kNamesMax = 10'000;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, bool, Hash, std::equal_to<>> known_;
};

/// The properties of a case that are sent, from their stored JSON to one element each.
void AppendProperties(std::string& out, std::string_view json, NameChecks& names);

}  // namespace outpost::sync::detail
