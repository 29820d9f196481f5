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

/// Reads the flat JSON that cases are stored as, without building anything. Gives up, with nothing
/// lost, where a value is no plain text.
class FlatReader {
 public:
  explicit FlatReader(std::string_view json) : json_(json) {}

  /// The next name and text; false at the end and where it gave up.
  bool Next() {
    if (at_ >= json_.size() || (json_[at_] != '{' && json_[at_] != ',')) return false;
    ++at_;
    if (at_ < json_.size() && json_[at_] == '}') return false;
    return Text(name_) && Skip(':') && Text(value_);
  }
  bool is_whole() const { return at_ + 1 == json_.size() && json_[at_] == '}'; }
  const std::string& name() const { return name_; }
  const std::string& value() const { return value_; }

 private:
  bool Skip(char expected) {
    if (at_ >= json_.size() || json_[at_] != expected) return false;
    ++at_;
    return true;
  }
  bool Text(std::string& text) {
    text.clear();
    if (!Skip('"')) return false;
    while (at_ < json_.size()) {
      const auto end = json_.find_first_of("\"\\", at_);
      if (end == std::string_view::npos) return false;
      text.append(json_, at_, end - at_);
      at_ = end + 1;
      if (json_[end] == '"') return true;
      if (!Escape(text)) return false;
    }
    return false;
  }
  bool Escape(std::string& text) {
    if (at_ >= json_.size()) return false;
    constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
    const auto place = kFrom.find(json_[at_]);
    // \u is rare: the whole text is left to the library then.
    if (place == std::string_view::npos) return false;
    text += kTo[place];
    ++at_;
    return true;
  }

  std::string_view json_;
  std::size_t at_ = 0;
  std::string name_, value_;
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

void AppendSlowly(std::string& out, std::string_view json) {
  for (const auto& [name, value] : cases::ParseProperties(json)) {
    if (!IsSent(name)) continue;
    if (value.is_json) {
      AppendStructured(out, name, value.text);
    } else {
      xml::AppendElement(out, name, value.text);
    }
  }
}

}  // namespace

void AppendProperties(std::string& out, std::string_view json) {
  const auto start = out.size();
  FlatReader reader(json);
  while (reader.Next()) {
    if (IsSent(reader.name())) xml::AppendElement(out, reader.name(), reader.value());
  }
  if (reader.is_whole()) return;
  out.resize(start);
  AppendSlowly(out, json);
}

}  // namespace outpost::sync::detail
