#include "conformance/restore_world.h"

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>

#include "base/text.h"
#include "format/xml/xml.h"
#include "support/credentials.h"

namespace outpost::tests {
namespace {

using boost::json::array;
using boost::json::object;

std::string TextOr(const object& from, const char* key, const char* otherwise) {
  const auto* found = from.if_contains(key);
  return std::string(found == nullptr ? otherwise : found->as_string().c_str());
}

std::string Leaf(std::string_view name, std::string_view text) {
  return "<" + std::string(name) + ">" + EscapeMarkup(text) + "</" + std::string(name) + ">";
}

void ReadCases(const std::string& body, RestoreSeen& seen) {
  const auto document = xml::Document::Parse(body);
  for (auto child = document.root().first_child(); child; child = child->next_sibling()) {
    if (child->name() == "Sync") {
      if (const auto token = child->child("restore_id")) seen.token = token->text();
    } else if (child->name() == "case") {
      seen.cases.emplace_back(child->attribute("case_id").value_or(""));
      if (child->child("create")) seen.created.push_back(seen.cases.back());
    }
  }
  std::sort(seen.cases.begin(), seen.cases.end());
  std::sort(seen.created.begin(), seen.created.end());
}

}  // namespace

RestoreWorld::RestoreWorld(Stage& stage, std::string project)
    : stage_(stage), project_(std::move(project)) {
  stage_.SetClock("real");
  stage_.CreateProject(project_, false);
}

std::string RestoreWorld::Worker(const std::string& name) {
  auto& id = user_ids_[name];
  if (!id.empty()) return id;
  const auto made = stage_.admin().Run(
      "user.create", {{"username", name}, {"project", project_}, {"password", kWorkerPassword}});
  id = made.at("user_id").as_string();
  return id;
}

std::string RestoreWorld::Group(const std::string& name, const std::vector<std::string>& workers) {
  auto& id = group_ids_[name];
  auto& admin = stage_.admin();
  if (id.empty()) {
    const auto made =
        admin.Run("group.create", {{"project", project_}, {"name", name}, {"case_sharing", true}});
    id = made.at("group_id").as_string();
  }
  const auto group = admin.Run("group.show", {{"project", project_}, {"group", id}});
  for (const auto& member : group.at("users").as_array()) {
    admin.Run(
        "group.remove",
        {{"project", project_}, {"group", id}, {"username", member.at("username").as_string()}});
  }
  for (const auto& worker : workers) {
    Worker(worker);
    admin.Run("group.add", {{"project", project_}, {"group", id}, {"username", worker}});
  }
  return id;
}

std::string RestoreWorld::IdOf(const std::string& name) const {
  if (const auto at = user_ids_.find(name); at != user_ids_.end()) return at->second;
  if (const auto at = group_ids_.find(name); at != group_ids_.end()) return at->second;
  return name;
}

std::string RestoreWorld::BlockXml(const BlockDescription& block,
                                   const std::string& user_id) const {
  const auto owner = block.contains("owner_id") ? std::optional(IdOf(TextOr(block, "owner_id", "")))
                                                : std::nullopt;
  const bool creates = block.contains("create");
  std::string xml = "<g><case xmlns=\"http://commcarehq.org/case/transaction/v2\" case_id=\"" +
                    EscapeMarkup(TextOr(block, "case_id", "")) + "\" date_modified=\"" +
                    TextOr(block, "modified_on", "2020-01-02T03:04:05.000000Z") + "\" user_id=\"" +
                    user_id + "\">";
  if (creates) {
    xml += "<create>" + Leaf("case_type", TextOr(block, "case_type", "thing")) +
           Leaf("case_name", TextOr(block, "case_name", "name"));
    if (owner) xml += Leaf("owner_id", *owner);
    xml += "</create>";
  }
  std::string update;
  if (owner && !creates) update += Leaf("owner_id", *owner);
  if (block.contains("update_owner_id")) {
    update += Leaf("owner_id", IdOf(TextOr(block, "update_owner_id", "")));
  }
  for (const char* key : {"external_id", "date_opened"}) {
    if (block.contains(key)) update += Leaf(key, TextOr(block, key, ""));
  }
  if (const auto* properties = block.if_contains("update")) {
    for (const auto& [name, text] : properties->as_object()) {
      update += Leaf(name, text.as_string().c_str());
    }
  }
  if (!update.empty()) xml += "<update>" + update + "</update>";
  if (const auto* indices = block.if_contains("index")) {
    xml += "<index>";
    for (const auto& [name, index] : indices->as_object()) {
      const auto& parts = index.as_array();
      const std::string type = parts.size() > 2 ? parts[2].as_string().c_str() : "thing";
      xml += "<" + std::string(name) + " case_type=\"" + type + "\" relationship=\"" +
             parts[1].as_string().c_str() + "\">" + parts[0].as_string().c_str() + "</" +
             std::string(name) + ">";
    }
    xml += "</index>";
  }
  if (block.contains("close")) xml += "<close/>";
  return xml + "</case></g>";
}

void RestoreWorld::Submit(const std::string& worker, const std::vector<BlockDescription>& blocks,
                          const std::string& token) {
  const auto user_id = Worker(worker);
  std::string xml = "<data xmlns=\"http://example.org/corpus\">";
  for (const auto& block : blocks) xml += BlockXml(block, user_id);
  xml += "<meta xmlns=\"http://openrosa.org/jr/xforms\"><userID>" + user_id +
         "</userID></meta></data>";
  Call call;
  call.method = "POST";
  call.target = "/a/" + project_ + "/receiver/";
  call.headers = {{"X-OpenRosa-Version", "3.0"}};
  if (!token.empty()) call.headers.emplace_back("X-CommCareHQ-LastSyncToken", token);
  SetMultipart(call, {{"xml_submission_file", "form.xml", "text/xml", xml}});
  const auto answer = stage_.client().Send(call);
  if (answer.status != 201) throw std::runtime_error("a form was refused: " + answer.body);
}

Answer RestoreWorld::Get(const std::string& worker, const std::string& path, const Query& query,
                         HeaderList headers) {
  Worker(worker);
  Call call;
  call.target = "/a/" + project_ + path;
  for (const auto& [name, text] : query) {
    call.target +=
        (call.target.find('?') == std::string::npos ? "?" : "&") + name + "=" + PercentEncode(text);
  }
  call.headers = std::move(headers);
  call.headers.emplace_back(
      "Authorization", BasicHeader(worker + "@" + project_ + ".commcarehq.org", kWorkerPassword));
  return stage_.client().Send(call);
}

RestoreSeen RestoreWorld::Restore(const std::string& worker, const Query& query) {
  const auto answer = Get(worker, "/phone/restore/", query);
  RestoreSeen seen;
  seen.status = answer.status;
  seen.body = answer.body;
  if (answer.status == 200) ReadCases(answer.body, seen);
  return seen;
}

std::vector<std::string> RestoreWorld::Held(const std::string& token) {
  const auto log = stage_.admin().Run("test.sync_log", {{"project", project_}, {"token", token}});
  std::vector<std::string> ids;
  for (const auto& id : log.at("held").as_array()) ids.emplace_back(id.as_string());
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace outpost::tests
