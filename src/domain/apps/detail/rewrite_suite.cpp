#include <array>

#include "base/problem.h"
#include "base/text.h"
#include "domain/apps/detail/resource_edits.h"
#include "domain/apps/detail/rewrite.h"
#include "format/xml/write.h"

namespace outpost::apps::detail {
namespace {

using Kind = xml::SourceTags::Kind;

/// Phone endpoints whose address ends with the id of an app or build, and those that do not.
struct Endpoint {
  std::string_view name;
  bool has_build;
};
constexpr std::array kEndpoints{Endpoint{"search", true},           Endpoint{"claim-case", false},
                                Endpoint{"case_fixture", true},     Endpoint{"registry_case", true},
                                Endpoint{"restore", true},          Endpoint{"get_next_id", false},
                                Endpoint{"heartbeat", true},        Endpoint{"keys", false},
                                Endpoint{"recovery_measures", true}};

std::string Escaped(std::string_view text) {
  std::string out;
  xml::AppendAttribute(out, "x", text);
  return out.substr(4, out.size() - 5);  // without ` x="` and `"`
}

/// Which attribute of an element holds an address that phones post to or ask.
std::string_view AddressAttribute(std::string_view element) {
  if (element == "query" || element == "post") return "url";
  return {};
}

}  // namespace

std::string Addresses::Download(std::string_view path) const {
  return base_url + "/a/" + PercentEncode(project) + "/apps/download/" + build_id + "/" +
         std::string(path);
}

std::string Addresses::Phone(std::string_view rest) const {
  return base_url + "/a/" + PercentEncode(project) + "/phone/" + std::string(rest);
}

std::string PhoneAddress(std::string_view url, const Addresses& addresses) {
  const auto question = std::min(url.find('?'), url.size());
  const auto query = url.substr(question);
  const auto host = url.find("://");
  if (host == std::string_view::npos) return {};
  const auto slash = url.find('/', host + 3);
  if (slash == std::string_view::npos || slash >= question) return {};
  const auto parts = Split(url.substr(slash + 1, question - slash - 1), '/');
  constexpr std::size_t kName = 3;  // a, {project}, phone, {name}
  if (parts.size() <= kName || parts[0] != "a" || parts[2] != "phone") return {};
  for (const auto& endpoint : kEndpoints) {
    if (endpoint.name != parts[kName]) continue;
    std::string rest = std::string(endpoint.name) + "/";
    if (endpoint.has_build && parts.size() > kName + 1 && !parts[kName + 1].empty()) {
      rest += addresses.build_id + "/";
    }
    return addresses.Phone(rest) + std::string(query);
  }
  return {};
}

std::string RewriteSuite(std::string_view source, const SuiteRewrite& rewrite) {
  xml::SourceEdits edits(source);
  ResourceEdits resources(source, rewrite.suite_path, rewrite.versions, rewrite.address_of);
  xml::SourceTags tags(source);
  bool has_root = false;
  for (auto kind = tags.Next(); kind != Kind::kOver; kind = tags.Next()) {
    resources.See(kind, tags, edits);
    if (kind != Kind::kStart && kind != Kind::kEmpty) continue;
    if (!has_root) {
      has_root = true;
      if (const auto* version = tags.Find("version")) {
        edits.Replace(version->value, std::to_string(rewrite.versions.app));
      }
      continue;
    }
    auto attribute = AddressAttribute(tags.name());
    // A query step of a stack has its address as `value`.
    if (attribute == "url" && tags.Find("url") == nullptr) attribute = "value";
    if (attribute.empty() || tags.Find(attribute) == nullptr) continue;
    const auto address = PhoneAddress(*tags.Value(attribute), rewrite.addresses);
    if (!address.empty()) edits.Replace(tags.Find(attribute)->value, Escaped(address));
  }
  if (!has_root) {
    throw Problem(ProblemKind::kUnprocessable, rewrite.suite_path + " is not UTF-8 text.");
  }
  return std::move(edits).Apply();
}

}  // namespace outpost::apps::detail
