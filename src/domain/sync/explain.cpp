#include "domain/sync/explain.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

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

namespace {

/// How parts begin. Text is escaped, so these are always elements of ours.
struct Start {
  std::string_view marker, kind, name_after;
};
constexpr std::array<Start, 4> kStarts = {{
    {"<case xmlns=", "case", "<case_type>"},
    {"<balance xmlns=", "ledgers", "section-id=\""},
    {"<fixture id=\"", "fixture", "<fixture id=\""},
    {"<schema id=\"", "fixture", "<schema id=\""},
}};

const Start* StartAt(std::string_view text) {
  for (const auto& start : kStarts) {
    if (text.starts_with(start.marker)) return &start;
  }
  return nullptr;
}

std::string NameIn(std::string_view part, const Start& start) {
  const auto at = part.find(start.name_after);
  if (at == std::string_view::npos) return {};
  const auto name = part.substr(at + start.name_after.size());
  return std::string(name.substr(0, name.find_first_of("<\"")));
}

}  // namespace

std::vector<RestorePart> PartsOf(std::string_view document) {
  std::map<std::pair<std::string, std::string>, RestorePart> parts;
  const auto add = [&](std::string_view part) {
    const auto* start = StartAt(part);
    const std::string kind(start == nullptr ? "frame" : start->kind);
    const std::string name = start == nullptr ? "" : NameIn(part, *start);
    auto& sum = parts[{kind, name}];
    sum.kind = kind;
    sum.name = name;
    ++sum.count;
    sum.bytes += static_cast<std::int64_t>(part.size());
  };
  std::size_t begin = 0;
  for (auto at = document.find('<', 1); at != std::string_view::npos;
       at = document.find('<', at + 1)) {
    if (StartAt(document.substr(at)) == nullptr) continue;
    add(document.substr(begin, at - begin));
    begin = at;
  }
  add(document.substr(begin));
  std::vector<RestorePart> sorted;
  for (auto& [key, part] : parts) sorted.push_back(std::move(part));
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const RestorePart& a, const RestorePart& b) { return a.bytes > b.bytes; });
  return sorted;
}

}  // namespace outpost::sync
