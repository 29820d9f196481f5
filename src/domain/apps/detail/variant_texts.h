#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

/// The texts of a build as one of its build profiles has them, made from those that are served for
/// the whole (app delivery document 4.1, app source document 10.1, 11.4). Every other byte stays.
/// Private to this room.
namespace outpost::apps::detail {

struct VariantPlan {
  std::string profile_id;
  std::vector<std::string> languages;  // the first one is what phones begin with
  std::string download;                // ".../apps/download/{build}/"
  std::set<std::string> left_out;      // ids of resources that no suite names
};

/// Its id, its first language and its own addresses for updates, heartbeats and suites.
std::string VariantProfile(std::string_view xml, const VariantPlan& plan);
/// Without the strings of other languages and what is left out.
std::string VariantSuite(std::string_view xml, const VariantPlan& plan);
/// Without the translations of other languages. A form that has none of the plan's stays whole: a
/// phone could not show it otherwise.
std::string VariantForm(std::string_view xml, const VariantPlan& plan);
/// Later lines count more than earlier ones: the default texts, then those of the first language.
std::string VariantDefaultStrings(std::string_view whole, std::string_view first_language);

/// Archive paths of the media that a text names as "jr://file/…"; one that ends with a slash stands
/// for all below it, as an expression completes it on the phone.
void CollectMedia(std::string_view text, std::set<std::string>& paths);
/// Whether one of the collected paths is, or covers, this one.
bool IsCovered(const std::set<std::string>& paths, const std::string& path);

/// Which strings file belongs to which language, from a suite: address to language.
struct StringsPlace {
  std::string language;
  std::string address;  // of its remote location
};
std::vector<StringsPlace> StringsOf(std::string_view suite_xml);

}  // namespace outpost::apps::detail
