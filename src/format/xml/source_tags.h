#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Changing single values of an XML text while every other byte stays as it is. For UTF-8 that a
/// parser has accepted; a raw `<` inside an attribute's value does no harm.
namespace outpost::xml {

struct SourceRange {
  std::size_t offset = 0;
  std::size_t length = 0;
  std::size_t end() const { return offset + length; }
};

/// Names as written, with their prefix.
struct SourceAttribute {
  std::string_view name;
  SourceRange value;  // between the quotes, undecoded
  char quote = '"';
};

/// Goes from tag to tag; texts in between are told too, comments, CDATA sections, processing
/// instructions and DOCTYPE are passed over.
class SourceTags {
 public:
  explicit SourceTags(std::string_view source) : source_(source) {}

  enum class Kind : unsigned char { kStart, kEmpty, kEnd, kText, kOver };
  /// kEmpty is `<a/>`: no kEnd follows.
  Kind Next();

  /// Of the tag, without prefix; empty for a text.
  std::string_view name() const { return name_; }
  /// The whole tag or text.
  SourceRange range() const { return range_; }
  const std::vector<SourceAttribute>& attributes() const { return attributes_; }
  const SourceAttribute* Find(std::string_view attribute) const;
  /// The attribute's value with references resolved.
  std::optional<std::string> Value(std::string_view attribute) const;

 private:
  bool Skip(std::string_view opening, std::string_view closing);
  Kind ReadTag();
  std::size_t ReadAttribute(std::size_t at);

  std::string_view source_;
  std::size_t at_ = 0;
  std::string_view name_;
  SourceRange range_;
  std::vector<SourceAttribute> attributes_;
};

/// Character and the five predefined references resolved; others stay.
std::string DecodeReferences(std::string_view raw);

/// Replacements in a text, in any order. Of two that overlap the one that begins first is made.
class SourceEdits {
 public:
  explicit SourceEdits(std::string_view source) : source_(source) {}
  void Replace(SourceRange range, std::string_view with);
  void Insert(std::size_t offset, std::string_view text) { Replace({offset, 0}, text); }
  /// The text with all replacements.
  std::string Apply() &&;

 private:
  struct Edit {
    SourceRange range;
    std::string text;
  };
  std::string_view source_;
  std::vector<Edit> edits_;
};

}  // namespace outpost::xml
