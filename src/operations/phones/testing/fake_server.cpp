#include "operations/phones/testing/fake_server.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "format/xml/write.h"
#include "format/xml/xml.h"
#include "operations/phones/purge.h"
#include "operations/phones/state_hash.h"
#include "operations/phones/testing/model.h"

namespace outpost::phones::testing {
namespace {

constexpr const char* kDate = "Wed, 01 May 2024 09:30:00 GMT";

struct Log {
  std::string user_id, previous;
  std::size_t position = 0;
  OwnerIds owners;
  PhoneCases graph;  // what the phone physically has
  bool is_used = false;
};

struct Change {
  std::string case_id, token;
  std::set<std::string> identifiers;  // of its indices before
};

CaseChange ReadChange(const xml::Element& block) {
  CaseChange change;
  change.case_id = block.attribute("case_id").value_or("");
  if (const auto create = block.child("create")) {
    change.create.emplace();
    change.create->type = create->child("case_type")->text();
    change.create->name = create->child("case_name")->text();
    if (const auto owner = create->child("owner_id")) change.create->owner_id = owner->text();
  }
  if (const auto update = block.child("update")) {
    for (auto child = update->first_child(); child; child = child->next_sibling()) {
      const std::string name(child->name()), value(child->text());
      if (name == "case_name") {
        change.name = value;
      } else if (name == "owner_id") {
        change.owner_id = value;
      } else {
        change.properties[name] = value;
      }
    }
  }
  if (const auto index = block.child("index")) {
    for (auto child = index->first_child(); child; child = child->next_sibling()) {
      change.indices.push_back({std::string(child->name()), std::string(child->text()),
                                std::string(child->attribute("case_type").value_or("")),
                                child->attribute("relationship") == "extension"});
    }
  }
  change.closes = block.child("close").has_value();
  return change;
}

std::map<std::string, std::string> QueryOf(const std::string& target) {
  std::map<std::string, std::string> query;
  const auto from = target.find('?');
  for (const auto pair : Split(std::string_view(target).substr(from + 1), '&')) {
    const auto is = pair.find('=');
    query[std::string(pair.substr(0, is))] = PercentDecode(pair.substr(is + 1));
  }
  return query;
}

Answer AnswerWith(int status, std::string body = {}) {
  Answer answer{status, {}, std::move(body)};
  answer.headers.Add("Date", kDate);
  return answer;
}

class FakeServer {
 public:
  FakeServer(std::uint64_t seed, Fault fault) : fault_(fault), random_(seed) {}

  std::vector<HistoryUser> users;
  const PhoneCases& cases() const { return cases_; }
  bool ComesFirst() { return random_.OneIn(2); }

  Answer Handle(const Request& request) {
    if (request.method == http::Method::kPost) return Take(request);
    return Restore(request, {});
  }

  Answer Restore(const Request& request, const std::function<void()>& meanwhile);
  Answer Take(const Request& request);

 private:
  const HistoryUser& UserOf(const Request& request) const {
    const auto credentials =
        *BytesOfBase64(request.headers.Find("Authorization").value_or("").substr(6));
    const auto username = credentials.substr(0, credentials.find(':'));
    return *std::find_if(users.begin(), users.end(),
                         [&](const HistoryUser& user) { return user.username == username; });
  }

  static OwnerIds OwnersOf(const HistoryUser& user) {
    OwnerIds owners{user.user_id};
    owners.insert(user.groups.begin(), user.groups.end());
    return owners;
  }

  static PhoneCases HeldBy(const Log& log) {
    auto held = log.graph;
    for (const auto& id : FindPurged(held, &log.owners).removed) held.erase(id);
    return held;
  }

  void ApplyToLog(Log& log, const CaseChange& change, const std::string& user_id);
  bool IsChangedByOthers(const std::string& case_id, const Log& log,
                         const std::string& token) const;
  std::string RenderCase(const std::string& id, const PhoneCase& c, bool is_new) const;

  Fault fault_;
  SeededRandom random_;
  PhoneCases cases_, before_;  // as they are, and as each was before its last change
  std::set<std::string> forms_;
  std::vector<Change> changes_;
  std::map<std::string, Log> logs_;
  std::set<std::string> identifiers_;  // of all indices ever
};

void FakeServer::ApplyToLog(Log& log, const CaseChange& change, const std::string& user_id) {
  const bool is_known = log.graph.contains(change.case_id);
  const bool becomes_owned = change.owner_id && log.owners.contains(*change.owner_id);
  if (!is_known && !change.create) {
    if (becomes_owned) log.graph[change.case_id] = cases_.find(change.case_id)->second;
    return;
  }
  ApplyOnServer(change, user_id, log.graph);
}

Answer FakeServer::Take(const Request& request) {
  const auto from = request.body.find("<?xml");
  const auto bytes = request.body.substr(from, request.body.rfind("\r\n--") - from);
  const auto document = xml::Document::Parse(bytes);
  const auto meta = *document.root().child("meta");
  const bool is_known = !forms_.emplace(meta.child("instanceID")->text()).second;
  if (is_known && fault_ != Fault::kAppliesDuplicates) return AnswerWith(201);
  const std::string user_id(meta.child("userID")->text());
  const std::string token(request.headers.Find("X-CommCareHQ-LastSyncToken").value_or(""));
  for (auto child = document.root().first_child(); child; child = child->next_sibling()) {
    if (child->name() != "case") continue;
    const auto change = ReadChange(*child);
    before_[change.case_id] = cases_[change.case_id];
    for (const auto& index : change.indices) identifiers_.insert(index.identifier);
    ApplyOnServer(change, user_id, cases_);
    changes_.push_back({change.case_id, token, {}});
    for (auto& [id, log] : logs_) {
      const bool is_successor = log.previous == token && !log.is_used;
      const bool is_meant = id == token || (is_successor && fault_ != Fault::kLosesDuringRestore);
      if (is_meant && fault_ != Fault::kLogIgnoresForms) ApplyToLog(log, change, user_id);
    }
  }
  const auto log = logs_.find(token);
  if (log != logs_.end()) log->second.is_used = true;
  return AnswerWith(201);
}

bool FakeServer::IsChangedByOthers(const std::string& case_id, const Log& log,
                                   const std::string& token) const {
  return std::any_of(changes_.begin() + static_cast<std::ptrdiff_t>(log.position), changes_.end(),
                     [&](const Change& change) {
                       return change.case_id == case_id &&
                              (change.token != token || fault_ == Fault::kEchoes);
                     });
}

std::string FakeServer::RenderCase(const std::string& id, const PhoneCase& c, bool is_new) const {
  std::string out = "<case";
  xml::AppendAttribute(out, "xmlns", "http://commcarehq.org/case/transaction/v2");
  xml::AppendAttribute(out, "case_id", id);
  xml::AppendAttribute(out, "date_modified", "2020-01-02T03:04:05.000000Z");
  std::string known;
  xml::AppendElement(known, "case_type", c.type);
  xml::AppendElement(known, "case_name", c.name);
  xml::AppendElement(known, "owner_id", c.owner_id);
  out += is_new ? "><create>" + known + "</create><update>" : "><update>" + known;
  for (const auto& [name, value] : c.properties) xml::AppendElement(out, name, value);
  out += "</update><index>";
  auto removed = identifiers_;
  for (const auto& index : c.indices) {
    removed.erase(index.identifier);
    out += "<" + index.identifier + " case_type=\"" + index.target_type + "\"";
    if (index.is_extension) out += " relationship=\"extension\"";
    out += ">" + index.target + "</" + index.identifier + ">";
  }
  if (fault_ != Fault::kSendsRemovedIndices) {
    for (const auto& name : removed) out += "<" + name + " case_type=\"thing\"/>";
  }
  return out + (c.is_closed ? "</index><close/></case>" : "</index></case>");
}

Answer FakeServer::Restore(const Request& request, const std::function<void()>& meanwhile) {
  const auto user = UserOf(request);
  const auto query = QueryOf(request.target);
  const auto since = query.find("since");
  const std::string token = since == query.end() ? "" : since->second;
  Log previous;
  if (!token.empty()) {
    const auto known = logs_.find(token);
    if (known == logs_.end() || known->second.user_id != user.user_id) return AnswerWith(412);
    known->second.is_used = true;
    previous = known->second;
    if (query.at("state") != StateParameter(HeldBy(previous))) return AnswerWith(412);
  }
  const auto held = HeldBy(previous);
  Log log{user.user_id, token, changes_.size(), OwnersOf(user), held, false};
  const auto live = LiveSet(cases_, log.owners);
  std::string body;
  std::size_t items = 4;
  const auto send = [&](const std::string& id, bool is_new) {
    const bool is_old = fault_ == Fault::kSendsOldValues && !is_new && before_.contains(id);
    const auto& c = is_old ? before_[id] : cases_[id];
    log.graph[id] = cases_[id];
    body += RenderCase(id, c, is_new && fault_ != Fault::kSendsUpdateForNew);
    ++items;
  };
  for (const auto& id : live) {
    const auto& c = cases_[id];
    const bool is_extension =
        std::any_of(c.indices.begin(), c.indices.end(),
                    [](const CaseIndex& index) { return index.is_extension; });
    if (fault_ == Fault::kIgnoresExtensions && is_extension && !log.owners.contains(c.owner_id)) {
      continue;
    }
    if (!held.contains(id)) send(id, true);
  }
  for (const auto& [id, c] : held) {
    if (!IsChangedByOthers(id, previous, token)) continue;
    if (fault_ == Fault::kForgetsClosed && cases_[id].is_closed) continue;
    if (fault_ == Fault::kForgetsReassigned && !log.owners.contains(cases_[id].owner_id)) continue;
    send(id, false);
  }
  const auto id = "log-" + std::to_string(logs_.size() + 1);
  logs_[id] = log;
  if (meanwhile) meanwhile();
  if (fault_ == Fault::kSnapshotAtTheEnd) logs_[id].position = changes_.size();
  if (fault_ == Fault::kDropsOldLog) logs_.erase(token);
  std::string groups;
  for (const auto& group : user.groups) groups += "<group id=\"" + group + "\"/>";
  if (fault_ == Fault::kKeepsGroups && !token.empty()) {
    groups.clear();
    for (const auto& owner : previous.owners) {
      if (owner != user.user_id) groups += "<group id=\"" + owner + "\"/>";
    }
    logs_[id].owners = previous.owners;
  }
  if (fault_ == Fault::kCountsItemsWrongly && !body.empty()) ++items;
  return AnswerWith(
      200,
      "<OpenRosaResponse items=\"" + std::to_string(items) +
          "\"><message/><Sync xmlns=\"http://commcarehq.org/sync\"><restore_id>" + id +
          "</restore_id></Sync><Registration><username>" + user.username +
          "</username><password/><uuid>" + user.user_id +
          "</uuid><date>2016-12-12</date></Registration><fixture id=\"user-groups\" user_id=\"" +
          user.user_id + "\"><groups>" + groups + "</groups></fixture>" + body +
          "</OpenRosaResponse>");
}

class ToFake final : public Exchange {
 public:
  explicit ToFake(std::shared_ptr<FakeServer> server) : server_(std::move(server)) {}

  std::optional<Answer> Send(const Request& request) override { return server_->Handle(request); }

  std::pair<std::optional<Answer>, std::optional<Answer>> SendDuring(
      const Request& request, const Request& meanwhile) override {
    std::optional<Answer> second;
    if (server_->ComesFirst()) second = server_->Take(meanwhile);
    auto first = server_->Restore(request, [&] {
      if (!second) second = server_->Take(meanwhile);
    });
    if (!second) second = server_->Take(meanwhile);
    return {std::move(first), std::move(second)};
  }

 private:
  std::shared_ptr<FakeServer> server_;
};

}  // namespace

HistoryWorld FakeWorld(std::uint64_t seed, Fault fault) {
  static const ScriptedClock clock{*ParseDateTime("2024-05-01T09:30:00Z")};
  auto server = std::make_shared<FakeServer>(seed, fault);
  server->users = {{"ann@demo", "a", "ann", {"team"}},
                   {"bob@demo", "b", "bob", {"team"}},
                   {"cas@demo", "c", "cas", {}}};
  HistoryWorld world;
  world.project = "demo";
  world.users = server->users;
  world.clock = &clock;
  world.connect = [server] { return std::make_unique<ToFake>(server); };
  world.stored_case = [server](const std::string& id) -> std::optional<PhoneCase> {
    const auto found = server->cases().find(id);
    return found == server->cases().end() ? std::nullopt : std::optional(found->second);
  };
  world.count_cases = [server] { return server->cases().size(); };
  world.set_groups = [server](const HistoryUser& user) {
    for (auto& known : server->users) {
      if (known.username == user.username) known.groups = user.groups;
    }
  };
  return world;
}

}  // namespace outpost::phones::testing
