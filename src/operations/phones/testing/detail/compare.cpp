#include "operations/phones/testing/detail/compare.h"

#include <fmt/format.h>

#include "operations/phones/purge.h"
#include "operations/phones/testing/model.h"

namespace outpost::phones::testing::detail {
namespace {

struct Purged {
  PhoneStore left;
  std::string rounds;  // what went in each
};

/// The phone purges once a sync; what a purge leaves may need another one.
Purged PurgedToTheEnd(const PhoneStore& store) {
  Purged purged{store, {}};
  for (auto gone = Purge(purged.left).removed; !gone.empty(); gone = Purge(purged.left).removed) {
    purged.rounds += (purged.rounds.empty() ? "" : ", then ") + Joined(gone);
  }
  return purged;
}

}  // namespace

std::string Described(const PhoneCase& c) {
  auto text =
      fmt::format("{} \"{}\" of {}{}", c.type, c.name, c.owner_id, c.is_closed ? ", closed" : "");
  for (const auto& [name, value] : c.properties) text += fmt::format(", {}={}", name, value);
  for (const auto& index : c.indices) {
    text +=
        fmt::format(", {} {} {}", index.identifier, index.is_extension ? "=>" : "->", index.target);
  }
  return text;
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : " ") + text;
  return all.empty() ? "nothing" : all;
}

std::vector<std::string> Differences(const PhoneStore& store, const PhoneCases& cases,
                                     const OwnerIds& owners) {
  std::vector<std::string> found;
  if (OwnerIdsOf(store) != owners) found.emplace_back("it has other owner ids than its user");
  const auto purged = PurgedToTheEnd(store);
  const auto& held = purged.left.cases;
  const auto live = LiveSet(cases, owners);
  const auto most = LiveSet(cases, owners, Dangling::kStays);
  bool is_purged = false;
  for (const auto& id : live) {
    if (held.contains(id)) continue;
    is_purged = is_purged || store.cases.contains(id);
    found.push_back(store.cases.contains(id) ? "it throws away " + id : "it lacks " + id);
  }
  for (const auto& [id, c] : store.cases) {
    if (held.contains(id) && !most.contains(id)) {
      found.push_back("it still holds " + id + ", " + Described(c));
    }
    if (!most.contains(id) || !held.contains(id)) continue;
    auto expected = cases.find(id)->second, actual = c;
    if (most != live) {
      const auto is_gone = [&](const CaseIndex& index) { return !held.contains(index.target); };
      std::erase_if(expected.indices, is_gone);
      std::erase_if(actual.indices, is_gone);
    }
    if (actual == expected) continue;
    found.push_back(
        fmt::format("it holds {} as {}, but it is {}", id, Described(actual), Described(expected)));
  }
  if (is_purged) found.push_back("its purges take " + purged.rounds);
  return found;
}

}  // namespace outpost::phones::testing::detail
