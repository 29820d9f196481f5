#include "domain/sync/explain.h"

#include <algorithm>
#include <set>

#include "domain/cases/case_store.h"
#include "domain/fixtures/restore_fixtures.h"
#include "domain/sync/network.h"

namespace outpost::sync {
namespace {

using cases::Case;
using sync_log::kMissing;

std::string Quoted(const std::string& name, const std::string& id) {
  return (name.empty() ? std::string("a case") : '"' + name + '"') + " (" + id + ")";
}

/// One question about one user.
class Explaining {
 public:
  Explaining(sql::Connection& connection, const sql::Database& database,
             const projects::Project& project, const people::Account& user)
      : connection_(connection), database_(database), project_(project), user_(user) {
    owners_ = {user.user_id};
    for (auto& group : fixtures::OwnersOf(connection, project, user).groups) {
      owners_.insert(group.id);
      owner_names_[group.id] = group.name;
    }
  }

  CaseExplanation Run(const std::string& case_id) {
    CaseExplanation explanation;
    explanation.devices = Devices(case_id);
    const auto found = cases::FindCase(connection_, database_, project_.row, case_id);
    explanation.is_there = found && !found->is_deleted;
    if (!explanation.is_there) {
      explanation.reasons.push_back(
          found ? "The case was deleted: phones that hold it are told to close it at their next "
                  "sync."
                : "There is no such case in this project space.");
      return explanation;
    }
    const Network network(connection_, database_, project_.row, owners_);
    const auto live = network.Live();
    const auto place = network.PlaceOf(found->row);
    explanation.belongs = place != kMissing && live[place];
    if (explanation.belongs) {
      WhyItBelongs(network, live, place, explanation.reasons);
    } else {
      WhyNot(*found, explanation.reasons);
    }
    return explanation;
  }

 private:
  std::string OwnerInWords(const std::string& owner_id) const {
    if (owner_id == user_.user_id) return "the user";
    const auto named = owner_names_.find(owner_id);
    if (named != owner_names_.end()) {
      return "the group or location \"" + named->second + "\", which the user belongs to";
    }
    return "somebody else (owner " + (owner_id.empty() ? std::string("nobody") : owner_id) + ")";
  }

  std::string NameOf(std::int64_t row, const std::string& id) {
    const auto c = cases::FindCaseByRow(connection_, project_.row, row);
    return Quoted(c ? c->name : "", id);
  }

  void WhyItBelongs(const Network& network, const sync_log::NodeSet& live, std::uint32_t place,
                    std::vector<std::string>& reasons) {
    const auto& c = network.cases()[place];
    if (c.is_owned && !c.is_closed) {
      reasons.push_back("It is open and owned by " + OwnerInWords(c.owner_id) + ".");
    }
    for (const auto& index : c.indices) {
      if (index.is_extension && !c.is_closed && index.target != kMissing && live[index.target]) {
        reasons.push_back("It is an open extension (" + index.identifier + ") of " +
                          NameOf(network.cases()[index.target].row, index.referenced_id) +
                          ", which is on the phone.");
      }
    }
    for (std::uint32_t other = 0; other < live.size(); ++other) {
      if (!live[other]) continue;
      for (const auto& index : network.cases()[other].indices) {
        if (index.target != place) continue;
        const auto& from = network.cases()[other];
        reasons.push_back(NameOf(from.row, from.case_id) + ", which is on the phone, needs it as " +
                          index.identifier + ".");
      }
    }
    if (c.is_closed) reasons.push_back("It is closed, and sent only because it is needed.");
  }

  /// The first closed host on the way up, if that is what keeps an extension off the phone.
  std::optional<std::string> ClosedHost(const Case& c, std::set<std::string>& seen) {
    for (const auto& index : c.indices) {
      if (index.relationship != "extension" || !seen.insert(index.referenced_id).second) continue;
      const auto host = cases::FindCase(connection_, database_, project_.row, index.referenced_id);
      if (!host || host->is_deleted) continue;
      if (host->is_closed) return Quoted(host->name, host->case_id);
      if (auto further = ClosedHost(*host, seen)) return further;
    }
    return std::nullopt;
  }

  void WhyNot(const Case& c, std::vector<std::string>& reasons) {
    const bool is_owned = owners_.contains(c.owner_id);
    std::set<std::string> seen = {c.case_id};
    if (c.is_closed) {
      reasons.push_back("It is closed, and nothing on the phone needs it.");
    } else if (const auto host = ClosedHost(c, seen)) {
      reasons.push_back("It is an extension, and its host " + *host +
                        " is closed: an extension lives only while its hosts are open.");
    } else if (!is_owned) {
      reasons.push_back("It is owned by " + OwnerInWords(c.owner_id) + ".");
      reasons.push_back("No case on the phone needs it, and it is no extension of one.");
      reasons.push_back(
          "Children are not sent because of their parent: only parents and hosts "
          "are sent because of their children and extensions.");
    } else {
      reasons.push_back(
          "The phone would remove it at once: its chain of hosts and children is too "
          "long for what phones follow.");
    }
    if (!is_owned && c.is_closed) {
      reasons.push_back("It is owned by " + OwnerInWords(c.owner_id) + ".");
    }
  }

  std::vector<DeviceHolding> Devices(const std::string& case_id) {
    std::vector<DeviceHolding> devices;
    std::set<std::string> seen;
    const auto found = cases::FindCase(connection_, database_, project_.row, case_id);
    for (const auto& log : sync_log::ListOfUser(connection_, project_.row, user_.user_id)) {
      if (!seen.insert(log.device_id).second) continue;
      const auto held = PurgedBy(ReadGraph(connection_, database_, log), log.owners);
      const bool holds = found && FindHeld(held, found->row) != nullptr;
      devices.push_back({log.device_id, log.created_on, holds});
    }
    return devices;
  }

  sql::Connection& connection_;
  const sql::Database& database_;
  const projects::Project& project_;
  const people::Account& user_;
  sync_log::OwnerIds owners_;
  std::map<std::string, std::string> owner_names_;
};

}  // namespace

CaseExplanation ExplainCase(sql::Connection& connection, const sql::Database& database,
                            const projects::Project& project, const people::Account& user,
                            const std::string& case_id) {
  return Explaining(connection, database, project, user).Run(case_id);
}

}  // namespace outpost::sync
