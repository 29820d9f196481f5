#include "domain/sync/detail/property_xml.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>

#include "base/text.h"
#include "domain/cases/case.h"
#include "format/xml/write.h"

namespace outpost::sync::detail {
namespace {

/// Never sent as properties: they are told elsewhere, or are not for phones.
constexpr std::array<std::string_view, 15> kToldElsewhere = {
    "case_id",   "case_name",   "case_type",   "closed",  "closed_by",
    "closed_on", "date_opened", "external_id", "indices", "name",
    "opened_by", "opened_on",   "owner_id",    "type",    "user_id"};
static_assert(std::is_sorted(kToldElsewhere.begin(), kToldElsewhere.end()));

bool IsSent(std::string_view name) {
  return !std::binary_search(kToldElsewhere.begin(), kToldElsewhere.end(), name) &&
         xml::IsName(name);
}

/// Whether a byte of a JSON text stands for itself in XML too.
constexpr std::array<bool, 256> PlainBytes() {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 0x20; byte < 256; ++byte) plain[byte] = true;
  for (const char c : {'"', '\\', '&', '<', '>'}) plain[static_cast<unsigned char>(c)] = false;
  return plain;
}
constexpr auto kPlain = PlainBytes();

/// Turns the flat JSON that cases are stored as into XML without building anything. Gives up, with
/// nothing lost, where a value is no plain text.
class FlatReader {
 public:
  FlatReader(std::string_view json, NameChecks& names) : json_(json), names_(names) {}

  /// False where it gave up.
  bool Append(std::string& out) {
    if (json_ == "{}") return true;
    if (!Skip('{')) return false;
    do {
      const auto name = Name();
      if (name.empty() || !Skip(':') || !Skip('"')) return false;
      const auto start = out.size();
      out += '<';
      out += name;
      out += '>';
      const auto text = out.size();
      if (!Text(out)) return false;
      if (!names_.IsSent(name)) {
        out.resize(start);
      } else if (out.size() == text) {
        out.resize(text - 1);
        out += "/>";
      } else {
        out += "</";
        out += name;
        out += '>';
      }
    } while (Skip(','));
    return Skip('}') && at_ == json_.size();
  }

 private:
  bool Skip(char expected) {
    if (at_ >= json_.size() || json_[at_] != expected) return false;
    ++at_;
    return true;
  }
  /// A name without escapes; others are left to the slow way.
  std::string_view Name() {
    if (!Skip('"')) return {};
    const auto end = json_.find('"', at_);
    if (end == std::string_view::npos) return {};
    const auto name = json_.substr(at_, end - at_);
    if (name.find('\\') != std::string_view::npos) return {};
    at_ = end + 1;
    return name;
  }
  /// The text up to its closing quote, as character data.
  bool Text(std::string& out) {
    while (true) {
      const auto begin = at_;
      while (at_ < json_.size() && kPlain[static_cast<unsigned char>(json_[at_])]) ++at_;
      out.append(json_, begin, at_ - begin);
      if (at_ >= json_.size()) return false;
      const char c = json_[at_++];
      if (c == '"') return true;
      if (c == '\\' ? !Escape(out) : static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') xml::AppendText(out, {&c, 1});
    }
  }
  bool Escape(std::string& out) {
    if (at_ >= json_.size()) return false;
    constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
    const auto place = kFrom.find(json_[at_]);
    // \u is rare: the whole text is left to the library then.
    if (place == std::string_view::npos) return false;
    xml::AppendText(out, kTo.substr(place, 1));
    ++at_;
    return true;
  }

  std::string_view json_;
  NameChecks& names_;
  std::size_t at_ = 0;
};

/// An element with attributes, as HQ's structured values are: {"@attribute": …, "#text": …}.
void AppendStructured(std::string& out, std::string_view name, std::string_view json) {
  const auto parsed = boost::json::parse(json);
  std::string text;
  out += '<';
  out += name;
  if (const auto* object = parsed.if_object()) {
    for (const auto& [key, value] : *object) {
      if (!value.is_string()) continue;
      const std::string_view plain(value.as_string().data(), value.as_string().size());
      if (key == "#text") {
        text = plain;
      } else if (key.starts_with('@') && xml::IsName(key.substr(1))) {
        xml::AppendAttribute(out, std::string_view(key).substr(1), plain);
      }
    }
  }
  out += '>';
  xml::AppendText(out, text);
  out += "</";
  out += name;
  out += '>';
}

void AppendSlowly(std::string& out, std::string_view json, NameChecks& names) {
  for (const auto& [name, value] : cases::ParseProperties(json)) {
    if (!names.IsSent(name)) continue;
    if (value.is_json) {
      AppendStructured(out, name, value.text);
    } else {
      xml::AppendElement(out, name, value.text);
    }
  }
}

}  // namespace

bool NameChecks::IsSent(std::string_view name) {
  const auto known = known_.find(name);
  if (known != known_.end()) return known->second;
  const bool is_sent = detail::IsSent(name);
  if (known_.size() < kNamesMax) known_.emplace(name, is_sent);
  return is_sent;
}

void AppendProperties(std::string& out, std::string_view json, NameChecks& names) {
  const auto start = out.size();
  if (FlatReader(json, names).Append(out)) return;
  out.resize(start);
  AppendSlowly(out, json, names);
}

}  // namespace outpost::sync::detail
