#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Writes JSON straight into a string, without a tree. Keys come in the order of the calls.
namespace outpost::json {

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void BeginObject();
  void EndObject();
  void BeginArray();
  void EndArray();
  void Key(std::string_view key);
  void String(std::string_view value);
  void Int(std::int64_t value);
  void Bool(bool value);
  void Null();
  /// A value that already is JSON.
  void Raw(std::string_view json);

  void Member(std::string_view key, std::string_view value) { Key(key), String(value); }
  void Member(std::string_view key, const char* value) { Key(key), String(value); }
  void Member(std::string_view key, std::int64_t value) { Key(key), Int(value); }
  void Member(std::string_view key, bool value) { Key(key), Bool(value); }
  /// null where there is no value.
  void MemberOrNull(std::string_view key, const std::optional<std::string>& value);
  void MemberOrNull(std::string_view key, const std::optional<std::int64_t>& value);

 private:
  void Separate();
  std::string& out_;
  std::vector<bool> has_items_;  // one per open object or array
  bool after_key_ = false;
};

/// Appends text as a JSON string with quotes. Invalid UTF-8 becomes U+FFFD.
void AppendString(std::string& out, std::string_view text);

}  // namespace outpost::json
