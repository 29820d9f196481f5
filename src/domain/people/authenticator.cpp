#include "domain/people/authenticator.h"

#include <array>
#include <cstring>
#include <utility>

#include "base/log.h"
#include "base/problem.h"
#include "base/text.h"
#include "crypto/digests.h"
#include "crypto/wrapped_password.h"
#include "domain/people/detail/address_list.h"
#include "domain/people/detail/password_check.h"
#include "domain/people/detail/secrets.h"
#include "domain/people/detail/touch.h"

namespace outpost::people {
namespace {

constexpr std::array<std::string_view, 6> kVerdictNames = {"right", "none", "wrong",
                                                           "stale", "gone", "busy"};
constexpr std::int64_t kKeyTouchMicros = 60 * kMicrosPerSecond;
constexpr std::int64_t kSessionTouchMicros = 3600 * kMicrosPerSecond;

/// The account that a client means: with the suffix of workers, else as it was sent (a web user
/// whose address happens to end like the project's name).
std::optional<Account> FindSent(sql::Connection& connection, std::string_view sent,
                                const projects::Project* project) {
  const auto full = FullUsername(sent, project == nullptr ? "" : project->name);
  auto account = FindByUsername(connection, full);
  if (!account && full != ToLower(sent)) account = FindByUsername(connection, sent);
  return account;
}

SignedIn Answer(Verdict verdict, http::Scheme scheme) {
  SignedIn answer;
  answer.verdict = verdict;
  answer.scheme = scheme;
  return answer;
}

SignedIn Right(Account account, http::Scheme scheme) {
  auto answer = Answer(Verdict::kRight, scheme);
  answer.account = std::make_shared<const Account>(std::move(account));
  return answer;
}

SignedIn Gone(Account account, http::Scheme scheme) {
  auto answer = Answer(Verdict::kGone, scheme);
  answer.gone_code = account.state == State::kDeleted ? "user.deleted" : "user.deactivated";
  answer.account = std::make_shared<const Account>(std::move(account));
  return answer;
}

}  // namespace

struct Authenticator::Impl {
  Impl(sql::Database& db, sql::Writer& writer, const crypto::ServerKey& server_key,
       const Clock& the_clock, MetricRegistry& metrics, const AuthenticatorOptions& options)
      : database(db),
        key(server_key),
        clock(the_clock),
        guard(options.digest_realm, server_key.Derive("digest nonces"), the_clock),
        toucher(writer),
        passwords(server_key.Derive("remembered credentials"), the_clock, metrics, options) {
    for (std::size_t i = 0; i < counters.size(); ++i) {
      const MetricLabel label{"verdict", std::string(kVerdictNames.at(i))};
      counters.at(i) = &metrics.CounterOf("outpost.auth.count", {&label, 1});
    }
  }

  void Say(const SignedIn& answer, const Then& then) {
    counters.at(static_cast<std::size_t>(answer.verdict))->Add();
    then(answer);
  }

  void ByPassword(std::string_view username, std::string_view sent,
                  const projects::Project* project, const std::string& address,
                  const Allowed& allowed, Then then);
  SignedIn ByApiKey(std::string_view username, std::string_view secret,
                    const projects::Project* project, std::string_view address, http::Scheme scheme,
                    const Allowed& allowed);
  SignedIn ByDigest(const http::Request& request, const http::DigestFields& fields,
                    const projects::Project* project);
  SignedIn BySession(std::string_view cookie);
  SignedIn WithoutHeader(const http::Request& request, const projects::Project* project,
                         const Allowed& allowed);

  sql::Database& database;
  const crypto::ServerKey& key;
  const Clock& clock;
  http::DigestGuard guard;
  std::array<Counter*, kVerdictNames.size()> counters{};
  detail::Toucher toucher;
  detail::PasswordCheck passwords;  // last: its threads call back
};

void Authenticator::Impl::ByPassword(std::string_view username, std::string_view sent,
                                     const projects::Project* project, const std::string& address,
                                     const Allowed& allowed, Then then) {
  const auto password = crypto::UnwrapPassword(sent);
  std::optional<Account> account;
  {
    const auto lease = database.Read();
    account = FindSent(*lease, username, project);
  }
  if (account && account->state != State::kActive) {
    if (account->kind == Kind::kMobileWorker) {
      return Say(Gone(std::move(*account), http::Scheme::kBasic), then);
    }
    account.reset();
  }
  if (allowed.api_key_as_password && account && detail::LooksLikeApiKey(password)) {
    const auto by_key =
        ByApiKey(account->username, password, project, address, http::Scheme::kBasic, allowed);
    if (by_key.verdict == Verdict::kRight) return Say(by_key, then);
  }
  detail::PasswordCheck::Question question;
  question.name =
      account ? account->username : FullUsername(username, project == nullptr ? "" : project->name);
  question.password = password;
  question.address = address;
  if (account) {
    question.stored = account->password;
    question.account = account->row;
    question.auth_version = account->auth_version;
  }
  auto shared = account ? std::make_shared<const Account>(std::move(*account)) : nullptr;
  passwords.Ask(std::move(question),
                [this, shared, then = std::move(then)](Verdict verdict, std::int64_t seconds) {
                  auto answer = Answer(verdict, http::Scheme::kBasic);
                  if (verdict == Verdict::kRight) answer.account = shared;
                  answer.retry_after_seconds = seconds;
                  Say(answer, then);
                });
}

SignedIn Authenticator::Impl::ByApiKey(std::string_view username, std::string_view secret,
                                       const projects::Project* project, std::string_view address,
                                       http::Scheme scheme, const Allowed& allowed) {
  auto wrong = Answer(Verdict::kWrong, scheme);
  std::optional<detail::FoundKey> found;
  {
    const auto lease = database.Read();
    found = detail::FindApiKey(*lease, secret);
  }
  if (!found || !found->is_active || found->account.state != State::kActive) return wrong;
  const auto& name = found->account.username;
  if (name != ToLower(username) &&
      name != FullUsername(username, project == nullptr ? "" : project->name)) {
    return wrong;
  }
  const auto now = clock.Now();
  if (found->expires_on.micros != 0 && found->expires_on <= now) return wrong;
  const bool is_good_here = found->project == 0 ||
                            (project == nullptr && allowed.key_of_any_project) ||
                            (project != nullptr && project->row == found->project);
  if (!is_good_here) return wrong;
  if (!found->allowed_addresses.empty() &&
      !detail::IsInAddressList(address, found->allowed_addresses)) {
    return wrong;
  }
  toucher.TouchApiKey(found->row, now, kKeyTouchMicros);
  auto answer = Right(std::move(found->account), scheme);
  answer.key_project = found->project;
  return answer;
}

SignedIn Authenticator::Impl::ByDigest(const http::Request& request,
                                       const http::DigestFields& fields,
                                       const projects::Project* project) {
  constexpr auto kScheme = http::Scheme::kDigest;
  std::optional<Account> account;
  std::optional<std::string> ha1;
  {
    const auto lease = database.Read();
    account = FindSent(*lease, fields.username, project);
    if (account && account->state == State::kActive) {
      ha1 = detail::FindDigestSecret(*lease, key, *account, fields.username);
    }
  }
  const auto name = account ? account->username : ToLower(fields.username);
  const auto& address = request.remote_address;
  const bool is_known_here = ha1 && passwords.IsKnownAt(*account, address);
  const detail::PasswordCheck::Asker asker{name, address, account.has_value()};
  const auto pause = is_known_here ? 0 : passwords.PauseSeconds(asker);
  if (pause > 0) {
    auto busy = Answer(Verdict::kBusy, kScheme);
    busy.retry_after_seconds = pause;
    return busy;
  }
  const auto verdict =
      ha1 ? guard.Check(request, fields, *ha1) : http::DigestGuard::Verdict::kWrong;
  if (verdict == http::DigestGuard::Verdict::kStale) return Answer(Verdict::kStale, kScheme);
  if (verdict == http::DigestGuard::Verdict::kRight) {
    if (!is_known_here) passwords.KnowAt(*account, address);
    return Right(std::move(*account), kScheme);
  }
  if (is_known_here) passwords.ForgetAt(*account, address);
  passwords.CountFailure(asker);
  return Answer(Verdict::kWrong, kScheme);
}

SignedIn Authenticator::Impl::BySession(std::string_view cookie) {
  std::optional<detail::FoundSession> found;
  {
    const auto lease = database.Read();
    found = detail::FindSession(*lease, cookie);
  }
  const auto now = clock.Now();
  if (!found || found->expires_on <= now || found->account.state != State::kActive ||
      found->auth_version != found->account.auth_version) {
    return Answer(Verdict::kNone, http::Scheme::kNone);
  }
  if (found->expires_on - now < kSessionIdleMicros - kSessionTouchMicros) {
    toucher.ExtendSession(found->token_hash, now + kSessionIdleMicros);
  }
  auto answer = Right(std::move(found->account), http::Scheme::kNone);
  answer.by_session = true;
  return answer;
}

SignedIn Authenticator::Impl::WithoutHeader(const http::Request& request,
                                            const projects::Project* project,
                                            const Allowed& allowed) {
  if (allowed.api_key_in_query) {
    const auto username = request.QueryValue("username");
    const auto secret = request.QueryValue("api_key");
    if (username && secret) {
      return ByApiKey(*username, *secret, project, request.remote_address, http::Scheme::kApiKey,
                      allowed);
    }
  }
  if (allowed.session) {
    const auto cookie = http::CookieOf(request, kSessionCookie);
    if (cookie && !cookie->empty()) return BySession(*cookie);
  }
  return Answer(Verdict::kNone, http::Scheme::kNone);
}

Authenticator::Authenticator(sql::Database& database, sql::Writer& writer,
                             const crypto::ServerKey& key, const Clock& clock,
                             MetricRegistry& metrics, const AuthenticatorOptions& options)
    : impl_(std::make_unique<Impl>(database, writer, key, clock, metrics, options)) {}

Authenticator::~Authenticator() { Stop(); }

void Authenticator::Identify(const http::Request& request, const projects::Project* project,
                             Allowed allowed, Then then) {
  const auto sent = http::ReadCredentials(request);
  const bool counts = (sent.scheme == http::Scheme::kBasic && allowed.basic) ||
                      (sent.scheme == http::Scheme::kDigest && allowed.digest) ||
                      (sent.scheme == http::Scheme::kApiKey && allowed.api_key);
  if (!counts) return impl_->Say(impl_->WithoutHeader(request, project, allowed), then);
  if (sent.is_malformed) return impl_->Say(Answer(Verdict::kWrong, sent.scheme), then);
  if (sent.scheme == http::Scheme::kApiKey) {
    return impl_->Say(impl_->ByApiKey(sent.username, sent.secret, project, request.remote_address,
                                      sent.scheme, allowed),
                      then);
  }
  if (sent.scheme == http::Scheme::kDigest) {
    return impl_->Say(impl_->ByDigest(request, sent.digest, project), then);
  }
  impl_->ByPassword(sent.username, sent.secret, project, request.remote_address, allowed,
                    std::move(then));
}

void Authenticator::CheckPassword(std::string_view username, std::string_view password,
                                  const projects::Project* project,
                                  const std::string& remote_address, Then then) {
  impl_->ByPassword(username, password, project, remote_address, {}, std::move(then));
}

http::DigestGuard& Authenticator::digest() { return impl_->guard; }

std::string Authenticator::StartSession(sql::Batch& batch, const Account& account) {
  auto token = crypto::NewToken();
  const auto now = batch.now();
  const auto expires_on = now + kSessionIdleMicros;
  batch.connection().Execute("DELETE FROM web_sessions WHERE account = $1 AND expires_on <= $2",
                             {account.row, now.micros});
  batch.connection().Execute(
      "INSERT INTO web_sessions (token_hash, account, auth_version, created_on, expires_on)"
      " VALUES ($1, $2, $3, $4, $5)",
      {crypto::Sha256Hex(token), account.row, account.auth_version, now.micros, expires_on.micros});
  batch.connection().Execute("UPDATE accounts SET last_login = $1 WHERE id = $2",
                             {now.micros, account.row});
  return token;
}

void Authenticator::EndSession(sql::Batch& batch, std::string_view cookie) {
  batch.connection().Execute("DELETE FROM web_sessions WHERE token_hash = $1",
                             {crypto::Sha256Hex(cookie)});
}

void Authenticator::Stop() { impl_->passwords.Stop(); }

}  // namespace outpost::people
