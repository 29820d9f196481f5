#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "operations/phones/exchange.h"
#include "operations/phones/phone_store.h"

/// Random histories of several phones against any server, checked against a small model: after
/// every sync the phone holds exactly what belongs on it, with the values of the forms as they were
/// committed, and no phone that did everything right is ever answered 412.
namespace outpost::phones::testing {

struct HistoryUser {
  std::string username;  // "jane@demo.commcarehq.org"
  std::string password;
  std::string user_id;
  std::vector<std::string> groups;  // ids of case-sharing groups
};

/// A server with a project space and users that no other history uses.
struct HistoryWorld {
  std::string project;
  std::vector<HistoryUser> users;
  /// A way to the server for one phone.
  std::function<std::unique_ptr<Exchange>()> connect;
  const Clock* clock = nullptr;
  /// A case as the server stores it; empty: there is none. Unset: not compared.
  std::function<std::optional<PhoneCase>(const std::string& case_id)> stored_case;
  /// How many cases the server stores for the project. Unset: not compared.
  std::function<std::size_t()> count_cases;
  /// Changes the groups of a user. Unset: they stay.
  std::function<void(const HistoryUser& user)> set_groups;
};
using WorldFactory = std::function<HistoryWorld(std::uint64_t seed)>;

struct HistoryOptions {
  int steps = 80;
  int phones_per_user = 2;
  /// Phones also act on cases that their next purge will remove, as far as an app shows them. Then
  /// no form is filled while a sync is under way: whether such a case came before or after the
  /// purge of that sync, no server can know.
  bool uses_leftovers = false;
  /// Phones sometimes sync although forms wait: after that they may be answered 412 until they have
  /// recovered.
  bool syncs_with_unsent = true;
};

/// Empty, or what went wrong, followed by the history.
std::optional<std::string> RunHistory(std::uint64_t seed, const WorldFactory& factory,
                                      const HistoryOptions& options = {});

}  // namespace outpost::phones::testing
