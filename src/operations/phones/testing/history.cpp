#include "operations/phones/testing/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "base/text.h"
#include "operations/phones/phone.h"
#include "operations/phones/purge.h"
#include "operations/phones/testing/detail/compare.h"
#include "operations/phones/testing/detail/form_maker.h"
#include "operations/phones/testing/detail/lossy.h"
#include "operations/phones/testing/model.h"

namespace outpost::phones::testing {
namespace {

using detail::Described;
using detail::Joined;
using detail::Loss;

struct Failure {
  std::string why;
};

struct Handset {
  std::string name;
  std::size_t user = 0;
  std::unique_ptr<detail::Lossy> way;
  std::optional<Phone> phone;
  bool has_logged_in = false;
  /// It synced while forms waited, so that server and phone may differ until it starts anew.
  bool is_tainted = false;
  std::size_t commits_seen = 0;   // when its last successful sync began
  bool has_new_groups = true;     // since then
  std::vector<Request> accepted;  // forms, to be sent once more
};

/// A form that the server has taken, and the token it came with.
struct Commit {
  std::string form_id, token;
};

std::string Described(const CaseChange& change) {
  std::string text = change.case_id;
  if (change.create) {
    text += fmt::format(" create \"{}\" for {}", change.create->name,
                        change.create->owner_id.value_or("the user"));
  }
  if (change.name) text += " name \"" + *change.name + "\"";
  if (change.owner_id) text += " owner " + *change.owner_id;
  for (const auto& [name, value] : change.properties) text += fmt::format(" {}={}", name, value);
  for (const auto& index : change.indices) {
    text += fmt::format(" {} {} {}", index.identifier, index.is_extension ? "=>" : "->",
                        index.target.empty() ? "nothing" : index.target);
  }
  return text + (change.closes ? " close" : "");
}

std::string Described(const PhoneForm& form) {
  auto text = form.form_id;
  for (const auto& change : form.changes) text += " [" + Described(change) + "]";
  return text;
}

std::string_view HeaderOf(const Request& request, std::string_view name) {
  return request.headers.Find(name).value_or("");
}

/// As the phone names the file that holds the form.
std::string FormIdIn(const Request& request) {
  constexpr std::string_view kBefore = "filename=\"";
  const auto from = request.body.find(kBefore) + kBefore.size();
  return request.body.substr(from, request.body.find(".xml\"", from) - from);
}

class History {
 public:
  History(std::uint64_t seed, HistoryWorld world, const HistoryOptions& options)
      : world_(std::move(world)), options_(options), random_(seed), maker_(seed, random_) {
    for (std::size_t user = 0; user < world_.users.size(); ++user) {
      for (int i = 0; i < options.phones_per_user; ++i) AddHandset(user, i);
    }
    for (const auto& user : world_.users) {
      for (const auto& group : user.groups) all_groups_.insert(group);
    }
  }

  /// @throws Failure
  void Run() {
    for (int step = 0; step < options_.steps; ++step) Step(Any(handsets_));
    // At rest everybody must be right.
    for (auto& handset : handsets_) Settle(handset);
    CompareStored();
  }

  const std::vector<std::string>& log() const { return log_; }

 private:
  void AddHandset(std::size_t user, int number) {
    Handset handset;
    handset.name = fmt::format("phone {} of {}", number + 1, world_.users[user].username);
    handset.user = user;
    handset.way = std::make_unique<detail::Lossy>(
        world_.connect(), [this](const Request& request, const Answer& answer) {
          if (request.method == http::Method::kPost) Delivered(request, answer);
        });
    handsets_.push_back(std::move(handset));
    Renew(handsets_.back(), number);
  }

  /// As after clearing the app's data.
  void Renew(Handset& handset, int number) {
    const auto& user = world_.users[handset.user];
    handset.phone.emplace(
        PhoneSettings{world_.project, user.username, user.password,
                      fmt::format("device-{}-{}", handset.user, number), "", Keep::kEverything},
        PhoneDoors{*handset.way, *world_.clock,
                   [](std::int64_t s) { std::this_thread::sleep_for(std::chrono::seconds(s)); }});
    handset.has_logged_in = handset.is_tainted = false;
  }

  template <typename T>
  T& Any(std::vector<T>& things) {
    return things[random_.Below(things.size())];
  }

  void Note(const Handset& handset, const std::string& what) {
    log_.push_back(handset.name + ": " + what);
  }
  [[noreturn]] void Fail(const Handset& handset, const std::string& why) {
    throw Failure{handset.name + ": " + why};
  }

  /// A form has reached the server, whatever the phone hears of it.
  void Delivered(const Request& request, const Answer& answer) {
    const auto id = FormIdIn(request);
    if (answer.status != 201) {
      throw Failure{fmt::format("{} was answered {}: {}", id, answer.status, answer.body)};
    }
    if (!model_.Commit(forms_.at(id))) return;
    const std::string token(HeaderOf(request, "X-CommCareHQ-LastSyncToken"));
    commits_.push_back({id, token});
    log_.push_back("  server has " + id + " with token " + token);
  }

  void Step(Handset& handset) {
    if (!handset.has_logged_in) return LogIn(handset, 5);
    const auto chance = random_.Below(100);
    if (handset.is_tainted && chance < 30 && handset.phone->queue().empty()) {
      return ClearData(handset);
    }
    if (chance < 40) return Fill(handset);
    if (chance < 60) return Send(handset, 10);
    if (chance < 80) return SendAndSync(handset);
    if (chance < 90) return options_.uses_leftovers ? SendAndSync(handset) : SyncWithForm(handset);
    if (chance < 94) return SendTwice(handset);
    if (chance < 96) return PullAgain(handset);
    if (chance < 98) return ChangeGroups(handset);
    if (options_.syncs_with_unsent) return Sync(handset, 10);
  }

  void LosePercent(Handset& handset, std::uint64_t percent) {
    handset.way->choose = [this, percent](const Request&) {
      const auto chance = random_.Below(100);
      if (chance >= percent) return Loss::kNone;
      return chance % 2 == 0 ? Loss::kRequest : Loss::kAnswer;
    };
  }

  void LogIn(Handset& handset, std::uint64_t loss_percent) {
    LosePercent(handset, loss_percent);
    const auto start = commits_.size();
    const auto outcome = handset.phone->LoginPull();
    if (!TellSync(handset, "logs in", outcome)) return;
    handset.has_logged_in = true;
    handset.commits_seen = start;
    handset.has_new_groups = false;
    Compare(handset);
  }

  void ClearData(Handset& handset) {
    Note(handset, "clears its data");
    const auto device = handset.phone->settings().device_id;
    Renew(handset, device.back() - '0');
  }

  /// The pull of a login over what is there: the phone keeps cases that the server no longer gives.
  void PullAgain(Handset& handset) {
    handset.way->choose = nullptr;
    if (TellSync(handset, "logs in again", handset.phone->LoginPull())) handset.is_tainted = true;
  }

  std::vector<std::string> UsableOn(const Handset& handset) const {
    const auto& store = handset.phone->store();
    const auto owners = OwnerIdsOf(store);
    const auto purged = FindPurged(store.cases, &owners);
    const std::set<std::string> gone(purged.removed.begin(), purged.removed.end());
    std::vector<std::string> usable;
    for (const auto& [id, c] : store.cases) {
      if (!c.is_closed && (options_.uses_leftovers || !gone.contains(id))) usable.push_back(id);
    }
    return usable;
  }

  std::vector<std::string> OwnersFor(const Handset& handset) const {
    std::vector<std::string> owners;
    for (const auto& user : world_.users) owners.push_back(user.user_id);
    const auto own = OwnerIdsOf(handset.phone->store());
    for (int i = 0; i < 2; ++i) owners.insert(owners.end(), own.begin(), own.end());
    return owners;
  }

  PhoneForm NewForm(const Handset& handset, bool is_gentle) {
    auto form = handset.phone->NewForm(maker_.NewFormId());
    maker_.AddChanges(form, handset.phone->store().cases, UsableOn(handset), OwnersFor(handset),
                      is_gentle);
    forms_[form.form_id] = form;
    return form;
  }

  void Fill(Handset& handset) {
    auto form = NewForm(handset, false);
    Note(handset, "fills " + Described(form));
    if (const auto why = handset.phone->Fill(std::move(form))) Fail(handset, *why);
  }

  void Send(Handset& handset, std::uint64_t loss_percent) {
    if (handset.phone->queue().empty()) return;
    LosePercent(handset, loss_percent);
    std::vector<Request> requests;
    for (const auto& queued : handset.phone->queue()) requests.push_back(queued.request);
    const auto outcome = handset.phone->SendForms();
    for (auto& request : requests) {
      for (const auto& id : outcome.sent) {
        if (FormIdIn(request) == id) handset.accepted.push_back(request);
      }
    }
    Note(handset,
         fmt::format("sends {}, {} wait", Joined(outcome.sent), handset.phone->queue().size()));
    handset.way->losses = 0;
    CheckNetwork(handset);
  }

  /// The usual way: a phone sends what waits before it syncs.
  void SendAndSync(Handset& handset) {
    Send(handset, 5);
    Send(handset, 0);
    Sync(handset, 5);
  }

  /// A form once more, from a network that repeats what it has carried.
  void SendTwice(Handset& handset) {
    if (handset.accepted.empty()) return;
    handset.way->choose = nullptr;
    auto request = Any(handset.accepted);
    const auto& user = world_.users[handset.user];
    request.headers.Set("Authorization", "Basic " + Base64Of(user.username + ":" + user.password));
    request.headers.Set("X-OpenRosa-Version", "3.0");
    request.headers.Set("X-CommCareHQ-LastSyncToken", handset.phone->store().sync_token);
    Note(handset, "sends once more " + FormIdIn(request));
    if (!handset.way->Send(request)) Fail(handset, "the server did not answer");
  }

  void ChangeGroups(Handset& handset) {
    auto& user = world_.users[handset.user];
    if (!world_.set_groups || all_groups_.empty()) return;
    std::vector<std::string> groups;
    for (const auto& group : all_groups_) {
      if (random_.OneIn(2)) groups.push_back(group);
    }
    user.groups = std::move(groups);
    world_.set_groups(user);
    for (auto& other : handsets_) other.has_new_groups |= other.user == handset.user;
    log_.push_back(user.username + " is now in " + Joined(user.groups));
  }

  /// False: nothing was restored.
  bool TellSync(Handset& handset, const std::string& what, const SyncOutcome& outcome) {
    auto text = what;
    if (outcome.is_success()) {
      text += fmt::format(": token {}, new {}, changed {}", outcome.restore.token,
                          Joined(outcome.restore.created), Joined(outcome.restore.updated));
    } else {
      text += fmt::format(": {}", outcome.result == SyncResult::kLost ? "lost" : "failed");
    }
    if (outcome.was_412) text += ", after a 412";
    if (!outcome.purged.empty()) text += ", purged " + Joined(outcome.purged);
    Note(handset, text);
    CheckNetwork(handset);
    const bool was_lost = std::exchange(handset.way->losses, 0) > 0;
    if (outcome.result == SyncResult::kLost && was_lost) return false;
    if (outcome.result == SyncResult::kRecoveryFailed && was_lost &&
        outcome.restore.refusal.empty()) {
      handset.is_tainted = true;
      return false;
    }
    if (outcome.had_cycle) Fail(handset, "its cases form a ring");
    if (!outcome.is_success()) {
      Fail(handset, fmt::format("{} was answered {}: {}", what, outcome.status, outcome.why));
    }
    CheckRestore(handset, outcome.restore);
    return true;
  }

  void CheckNetwork(Handset& handset) {
    if (handset.way->failures > 0) Fail(handset, "the server did not answer");
  }

  void CheckRestore(const Handset& handset, const RestoreOutcome& restore) {
    if (restore.token.empty()) Fail(handset, "the restore has no token");
    if (restore.items && *restore.items != static_cast<std::int64_t>(restore.items_counted)) {
      Fail(handset,
           fmt::format("items is {}, but there are {}", *restore.items, restore.items_counted));
    }
    const auto has = [&](std::string_view id) {
      return std::find(restore.fixtures.begin(), restore.fixtures.end(), id) !=
             restore.fixtures.end();
    };
    if (!has(kUserGroups)) Fail(handset, "the restore has no user-groups");
  }

  bool HasUncommitted(const Handset& handset) const {
    for (const auto& queued : handset.phone->queue()) {
      const auto& id = queued.form.form_id;
      if (std::none_of(commits_.begin(), commits_.end(),
                       [&](const Commit& commit) { return commit.form_id == id; })) {
        return true;
      }
    }
    return false;
  }

  void Sync(Handset& handset, std::uint64_t loss_percent) {
    LosePercent(handset, loss_percent);
    const bool was_unsent = HasUncommitted(handset);
    const auto start = commits_.size();
    const auto token = handset.phone->store().sync_token;
    const auto outcome = handset.phone->Sync();
    if (outcome.was_412 && !handset.is_tainted && !was_unsent) {
      TellSync(handset, "syncs", outcome);
      Fail(handset, "was answered 412 although it did everything right");
    }
    if (!TellSync(handset, was_unsent ? "syncs with unsent forms" : "syncs", outcome)) return;
    if (was_unsent) {
      handset.is_tainted = true;
      return;
    }
    if (outcome.was_412) {
      handset.is_tainted = false;
    } else if (!handset.is_tainted) {
      CheckNothingNeedless(handset, outcome.restore, token);
    }
    handset.commits_seen = start;
    handset.has_new_groups = false;
    if (!handset.is_tainted) Compare(handset);
  }

  /// What the phone knows is not sent to it: no case twice, none of its own changes.
  void CheckNothingNeedless(const Handset& handset, const RestoreOutcome& restore,
                            const std::string& token) {
    if (!restore.recreated.empty()) {
      Fail(handset, "held already, but sent as new: " + Joined(restore.recreated));
    }
    if (handset.has_new_groups) return;
    bool are_all_own = true;
    for (auto i = handset.commits_seen; i < commits_.size(); ++i) {
      are_all_own = are_all_own && commits_[i].token == token;
    }
    if (are_all_own && !restore.updated.empty()) {
      Fail(handset, "only it changed anything, but was sent " + Joined(restore.updated));
    }
    if (commits_.size() == handset.commits_seen && !restore.created.empty()) {
      Fail(handset, "nothing changed, but it was sent " + Joined(restore.created));
    }
  }

  /// A form is filled when the phone has already asked, and arrives before or after the snapshot.
  void SyncWithForm(Handset& handset) {
    Send(handset, 0);
    handset.way->choose = [this](const Request&) {
      return random_.OneIn(5) ? Loss::kAnswer : Loss::kNone;
    };
    const auto form = NewForm(handset, true);
    Note(handset, "asks, then fills " + Described(form));
    const auto start = commits_.size();
    const auto outcome = handset.phone->SyncDuring(form).first;
    // Where the form came first the server knows more than the phone had said in its hash.
    if (!TellSync(handset, "syncs meanwhile", outcome)) return;
    if (outcome.was_412) handset.is_tainted = false;
    handset.commits_seen = start;
    handset.has_new_groups = false;
  }

  void Settle(Handset& handset) {
    if (!handset.has_logged_in) LogIn(handset, 0);
    Send(handset, 0);
    Sync(handset, 0);
    if (handset.is_tainted) ClearData(handset);
    if (!handset.has_logged_in) LogIn(handset, 0);
  }

  void Compare(const Handset& handset) {
    OwnerIds owners{world_.users[handset.user].user_id};
    const auto& groups = world_.users[handset.user].groups;
    owners.insert(groups.begin(), groups.end());
    const auto found = detail::Differences(handset.phone->store(), model_.cases(), owners);
    if (found.empty()) return;
    std::string all = found.front();
    for (std::size_t i = 1; i < found.size(); ++i) all += "; " + found[i];
    Fail(handset, all);
  }

  void CompareStored() {
    for (const auto& [id, expected] : model_.cases()) {
      if (!world_.stored_case) break;
      const auto found = world_.stored_case(id);
      if (!found) throw Failure{"the server lacks " + id};
      if (*found != expected) {
        throw Failure{fmt::format("the server stores {} as {}, but it is {}", id, Described(*found),
                                  Described(expected))};
      }
    }
    if (world_.count_cases && world_.count_cases() != model_.cases().size()) {
      throw Failure{"the server stores cases of nobody"};
    }
  }

  HistoryWorld world_;
  HistoryOptions options_;
  SeededRandom random_;
  detail::FormMaker maker_;
  Model model_;
  std::vector<Handset> handsets_;
  std::set<std::string> all_groups_;
  std::map<std::string, PhoneForm> forms_;
  std::vector<Commit> commits_;
  std::vector<std::string> log_;
};

}  // namespace

std::optional<std::string> RunHistory(std::uint64_t seed, const WorldFactory& factory,
                                      const HistoryOptions& options) {
  History history(seed, factory(seed), options);
  try {
    history.Run();
    return std::nullopt;
  } catch (const Failure& failure) {
    auto text = fmt::format("seed {}: {}\n", seed, failure.why);
    for (const auto& line : history.log()) text += "  " + line + "\n";
    return text;
  }
}

}  // namespace outpost::phones::testing
