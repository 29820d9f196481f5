#include "domain/apps/detail/variant_texts.h"

#include <algorithm>

#include "base/text.h"
#include "format/xml/source_tags.h"
#include "format/xml/write.h"

namespace outpost::apps::detail {
namespace {

using Kind = xml::SourceTags::Kind;

constexpr std::string_view kDefaultLanguage = "default";
constexpr std::string_view kFileScheme = "jr://file/";

bool IsStart(Kind kind) { return kind == Kind::kStart || kind == Kind::kEmpty; }

std::string Escaped(std::string_view text) {
  std::string out;
  xml::AppendAttribute(out, "x", text);
  return out.substr(4, out.size() - 5);  // without ` x="` and `"`
}

bool Has(const std::vector<std::string>& languages, std::string_view language) {
  return std::find(languages.begin(), languages.end(), language) != languages.end();
}

/// Elements that go, by where they begin and end.
class Cuts {
 public:
  explicit Cuts(xml::SourceEdits& edits) : edits_(edits) {}
  bool is_open() const { return is_open_; }
  void Begin(Kind kind, const xml::SourceTags& tags) {
    if (kind == Kind::kEmpty) return edits_.Replace(tags.range(), "");
    is_open_ = true;
    name_ = tags.name();
    begin_ = tags.range().offset;
  }
  /// To be told each tag while is_open().
  void See(Kind kind, const xml::SourceTags& tags) {
    if (kind != Kind::kEnd || tags.name() != name_) return;
    edits_.Replace({begin_, tags.range().end() - begin_}, "");
    is_open_ = false;
  }

 private:
  xml::SourceEdits& edits_;
  bool is_open_ = false;
  std::string name_;
  std::size_t begin_ = 0;
};

/// Locations of the whole build's files become those of the variant's.
class Locations {
 public:
  Locations(std::string_view source, const VariantPlan& plan, xml::SourceEdits& edits)
      : source_(source), plan_(plan), edits_(edits) {}

  void See(Kind kind, const xml::SourceTags& tags) {
    if (kind == Kind::kText && is_in_) {
      const auto text = source_.substr(tags.range().offset, tags.range().length);
      const auto escaped = Escaped(plan_.download);
      const auto at = text.find(escaped);
      if (at != std::string_view::npos && Trim(text.substr(0, at)).empty()) {
        edits_.Insert(tags.range().offset + at + escaped.size(), plan_.profile_id + "/");
      }
    }
    if (tags.name() == "location") is_in_ = kind == Kind::kStart;
  }

 private:
  std::string_view source_;
  const VariantPlan& plan_;
  xml::SourceEdits& edits_;
  bool is_in_ = false;
};

void EditRoot(const xml::SourceTags& tags, const VariantPlan& plan, xml::SourceEdits& edits) {
  if (const auto* update = tags.Find("update")) {
    edits.Replace(update->value, Escaped(tags.Value("update").value_or("") +
                                         "&profile=" + PercentEncode(plan.profile_id)));
  }
  if (const auto* id = tags.Find("buildProfileID")) {
    edits.Replace(id->value, Escaped(plan.profile_id));
  } else {
    std::string attribute;
    xml::AppendAttribute(attribute, "buildProfileID", plan.profile_id);
    edits.Insert(tags.range().end() - 1, attribute);
  }
}

void EditProperty(const xml::SourceTags& tags, const VariantPlan& plan, xml::SourceEdits& edits) {
  const auto* value = tags.Find("value");
  const auto key = tags.Value("key").value_or("");
  if (value == nullptr) return;
  if (key == "heartbeat-url") {
    edits.Insert(value->value.end(), PercentEncode(plan.profile_id));
  } else if (key == "cur_locale") {
    edits.Replace(value->value, Escaped(plan.languages.front()));
  }
}

/// Takes an attribute out of its tag, with its name.
void Remove(std::string_view source, const xml::SourceAttribute& attribute,
            xml::SourceEdits& edits) {
  const auto begin = static_cast<std::size_t>(attribute.name.data() - source.data());
  edits.Replace({begin, attribute.value.end() + 1 - begin}, "");
}

/// The first of the plan's languages that the form speaks; "" for none.
std::string FirstSpoken(std::string_view source, const VariantPlan& plan) {
  std::set<std::string> spoken;
  xml::SourceTags tags(source);
  for (auto kind = tags.Next(); kind != Kind::kOver; kind = tags.Next()) {
    if (IsStart(kind) && tags.name() == "translation") {
      spoken.insert(tags.Value("lang").value_or(""));
    }
  }
  for (const auto& language : plan.languages) {
    if (spoken.contains(language)) return language;
  }
  return {};
}

}  // namespace

std::string VariantProfile(std::string_view source, const VariantPlan& plan) {
  xml::SourceEdits edits(source);
  xml::SourceTags tags(source);
  Locations locations(source, plan, edits);
  bool has_root = false;
  for (auto kind = tags.Next(); kind != Kind::kOver; kind = tags.Next()) {
    locations.See(kind, tags);
    if (!IsStart(kind)) continue;
    if (!has_root) {
      EditRoot(tags, plan, edits);
    } else if (tags.name() == "property") {
      EditProperty(tags, plan, edits);
    }
    has_root = true;
  }
  return std::move(edits).Apply();
}

std::string VariantSuite(std::string_view source, const VariantPlan& plan) {
  xml::SourceEdits edits(source);
  xml::SourceTags tags(source);
  Locations locations(source, plan, edits);
  Cuts cuts(edits);
  for (auto kind = tags.Next(); kind != Kind::kOver; kind = tags.Next()) {
    if (cuts.is_open()) {
      cuts.See(kind, tags);
      continue;
    }
    const auto language = tags.name() == "locale" ? tags.Value("language") : std::nullopt;
    const bool is_foreign =
        language && *language != kDefaultLanguage && !Has(plan.languages, *language);
    const bool is_left_out =
        tags.name() == "resource" && plan.left_out.contains(tags.Value("id").value_or(""));
    if (IsStart(kind) && (is_foreign || is_left_out)) {
      cuts.Begin(kind, tags);
      continue;
    }
    locations.See(kind, tags);
  }
  return std::move(edits).Apply();
}

std::string VariantForm(std::string_view source, const VariantPlan& plan) {
  const auto first = FirstSpoken(source, plan);
  if (first.empty()) return std::string(source);
  xml::SourceEdits edits(source);
  xml::SourceTags tags(source);
  Cuts cuts(edits);
  for (auto kind = tags.Next(); kind != Kind::kOver; kind = tags.Next()) {
    if (cuts.is_open()) {
      cuts.See(kind, tags);
      continue;
    }
    if (!IsStart(kind) || tags.name() != "translation") continue;
    const auto language = tags.Value("lang").value_or("");
    if (!Has(plan.languages, language)) {
      cuts.Begin(kind, tags);
      continue;
    }
    const auto* is_default = tags.Find("default");
    if (language != first && is_default != nullptr) Remove(source, *is_default, edits);
    if (language == first && is_default == nullptr) {
      edits.Insert(tags.Find("lang")->value.end() + 1, " default=\"\"");
    }
  }
  return std::move(edits).Apply();
}

std::string VariantDefaultStrings(std::string_view whole, std::string_view first_language) {
  std::string text(whole);
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  return text.append(first_language);
}

void CollectMedia(std::string_view text, std::set<std::string>& paths) {
  for (auto at = text.find(kFileScheme); at != std::string_view::npos;
       at = text.find(kFileScheme, at)) {
    at += kFileScheme.size();
    const auto end = std::min(text.find_first_of("<>\"'&\r\n", at), text.size());
    paths.emplace(Trim(text.substr(at, end - at)));
  }
}

bool IsCovered(const std::set<std::string>& paths, const std::string& path) {
  if (paths.contains(path)) return true;
  return std::any_of(paths.begin(), paths.end(), [&](const std::string& known) {
    return known.empty() || (known.ends_with('/') && path.starts_with(known));
  });
}

std::vector<StringsPlace> StringsOf(std::string_view suite_xml) {
  std::vector<StringsPlace> places;
  xml::SourceTags tags(suite_xml);
  std::string language;
  bool is_in_remote = false;
  for (auto kind = tags.Next(); kind != Kind::kOver; kind = tags.Next()) {
    if (tags.name() == "locale" && IsStart(kind)) language = tags.Value("language").value_or("");
    if (tags.name() == "locale" && kind == Kind::kEnd) language.clear();
    if (kind == Kind::kText && is_in_remote && !language.empty()) {
      const auto range = tags.range();
      places.push_back(
          {language, xml::DecodeReferences(Trim(suite_xml.substr(range.offset, range.length)))});
    }
    is_in_remote = tags.name() == "location" && kind == Kind::kStart &&
                   !EqualsIgnoreCase(tags.Value("authority").value_or(""), "local");
  }
  return places;
}

}  // namespace outpost::apps::detail
