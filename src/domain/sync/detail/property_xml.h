#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace outpost::sync::detail {

/// A property's name with all that is written around its value.
struct PropertyName {
  explicit PropertyName(std::string_view name);

  std::string key;                  // "name":" as stored
  std::string open, close, closed;  // <name>, </name>, <name/>
  /// Not those that have a place of their own, nor names that no element can have.
  bool is_sent = false;
  bool is_remembered = false;
  /// What came after it the last time: cases of a type have the same properties in the same order.
  PropertyName* next = nullptr;
};

/// The names of properties, remembered: the cases of a restore share theirs.
class PropertyNames {
 public:
  PropertyNames() : before_first_("") {}
  PropertyNames(const PropertyNames&) = delete;
  PropertyNames& operator=(const PropertyNames&) = delete;

  /// Good until the next call. Names beyond the limit are not remembered.
  PropertyName& Of(std::string_view name);
  /// Its `next` is what a case began with.
  PropertyName& before_first() { return before_first_; }

 private:
  static constexpr std::size_t kNamesMax = 10'000;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  PropertyName before_first_;
  std::unordered_map<std::string, std::unique_ptr<PropertyName>, Hash, std::equal_to<>> known_;
  std::unique_ptr<PropertyName> last_unknown_;
};

/// The properties of a case that are sent, from their stored JSON to one element each.
void AppendProperties(std::string& out, std::string_view json, PropertyNames& names);

}  // namespace outpost::sync::detail
