// Whole restore documents.
#include <boost/json.hpp>
#include <utility>

#include "base/text.h"
#include "conformance/restore_world.h"
#include "conformance/xml_compare.h"
#include "format/xml/xml.h"

namespace outpost::tests {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

std::string TextOf(const object& from, const char* key) {
  return std::string(from.at(key).as_string());
}

std::string Replaced(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// The case as a form makes it. A removed index exists first.
BlockDescription BlockOf(const object& c, bool keeps_removed_indices) {
  BlockDescription block = {
      {"case_id", c.at("case_id")},        {"create", true},
      {"case_type", c.at("case_type")},    {"case_name", c.at("case_name")},
      {"owner_id", c.at("owner_id")},      {"modified_on", c.at("modified_on")},
      {"external_id", c.at("external_id")}};
  block["update"] = c.at("properties");
  object indices;
  for (const auto& index : c.at("indices").as_array()) {
    const auto& one = index.as_object();
    const bool is_removed = TextOf(one, "target").empty();
    if (is_removed && !keeps_removed_indices) continue;
    indices[one.at("identifier").as_string()] =
        array{is_removed ? value("removed-target") : one.at("target"), one.at("relationship"),
              one.at("case_type")};
  }
  if (!indices.empty()) block["index"] = indices;
  return block;
}

BlockDescription Removal(const object& c) {
  BlockDescription block = {{"case_id", c.at("case_id")}, {"modified_on", c.at("modified_on")}};
  object indices;
  for (const auto& index : c.at("indices").as_array()) {
    const auto& one = index.as_object();
    indices[one.at("identifier").as_string()] =
        array{one.at("target"), one.at("relationship"), one.at("case_type")};
  }
  if (!indices.empty()) block["index"] = indices;
  return block;
}

std::string LeafIn(const std::string& body, const char* parent, const char* name) {
  const auto document = xml::Document::Parse(body);
  const auto element = document.root().child(parent);
  if (!element) return {};
  const auto leaf = element->child(name);
  return leaf ? std::string(leaf->text()) : std::string();
}

/// The server has the cases, and the phone what it is said to hold.
std::string Prepare(RestoreWorld& world, const object& entry) {
  const auto& request = entry.at("request").as_object();
  std::vector<BlockDescription> first, then;
  for (const auto& one : entry.at("server_cases").as_array()) {
    const auto& c = one.as_object();
    const bool changes = c.contains("changed_since");
    auto block = BlockOf(c, changes);
    if (TextOf(c, "owner_id") == "{user_id}") block["owner_id"] = "jane";
    if (changes && block.contains("index")) {
      first.push_back({{"case_id", "removed-target"}, {"create", true}, {"owner_id", "nobody"}});
    }
    first.push_back(std::move(block));
    if (changes) then.push_back(Removal(c));
  }
  if (!first.empty()) world.Submit("jane", first);
  if (!request.contains("since")) return {};
  const auto token = world.Restore("jane", {{"version", "2.0"}, {"device_id", "one"}}).token;
  if (!then.empty()) world.Submit("jane", then);
  return token;
}

}  // namespace

Findings RunRestoreXml(Stage& stage, const value&, const object& entry, int number) {
  RestoreWorld world(stage, "document-" + std::to_string(number));
  const auto user_id = world.Worker("jane");
  const auto token = Prepare(world, entry);
  Query query = {{"device_id", "one"}};
  for (const auto& [name, text] : entry.at("request").as_object()) {
    if (!text.is_string()) continue;
    query.emplace_back(name, Replaced(text.as_string().c_str(), "{previous}", token));
  }
  const auto seen = world.Restore("jane", query);
  if (seen.status != 200) return {"status is " + std::to_string(seen.status)};
  auto expected = TextOf(entry, "expected_xml");
  const std::pair<const char*, std::string> places[] = {
      {"{username}", "jane"},
      {"{user_id}", user_id},
      {"{domain}", world.project()},
      {"{restore_id}", seen.token},
      {"{password}", LeafIn(seen.body, "Registration", "password")},
      {"{date_joined}", LeafIn(seen.body, "Registration", "date")}};
  for (const auto& [what, by] : places) expected = Replaced(std::move(expected), what, by);
  const auto difference = XmlDifference(expected, seen.body);
  if (difference.empty()) return {};
  return {difference, seen.body};
}

}  // namespace outpost::tests
