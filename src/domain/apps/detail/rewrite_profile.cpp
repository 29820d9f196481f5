#include <algorithm>
#include <optional>

#include "base/problem.h"
#include "base/text.h"
#include "domain/apps/detail/resource_edits.h"
#include "domain/apps/detail/rewrite.h"
#include "domain/people/accounts.h"
#include "format/xml/write.h"

namespace outpost::apps::detail {
namespace {

using Kind = xml::SourceTags::Kind;

struct OwnProperty {
  std::string key, value;
};

/// Properties that say where a phone sends what. Written by force at every update.
std::vector<OwnProperty> OwnProperties(const Addresses& addresses, bool is_secure) {
  const std::string project = addresses.base_url + "/a/" + PercentEncode(addresses.project);
  const std::string receiver =
      project + (is_secure ? "/receiver/secure/" : "/receiver/") + addresses.build_id + "/";
  const std::string restore = addresses.Phone("restore/" + addresses.build_id + "/");
  return {
      {"ota-restore-url", restore},
      {"ota-restore-url-testing", restore},
      {"PostURL", receiver},
      {"PostTestURL", receiver},
      {"key_server", addresses.Phone("keys/")},
      {"cc_user_domain", addresses.project + std::string(people::kWorkerSuffix)},
      {"heartbeat-url", addresses.Phone("heartbeat/" + addresses.build_id + "/?build_profile_id=")},
      {"recovery-measures-url", addresses.Phone("recovery_measures/" + addresses.build_id + "/")}};
}

std::string Rendered(const OwnProperty& property) {
  std::string text = "<property";
  xml::AppendAttribute(text, "key", property.key);
  xml::AppendAttribute(text, "value", property.value);
  xml::AppendAttribute(text, "force", "true");
  return text + "/>";
}

/// The root's start tag, with the attributes that are this server's.
std::string RootTag(const xml::SourceTags& tags, std::string_view source,
                    const ProfileRewrite& rewrite) {
  const auto& addresses = rewrite.addresses;
  std::vector<OwnProperty> own{
      {"version", std::to_string(rewrite.versions.app)},
      {"update", addresses.base_url + "/a/" + PercentEncode(addresses.project) + "/apps/download/" +
                     addresses.build_id + "/" + rewrite.update_path + "?latest=true"},
      {"uniqueid", addresses.app_id}};
  const auto tag = source.substr(tags.range().offset, tags.range().length);
  std::string text(tag.substr(0, std::min(tag.find_first_of(" \t\r\n/>"), tag.size())));
  for (const auto& attribute : tags.attributes()) {
    const auto found = std::find_if(
        own.begin(), own.end(), [&](const OwnProperty& one) { return one.key == attribute.name; });
    if (found == own.end()) {
      text += " " + std::string(attribute.name) + "=" + attribute.quote +
              std::string(source.substr(attribute.value.offset, attribute.value.length)) +
              attribute.quote;
    } else {
      xml::AppendAttribute(text, found->key, found->value);
      own.erase(found);
    }
  }
  for (const auto& missing : own) xml::AppendAttribute(text, missing.key, missing.value);
  return text + ">";
}

/// Goes through a profile once and edits what must be edited.
class ProfileEditor {
 public:
  ProfileEditor(std::string_view source, const ProfileRewrite& rewrite)
      : source_(source),
        rewrite_(rewrite),
        tags_(source),
        edits_(source),
        resources_(source, rewrite.profile_path, rewrite.versions, rewrite.address_of) {
    FindWhatIsThere();
  }

  std::string Run() {
    for (auto kind = tags_.Next(); kind != Kind::kOver; kind = tags_.Next()) See(kind);
    if (!has_root_) {
      throw Problem(ProblemKind::kUnprocessable, rewrite_.profile_path + " is not UTF-8 text.");
    }
    return std::move(edits_).Apply();
  }

 private:
  /// Which own properties stand in the profile, whether forms go to the secure receiver, and where
  /// the suites lie that are left out.
  void FindWhatIsThere() {
    xml::SourceTags tags(source_);
    bool is_secure = false;
    std::size_t suite_begin = 0;
    bool is_left_out = false;
    for (auto kind = tags.Next(); kind != Kind::kOver; kind = tags.Next()) {
      const bool is_start = kind == Kind::kStart || kind == Kind::kEmpty;
      if (is_start && tags.name() == "property") {
        const auto key = tags.Value("key").value_or("");
        there_.insert(key);
        is_secure |= key == "PostURL" && tags.Value("value").value_or("").find(
                                             "/receiver/secure/") != std::string::npos;
      } else if (is_start && tags.name() == "resource") {
        is_left_out |= rewrite_.left_out.contains(tags.Value("id").value_or(""));
      } else if (tags.name() == "suite" && kind == Kind::kStart) {
        suite_begin = tags.range().offset;
        is_left_out = false;
      } else if (tags.name() == "suite" && kind == Kind::kEnd && is_left_out) {
        skipped_.push_back({suite_begin, tags.range().end() - suite_begin});
      }
    }
    own_ = OwnProperties(rewrite_.addresses, is_secure);
  }

  void See(Kind kind) {
    const auto at = tags_.range().offset;
    for (const auto& range : skipped_) {
      if (at == range.offset) edits_.Replace(range, "");
      if (at >= range.offset && at < range.end()) return;
    }
    const bool is_start = kind == Kind::kStart || kind == Kind::kEmpty;
    if (is_start && !has_root_) {
      has_root_ = true;
      std::string begin = RootTag(tags_, source_, rewrite_);
      for (const auto& property : own_) {
        if (!there_.contains(property.key)) begin += "\n  " + Rendered(property);
      }
      edits_.Replace(tags_.range(), begin);
      return;
    }
    if (is_start && tags_.name() == "property") return SeeProperty(kind);
    resources_.See(kind, tags_, edits_);
  }

  void SeeProperty(Kind kind) {
    const auto key = tags_.Value("key").value_or("");
    const auto found = std::find_if(own_.begin(), own_.end(),
                                    [&](const OwnProperty& one) { return one.key == key; });
    if (found == own_.end()) return;
    auto text = Rendered(*found);
    if (kind == Kind::kStart) text.erase(text.size() - 2, 1);  // "/>" to ">"
    edits_.Replace(tags_.range(), text);
  }

  std::string_view source_;
  const ProfileRewrite& rewrite_;
  xml::SourceTags tags_;
  xml::SourceEdits edits_;
  ResourceEdits resources_;
  std::vector<OwnProperty> own_;
  std::set<std::string> there_;
  std::vector<xml::SourceRange> skipped_;
  bool has_root_ = false;
};

}  // namespace

std::string RewriteProfile(std::string_view xml, const ProfileRewrite& rewrite) {
  return ProfileEditor(xml, rewrite).Run();
}

}  // namespace outpost::apps::detail
