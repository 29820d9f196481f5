#include "format/json/writer.h"

#include "base/text.h"

namespace outpost::json {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

/// Length of the run from `at` that can be copied as it stands.
std::size_t PlainRun(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size()) {
    const auto byte = static_cast<unsigned char>(text[end]);
    if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\') break;
    ++end;
  }
  return end - at;
}

void AppendControl(std::string& out, unsigned char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (byte) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
  }
}

/// Appends the sequence that starts at a byte over 0x7f; returns how many bytes it took.
std::size_t AppendSequence(std::string& out, std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const auto sequence = text.substr(at, length);
  if (sequence.size() == length && IsValidUtf8(sequence)) {
    out += sequence;
    return length;
  }
  out += kReplacement;
  return 1;
}

}  // namespace

void AppendString(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t run = PlainRun(text, at);
    out += text.substr(at, run);
    at += run;
    if (at == text.size()) break;
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x80) {
      at += AppendSequence(out, text, at);
      continue;
    }
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text[at];
    } else {
      AppendControl(out, byte);
    }
    ++at;
  }
  out += '"';
}

void Writer::Separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (has_items_.empty()) return;
  if (has_items_.back()) out_ += ',';
  has_items_.back() = true;
}

void Writer::BeginObject() {
  Separate();
  out_ += '{';
  has_items_.push_back(false);
}

void Writer::EndObject() {
  out_ += '}';
  has_items_.pop_back();
}

void Writer::BeginArray() {
  Separate();
  out_ += '[';
  has_items_.push_back(false);
}

void Writer::EndArray() {
  out_ += ']';
  has_items_.pop_back();
}

void Writer::Key(std::string_view key) {
  Separate();
  AppendString(out_, key);
  out_ += ':';
  after_key_ = true;
}

void Writer::String(std::string_view value) {
  Separate();
  AppendString(out_, value);
}

void Writer::Int(std::int64_t value) {
  Separate();
  out_ += std::to_string(value);
}

void Writer::Bool(bool value) {
  Separate();
  out_ += value ? "true" : "false";
}

void Writer::Null() {
  Separate();
  out_ += "null";
}

void Writer::Raw(std::string_view json) {
  Separate();
  out_ += json;
}

void Writer::MemberOrNull(std::string_view key, const std::optional<std::string>& value) {
  Key(key);
  if (value) {
    String(*value);
  } else {
    Null();
  }
}

void Writer::MemberOrNull(std::string_view key, const std::optional<std::int64_t>& value) {
  Key(key);
  if (value) {
    Int(*value);
  } else {
    Null();
  }
}

}  // namespace outpost::json
