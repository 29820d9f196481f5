#include "domain/people/detail/account_row.h"

namespace outpost::people::detail {
namespace {

// Unknown words of a newer release give no right: a worker that is deleted.
Kind KindOf(std::string_view name) {
  return name == NameOf(Kind::kWebUser) ? Kind::kWebUser : Kind::kMobileWorker;
}

State StateOf(std::string_view name) {
  if (name == NameOf(State::kActive)) return State::kActive;
  return name == NameOf(State::kDeactivated) ? State::kDeactivated : State::kDeleted;
}

}  // namespace

Account AccountFromRow(const sql::Rows& rows) {
  Account account;
  account.row = rows.Int(0);
  account.user_id = rows.Text(1);
  account.username = rows.Text(2);
  account.kind = KindOf(rows.Text(3));
  account.project = rows.Int(4);
  account.password = rows.Text(5);
  account.auth_version = rows.Int(6);
  account.state = StateOf(rows.Text(7));
  account.is_superuser = rows.Int(8) != 0;
  account.is_practice = rows.Int(9) != 0;
  account.created_on = {rows.Int(10)};
  account.profile = rows.Text(11);
  return account;
}

}  // namespace outpost::people::detail
