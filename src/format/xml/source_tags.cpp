#include "format/xml/source_tags.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/problem.h"

namespace outpost::xml {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

void AppendUtf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6), put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12), put(0x80 | (code >> 6 & 0x3f)), put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18), put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f)), put(0x80 | (code & 0x3f));
  }
}

/// What stands between & and ;. False: nobody knows it.
bool AppendReference(std::string& out, std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, char>, 5> kNamed{
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [known, character] : kNamed) {
    if (known != name) continue;
    out += character;
    return true;
  }
  if (!name.starts_with('#')) return false;
  name.remove_prefix(1);
  const bool is_hex = name.starts_with('x');
  if (is_hex) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + name.size(), code, is_hex ? 16 : 10);
  constexpr std::uint32_t kLast = 0x10ffff;
  if (error != std::errc() || end != name.data() + name.size() || code > kLast) return false;
  AppendUtf8(out, code);
  return true;
}

std::string_view LocalName(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace

bool SourceTags::Skip(std::string_view opening, std::string_view closing) {
  if (!source_.substr(at_).starts_with(opening)) return false;
  const auto end = source_.find(closing, at_ + opening.size());
  at_ = end == std::string_view::npos ? source_.size() : end + closing.size();
  return true;
}

SourceTags::Kind SourceTags::Next() {
  name_ = {};
  attributes_.clear();
  while (at_ < source_.size()) {
    if (source_[at_] != '<') {
      const auto end = std::min(source_.find('<', at_), source_.size());
      range_ = {at_, end - at_};
      at_ = end;
      return Kind::kText;
    }
    if (Skip("<!--", "-->") || Skip("<![CDATA[", "]]>") || Skip("<?", "?>") || Skip("<!", ">")) {
      continue;
    }
    return ReadTag();
  }
  return Kind::kOver;
}

SourceTags::Kind SourceTags::ReadTag() {
  const auto begin = at_;
  const bool is_end = source_.substr(at_).starts_with("</");
  std::size_t at = at_ + (is_end ? 2 : 1);
  const auto name_end = std::min(source_.find_first_of(" \t\r\n/>", at), source_.size());
  name_ = LocalName(source_.substr(at, name_end - at));
  at = name_end;
  for (;;) {
    at = source_.find_first_not_of(kBlanks, at);
    if (at == std::string_view::npos) at = source_.size();
    if (at >= source_.size() || source_[at] == '>' || source_[at] == '/') break;
    at = ReadAttribute(at);
  }
  const bool is_empty = at < source_.size() && source_[at] == '/';
  at_ = std::min(source_.find('>', at), source_.size() - 1) + 1;
  range_ = {begin, at_ - begin};
  if (is_end) return Kind::kEnd;
  return is_empty ? Kind::kEmpty : Kind::kStart;
}

std::size_t SourceTags::ReadAttribute(std::size_t at) {
  const auto equals = std::min(source_.find('=', at), source_.size());
  auto name = source_.substr(at, equals - at);
  if (const auto last = name.find_last_not_of(kBlanks); last != std::string_view::npos) {
    name = name.substr(0, last + 1);
  }
  const auto open = source_.find_first_of("\"'", equals);
  if (open == std::string_view::npos) return source_.size();
  const auto close = std::min(source_.find(source_[open], open + 1), source_.size());
  attributes_.push_back({name, {open + 1, close - open - 1}, source_[open]});
  return std::min(close + 1, source_.size());
}

const SourceAttribute* SourceTags::Find(std::string_view attribute) const {
  for (const auto& known : attributes_) {
    if (known.name == attribute) return &known;
  }
  return nullptr;
}

std::optional<std::string> SourceTags::Value(std::string_view attribute) const {
  const auto* found = Find(attribute);
  if (found == nullptr) return std::nullopt;
  return DecodeReferences(source_.substr(found->value.offset, found->value.length));
}

std::string DecodeReferences(std::string_view raw) {
  std::string out;
  for (std::size_t at = 0; at < raw.size();) {
    const auto ampersand = std::min(raw.find('&', at), raw.size());
    out += raw.substr(at, ampersand - at);
    at = ampersand;
    if (at == raw.size()) break;
    const auto end = raw.find(';', at);
    if (end != std::string_view::npos && AppendReference(out, raw.substr(at + 1, end - at - 1))) {
      at = end + 1;
    } else {
      out += '&';
      ++at;
    }
  }
  return out;
}

void SourceEdits::Replace(SourceRange range, std::string_view with) {
  OUTPOST_CHECK(range.end() <= source_.size());
  edits_.push_back({range, std::string(with)});
}

std::string SourceEdits::Apply() && {
  std::stable_sort(edits_.begin(), edits_.end(),
                   [](const Edit& a, const Edit& b) { return a.range.offset < b.range.offset; });
  std::string out;
  std::size_t done = 0;
  for (const auto& edit : edits_) {
    if (edit.range.offset < done) continue;
    out += source_.substr(done, edit.range.offset - done);
    out += edit.text;
    done = edit.range.end();
  }
  return out + std::string(source_.substr(done));
}

}  // namespace outpost::xml
