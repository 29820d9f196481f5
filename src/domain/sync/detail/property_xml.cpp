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
  FlatReader(std::string_view json, PropertyNames& names)
      : at_(json.data()), end_(json.data() + json.size()), names_(names) {}

  /// False where it gave up.
  bool Append(std::string& out) {
    if (rest() == "{}") return true;
    if (!Skip('{')) return false;
    PropertyName* before = &names_.before_first();
    do {
      PropertyName* name = Name(before == nullptr ? nullptr : before->next);
      if (name == nullptr) return false;
      if (before != nullptr && name->is_remembered) before->next = name;
      if (!AppendOne(out, *name)) return false;
      before = name->is_remembered ? name : nullptr;
    } while (Skip(','));
    return Skip('}') && at_ == end_;
  }

 private:
  std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  bool Skip(char expected) {
    if (at_ == end_ || *at_ != expected) return false;
    ++at_;
    return true;
  }

  /// Up to the first character of the value. Names with escapes are left to the slow way.
  PropertyName* Name(PropertyName* expected) {
    if (expected != nullptr && rest().starts_with(expected->key)) {
      at_ += expected->key.size();
      return expected;
    }
    if (!Skip('"')) return nullptr;
    const auto length = rest().find('"');
    if (length == std::string_view::npos) return nullptr;
    const std::string_view name(at_, length);
    if (name.empty() || name.find('\\') != std::string_view::npos) return nullptr;
    at_ += length + 1;
    return Skip(':') && Skip('"') ? &names_.Of(name) : nullptr;
  }

  bool AppendOne(std::string& out, const PropertyName& name) {
    const auto start = out.size();
    out += name.open;
    const auto text = out.size();
    if (!AppendText(out)) return false;
    if (!name.is_sent) {
      out.resize(start);
    } else if (out.size() == text) {
      out.resize(start);
      out += name.closed;
    } else {
      out += name.close;
    }
    return true;
  }

  /// The text up to its closing quote, as character data.
  bool AppendText(std::string& out) {
    const char* at = at_;
    while (true) {
      const char* begin = at;
      while (at != end_ && kPlain[static_cast<unsigned char>(*at)]) ++at;
      out.append(begin, at);
      if (at == end_) return false;
      const char c = *at++;
      if (c == '"') break;
      if (c == '\\' ? !AppendEscape(out, at) : static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\') xml::AppendText(out, {&c, 1});
    }
    at_ = at;
    return true;
  }

  bool AppendEscape(std::string& out, const char*& at) const {
    if (at == end_) return false;
    constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
    const auto place = kFrom.find(*at);
    // \u is rare: the whole text is left to the library then.
    if (place == std::string_view::npos) return false;
    xml::AppendText(out, kTo.substr(place, 1));
    ++at;
    return true;
  }

  const char* at_;
  const char* const end_;
  PropertyNames& names_;
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

void AppendSlowly(std::string& out, std::string_view json, PropertyNames& names) {
  for (const auto& [name, value] : cases::ParseProperties(json)) {
    if (!names.Of(name).is_sent) continue;
    if (value.is_json) {
      AppendStructured(out, name, value.text);
    } else {
      xml::AppendElement(out, name, value.text);
    }
  }
}

}  // namespace

PropertyName::PropertyName(std::string_view name)
    : key('"' + std::string(name) + "\":\""),
      open('<' + std::string(name) + '>'),
      close("</" + std::string(name) + '>'),
      closed('<' + std::string(name) + "/>"),
      is_sent(detail::IsSent(name)) {}

PropertyName& PropertyNames::Of(std::string_view name) {
  const auto known = known_.find(name);
  if (known != known_.end()) return *known->second;
  auto made = std::make_unique<PropertyName>(name);
  if (known_.size() >= kNamesMax) return *(last_unknown_ = std::move(made));
  made->is_remembered = true;
  return *known_.emplace(name, std::move(made)).first->second;
}

void AppendProperties(std::string& out, std::string_view json, PropertyNames& names) {
  const auto start = out.size();
  if (FlatReader(json, names).Append(out)) return;
  out.resize(start);
  AppendSlowly(out, json, names);
}

}  // namespace outpost::sync::detail
