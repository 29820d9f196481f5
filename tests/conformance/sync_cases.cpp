// Which cases a phone gets and holds: live sets, state hashes, forms with a token, whole flows.
#include <algorithm>
#include <boost/json.hpp>

#include "conformance/restore_world.h"
#include "crypto/digests.h"

namespace outpost::tests {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using Strings = std::vector<std::string>;

std::string TextOf(const value& from) { return std::string(from.as_string()); }

Strings SortedTexts(const value& list) {
  Strings texts;
  for (const auto& text : list.as_array()) texts.push_back(TextOf(text));
  std::sort(texts.begin(), texts.end());
  return texts;
}

void Expect(const std::string& what, const Strings& expected, const Strings& found,
            Findings& findings) {
  if (expected == found) return;
  const auto joined = [](const Strings& texts) {
    std::string text;
    for (const auto& one : texts) text += " " + one;
    return text;
  };
  findings.push_back(what + ": expected" + joined(expected) + ", found" + joined(found));
}

std::vector<BlockDescription> BlocksOf(const value& list) {
  std::vector<BlockDescription> blocks;
  for (const auto& block : list.as_array()) blocks.push_back(block.as_object());
  return blocks;
}

/// The flows of several devices.
class Flow {
 public:
  Flow(RestoreWorld& world, const object& entry) : world_(world) {
    for (const auto& [device, user] : entry.at("devices").as_object()) {
      users_[device] = TextOf(user);
      world_.Worker(TextOf(user));
    }
    if (const auto* groups = entry.if_contains("groups")) {
      for (const auto& [name, members] : groups->as_object()) SetGroup(name, members);
    }
  }

  Findings Run(const array& steps) {
    for (const auto& step : steps) {
      ++number_;
      Do(step.as_object());
    }
    return std::move(findings_);
  }

 private:
  void SetGroup(const std::string& name, const value& members) {
    Strings workers;
    for (const auto& member : members.as_array()) workers.push_back(TextOf(member));
    world_.Group(name, workers);
  }

  void Do(const object& step) {
    const auto* named = step.if_contains("device");
    const std::string device = named == nullptr || named->is_null() ? "" : TextOf(*named);
    if (const auto* blocks = step.if_contains("submit")) Submit(device, *blocks);
    if (const auto* held = step.if_contains("held")) {
      Expect(At("held"), SortedTexts(*held), world_.Held(tokens_[device]), findings_);
    }
    if (const auto* sync = step.if_contains("sync")) Sync(device, sync->as_object());
    if (const auto* group = step.if_contains("set_group")) {
      for (const auto& [name, members] : group->as_object()) SetGroup(name, members);
    }
    if (const auto* deleted = step.if_contains("soft_delete")) Delete(*deleted);
  }

  void Submit(const std::string& device, const value& list) {
    const auto blocks = BlocksOf(list);
    const auto* user = blocks.at(0).if_contains("user_id");
    world_.Submit(user != nullptr ? TextOf(*user) : users_[device], blocks,
                  device.empty() ? "" : tokens_[device]);
  }

  void Delete(const value& deleted) {
    const auto remove = [&](const value& id) {
      world_.stage().admin().Run("case.delete",
                                 {{"project", world_.project()}, {"case_id", TextOf(id)}});
    };
    if (deleted.is_string()) return remove(deleted);
    for (const auto& id : deleted.as_array()) remove(id);
  }

  void Sync(const std::string& device, const object& wanted) {
    Query query = {{"version", "2.0"}, {"device_id", device}};
    if (!wanted.contains("initial")) query.emplace_back("since", tokens_[device]);
    const auto seen = world_.Restore(users_[device], query);
    if (seen.status != 200) {
      findings_.push_back(At("sync") + ": " + std::to_string(seen.status) + " " + seen.body);
      return;
    }
    tokens_[device] = seen.token;
    Expect(At("payload"), SortedTexts(wanted.at("payload_cases")), seen.cases, findings_);
    if (const auto* held = wanted.if_contains("on_phone")) {
      Expect(At("on_phone"), SortedTexts(*held), world_.Held(seen.token), findings_);
    }
    if (const auto* created = wanted.if_contains("create_blocks")) {
      Expect(At("create_blocks"), SortedTexts(*created), seen.created, findings_);
    }
  }

  std::string At(const char* what) const { return "step " + std::to_string(number_) + " " + what; }

  RestoreWorld& world_;
  std::map<std::string, std::string> users_, tokens_;
  int number_ = 0;
  Findings findings_;
};

std::string StateOf(const Strings& ids) {
  if (ids.empty()) return "ccsh:";
  std::array<std::uint8_t, 16> xored{};
  for (const auto& id : ids) {
    const auto md5 = crypto::Md5(id);
    for (std::size_t i = 0; i < xored.size(); ++i) xored[i] ^= md5[i];
  }
  std::string hex = "ccsh:";
  for (const auto byte : xored) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

}  // namespace

Findings RunLiveSet(Stage& stage, const value&, const object& entry, int number) {
  RestoreWorld world(stage, "live-" + std::to_string(number));
  world.Worker("jane");
  std::vector<BlockDescription> blocks, closings;
  for (const auto& [id, facts] : entry.at("cases").as_object()) {
    object index;
    for (const auto& one : entry.at("indices").as_array()) {
      if (TextOf(one.at("case")) != id) continue;
      index[one.at("identifier").as_string()] = array{one.at("target"), one.at("relationship")};
    }
    BlockDescription block = {{"case_id", id},
                              {"create", true},
                              {"owner_id", facts.at("owned").as_bool() ? "jane" : "stranger"}};
    if (!index.empty()) block["index"] = index;
    blocks.push_back(block);
    if (facts.at("closed").as_bool()) closings.push_back({{"case_id", id}, {"close", true}});
  }
  world.Submit("jane", blocks);
  if (!closings.empty()) world.Submit("jane", closings);
  const auto seen = world.Restore("jane", {{"version", "2.0"}, {"device_id", "one"}});
  Findings findings;
  const auto expected = SortedTexts(entry.at("expected_live"));
  Expect("sent", expected, seen.cases, findings);
  Expect("created", expected, seen.created, findings);
  if (seen.status != 200) return {"status " + std::to_string(seen.status)};
  Expect("held", expected, world.Held(seen.token), findings);
  // The phone agrees: its hash of what it keeps is the log's.
  const auto again = world.Restore("jane", {{"version", "2.0"},
                                            {"device_id", "one"},
                                            {"since", seen.token},
                                            {"state", StateOf(expected)}});
  Expect("sent again", {}, again.cases, findings);
  if (again.status != 200) findings.push_back("the next sync is " + std::to_string(again.status));
  return findings;
}

Findings RunStateCheck(Stage& stage, const value&, const object& entry, int number) {
  RestoreWorld world(stage, "state-" + std::to_string(number));
  world.Worker("jane");
  const auto device = TextOf(entry.at("device_id"));
  Query query = {{"version", "2.0"}, {"device_id", device}};
  const auto& held = entry.at("server_log_case_ids");
  if (!held.is_null()) {
    std::vector<BlockDescription> blocks;
    for (const auto& id : held.as_array()) {
      blocks.push_back({{"case_id", id}, {"create", true}, {"owner_id", "jane"}});
    }
    if (!blocks.empty()) world.Submit("jane", blocks);
    query.emplace_back("since", world.Restore("jane", query).token);
  }
  if (const auto& state = entry.at("state_param"); state.is_string()) {
    query.emplace_back("state", TextOf(state));
  }
  const auto status = world.Restore("jane", query).status;
  if (status == entry.at("expected_status").as_int64()) return {};
  return {"status is " + std::to_string(status)};
}

Findings RunSyncFlow(Stage& stage, const value&, const object& entry, int number) {
  RestoreWorld world(stage, "flow-" + std::to_string(number));
  return Flow(world, entry).Run(entry.at("steps").as_array());
}

Findings RunTokenForms(Stage& stage, const value&, const object& entry, int number) {
  RestoreWorld world(stage, "token-" + std::to_string(number));
  const auto user = TextOf(entry.at("user_id"));
  world.Worker(user);
  for (const auto& owner : entry.at("owner_ids").as_array()) {
    if (TextOf(owner) != user) world.Group(TextOf(owner), {user});
  }
  const auto token = world.Restore(user, {{"version", "2.0"}, {"device_id", "one"}}).token;
  Findings findings;
  int step = 0;
  for (const auto& one : entry.at("steps").as_array()) {
    world.Submit(user, BlocksOf(one.at("form")), token);
    Expect("step " + std::to_string(++step), SortedTexts(one.at("on_phone")), world.Held(token),
           findings);
  }
  return findings;
}

}  // namespace outpost::tests
