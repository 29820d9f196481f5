#include "domain/people/authenticator.h"

#include <gtest/gtest.h>

#include <future>

#include "base/problem.h"
#include "base/text.h"
#include "crypto/digests.h"
#include "domain/people/testing/people_world.h"

namespace outpost::people {

void PrintTo(Verdict verdict, std::ostream* out) {
  static constexpr std::string_view kNames[] = {"right", "none", "wrong", "stale", "gone", "busy"};
  *out << kNames[static_cast<std::size_t>(verdict)];
}

namespace {

using people_testing::PeopleWorld;

constexpr std::int64_t kMinute = 60 * kMicrosPerSecond;

std::string QuickHash(std::string_view password) { return crypto::Md5Hex(password); }

class AuthenticatorTest : public testing::TestWithParam<sql::Engine> {
 protected:
  void SetUp() override {
    if (!scratch_.is_available()) GTEST_SKIP() << "no PostgreSQL on this machine";
    world_.emplace(scratch_);
    demo_ = world_->AddProject("demo");
    worker_ = world_->AddWorker(demo_, "asha", QuickHash("secret"));
    ada_ = world_->AddWebUser("ada@example.org", QuickHash("correct horse"));
    authenticator_.emplace(*world_->database, world_->writer, world_->key, world_->clock,
                           world_->metrics, AuthenticatorOptions{});
  }

  static http::Request With(const std::string& authorization) {
    http::Request request;
    request.remote_address = "192.0.2.7";
    request.target = kTarget;
    if (!authorization.empty()) request.headers.Add("Authorization", authorization);
    return request;
  }
  static http::Request Basic(const std::string& name, const std::string& password) {
    return With("Basic " + Base64Of(name + ":" + password));
  }
  static http::Request ApiKey(const std::string& name, const std::string& key) {
    return With("ApiKey " + name + ":" + key);
  }

  SignedIn Identify(const http::Request& request, Allowed allowed = Everything()) {
    return Identify(request, allowed, &demo_);
  }
  SignedIn Identify(const http::Request& request, Allowed allowed,
                    const projects::Project* project) {
    std::promise<SignedIn> said;
    authenticator_->Identify(request, project, allowed,
                             [&](const SignedIn& answer) { said.set_value(answer); });
    return said.get_future().get();
  }
  static Allowed Everything() { return {true, true, true, true, true, true}; }
  std::uint64_t Hashings() {
    return world_->metrics.HistogramOf("outpost.auth.hashing.seconds").count();
  }

  static constexpr const char* kTarget = "/a/demo/api/v0.5/form/?limit=1";
  sql_testing::ScratchDatabase scratch_{GetParam()};
  std::optional<PeopleWorld> world_;
  projects::Project demo_;
  Account worker_, ada_;
  std::optional<Authenticator> authenticator_;
};

INSTANTIATE_TEST_SUITE_P(Engines, AuthenticatorTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

TEST_P(AuthenticatorTest, EveryFormOfAWorkersNameWorksWithBasic) {
  for (const auto* name :
       {"asha", "Asha", "asha@demo", "asha@demo.commcarehq.org", "ASHA@DEMO.commcarehq.org"}) {
    const auto answer = Identify(Basic(name, "secret"));
    EXPECT_EQ(answer.verdict, Verdict::kRight) << name;
    ASSERT_NE(answer.account, nullptr);
    EXPECT_EQ(answer.account->row, worker_.row);
    EXPECT_EQ(answer.scheme, http::Scheme::kBasic);
  }
  EXPECT_EQ(Identify(Basic("ada@example.org", "correct horse")).verdict, Verdict::kRight);
  EXPECT_EQ(Identify(Basic("asha", "Secret")).verdict, Verdict::kWrong);
  EXPECT_EQ(Identify(Basic("asha", "secret ")).verdict, Verdict::kWrong);
  EXPECT_EQ(Identify(Basic("nobody", "secret")).verdict, Verdict::kWrong);
  EXPECT_EQ(Identify(Basic("", "")).verdict, Verdict::kWrong);
  EXPECT_EQ(Identify(With("Basic !!!")).verdict, Verdict::kWrong);
}

TEST_P(AuthenticatorTest, AWebUserWhoseAddressEndsLikeTheProjectIsFound) {
  const auto named = world_->AddWebUser("eve@example.org", QuickHash("a"));
  auto project = demo_;
  project.name = "example.org";
  EXPECT_EQ(Identify(Basic("eve@example.org", "a"), Everything(), &project).verdict,
            Verdict::kRight);
}

TEST_P(AuthenticatorTest, NothingIsHashedTwiceUntilTheAccountChanges) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Identify(Basic("asha", "secret")).verdict, Verdict::kRight);
  EXPECT_EQ(Hashings(), 1U);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Identify(Basic("asha", "wrong")).verdict, Verdict::kWrong);
  EXPECT_EQ(Hashings(), 2U);
  world_->clock.Advance(kMinute);
  EXPECT_EQ(Identify(Basic("asha", "wrong")).verdict, Verdict::kWrong);
  EXPECT_EQ(Hashings(), 3U);
  world_->Write(
      [&](sql::Batch& batch) { SetPassword(batch, worker_.username, QuickHash("wrong")); });
  EXPECT_EQ(Identify(Basic("asha", "wrong")).verdict, Verdict::kRight) << "no longer wrong";
  EXPECT_EQ(Identify(Basic("asha", "secret")).verdict, Verdict::kWrong) << "no longer right";
  EXPECT_EQ(Hashings(), 5U);
}

TEST_P(AuthenticatorTest, WorkersWhoAreGoneAreToldSoAndWebUsersAreNot) {
  world_->Write([&](sql::Batch& batch) {
    SetState(batch, worker_.username, State::kDeactivated);
    SetState(batch, ada_.username, State::kDeactivated);
  });
  auto answer = Identify(Basic("asha", "whatever"));
  EXPECT_EQ(answer.verdict, Verdict::kGone);
  EXPECT_EQ(answer.gone_code, "user.deactivated");
  world_->Write([&](sql::Batch& batch) { SetState(batch, worker_.username, State::kDeleted); });
  answer = Identify(Basic("asha", "secret"));
  EXPECT_EQ(answer.verdict, Verdict::kGone);
  EXPECT_EQ(answer.gone_code, "user.deleted");
  EXPECT_EQ(Identify(Basic("ada@example.org", "correct horse")).verdict, Verdict::kWrong);
  world_->Write([&](sql::Batch& batch) { SetState(batch, worker_.username, State::kActive); });
  EXPECT_EQ(Identify(Basic("asha", "secret")).verdict, Verdict::kRight);
}

TEST_P(AuthenticatorTest, OnlyAllowedSchemesCount) {
  EXPECT_EQ(Identify(Basic("asha", "secret"), {}).verdict, Verdict::kNone);
  EXPECT_EQ(Identify(With("Bearer abc")).verdict, Verdict::kNone);
  EXPECT_EQ(Identify(With("")).verdict, Verdict::kNone);
  Allowed no_basic = Everything();
  no_basic.basic = false;
  EXPECT_EQ(Identify(Basic("asha", "secret"), no_basic).verdict, Verdict::kNone);
}

TEST_P(AuthenticatorTest, ApiKeysWorkWithinTheirLimits) {
  const auto now = world_->clock.Now();
  const auto other = world_->AddProject("other");
  const auto make = [&](const std::string& name, std::int64_t project, const ApiKeyLimits& limits) {
    return world_->Write(
        [&](sql::Batch& batch) { return CreateApiKey(batch, ada_, name, project, limits); });
  };
  const auto any = make("any", 0, {});
  EXPECT_EQ(any.size(), 40U);
  EXPECT_THROW(make("any", 0, {}), Problem);
  EXPECT_THROW(make("", 0, {}), Problem);
  EXPECT_THROW(make("bad", 0, {{"example.org"}, {}}), Problem);
  const auto verdict = [&](const std::string& key) {
    return Identify(ApiKey("Ada@example.org", key)).verdict;
  };
  EXPECT_EQ(verdict(any), Verdict::kRight);
  EXPECT_EQ(verdict(std::string(40, 'a')), Verdict::kWrong);
  EXPECT_EQ(Identify(ApiKey("asha", any)).verdict, Verdict::kWrong) << "somebody else's";
  EXPECT_EQ(verdict(make("here", demo_.row, {})), Verdict::kRight);
  const auto elsewhere = make("elsewhere", other.row, {});
  EXPECT_EQ(verdict(elsewhere), Verdict::kWrong);
  EXPECT_EQ(Identify(ApiKey(ada_.username, elsewhere), Everything(), nullptr).verdict,
            Verdict::kWrong);
  EXPECT_EQ(verdict(make("net", 0, {{"10.0.0.1", "192.0.2.0/24"}, {}})), Verdict::kRight);
  EXPECT_EQ(verdict(make("other net", 0, {{"10.0.0.0/8"}, {}})), Verdict::kWrong);
  const auto dated = make("dated", 0, {{}, now + kMinute});
  EXPECT_EQ(verdict(dated), Verdict::kRight);
  world_->clock.Advance(kMinute);
  EXPECT_EQ(verdict(dated), Verdict::kWrong);
  EXPECT_EQ(Hashings(), 0U);

  EXPECT_EQ(Identify(Basic(ada_.username, any)).verdict, Verdict::kRight) << "as a password";
  Allowed password_only{true};
  EXPECT_EQ(Identify(Basic(ada_.username, any), password_only).verdict, Verdict::kWrong);
  auto in_query = With("");
  in_query.query = {{"username", ada_.username}, {"api_key", any}};
  EXPECT_EQ(Identify(in_query).verdict, Verdict::kRight);
  EXPECT_EQ(Identify(in_query, {true, true, true, true}).verdict, Verdict::kNone);
  world_->Write([&](sql::Batch& batch) { SetState(batch, ada_.username, State::kDeactivated); });
  EXPECT_EQ(verdict(any), Verdict::kWrong);
}

TEST_P(AuthenticatorTest, UseOfAKeyIsNotedOnceAMinuteAndTheKeyIsNotStored) {
  const auto key =
      world_->Write([&](sql::Batch& batch) { return CreateApiKey(batch, ada_, "k", 0); });
  const auto last_used = [&] {
    world_->Write([](sql::Batch&) {});  // after what was submitted
    const auto lease = world_->database->Read();
    const auto rows = lease->Query("SELECT last_used, key_hash FROM api_keys");
    rows->Next();
    EXPECT_EQ(rows->Text(1), crypto::Sha256Hex(key));
    return rows->Int(0);
  };
  const auto first = world_->clock.Now().micros;
  Identify(ApiKey(ada_.username, key));
  const auto deadline = SteadyMicros() + 5 * kMicrosPerSecond;
  while (last_used() != first && SteadyMicros() < deadline) {
  }
  EXPECT_EQ(last_used(), first);
  world_->clock.Advance(kMinute - 1);
  Identify(ApiKey(ada_.username, key));
  EXPECT_EQ(last_used(), first);
  world_->clock.Advance(1);
  Identify(ApiKey(ada_.username, key));
  while (last_used() == first && SteadyMicros() < deadline) {
  }
  EXPECT_EQ(last_used(), first + kMinute);
}

class DigestTest : public AuthenticatorTest {
 protected:
  http::Request Digest(const std::string& name, const std::string& password) {
    const auto challenge = authenticator_->digest().Challenge(false);
    const auto begin = challenge.find("nonce=\"") + 7;
    const auto nonce = challenge.substr(begin, challenge.find('"', begin) - begin);
    const auto ha1 = crypto::Md5Hex(name + ":DJANGO:" + password);
    const auto ha2 = crypto::Md5Hex(std::string("GET:") + kTarget);
    const auto response = crypto::Md5Hex(ha1 + ":" + nonce + ":00000001:cn:auth:" + ha2);
    return With("Digest username=\"" + name + "\", realm=\"DJANGO\", nonce=\"" + nonce +
                "\", uri=\"" + kTarget + "\", qop=auth, nc=00000001, cnonce=\"cn\", response=\"" +
                response + "\", algorithm=\"MD5\"");
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, DigestTest,
                         testing::Values(sql::Engine::kSqlite, sql::Engine::kPostgresql),
                         [](const auto& test) { return sql_testing::NameOf(test.param); });

TEST_P(DigestTest, WorksForAccountsThatAskedForItAndSurvivesAPasswordChange) {
  EXPECT_EQ(Identify(Digest(ada_.username, "correct horse")).verdict, Verdict::kWrong);
  world_->Write([&](sql::Batch& batch) {
    EnableDigest(batch, world_->key, ada_, kDigestRealm, "correct horse", "Ada@Example.org");
  });
  EXPECT_TRUE(HasDigest(*world_->database->Read(), ada_));
  for (const auto* name : {"ada@example.org", "Ada@Example.org"}) {
    const auto answer = Identify(Digest(name, "correct horse"));
    EXPECT_EQ(answer.verdict, Verdict::kRight) << name;
    EXPECT_EQ(answer.scheme, http::Scheme::kDigest);
    EXPECT_EQ(Identify(Digest(name, "correct mule")).verdict, Verdict::kWrong);
  }
  world_->Write([&](sql::Batch& batch) {
    ChangePassword(batch, world_->key, ada_.username, {QuickHash("new one")}, kDigestRealm,
                   "new one");
  });
  EXPECT_EQ(Identify(Digest("Ada@Example.org", "new one")).verdict, Verdict::kRight);
  EXPECT_EQ(Identify(Digest("ada@example.org", "correct horse")).verdict, Verdict::kWrong);
  world_->Write(
      [&](sql::Batch& batch) { SetPassword(batch, ada_.username, QuickHash("silently changed")); });
  EXPECT_EQ(Identify(Digest("ada@example.org", "new one")).verdict, Verdict::kWrong);
}

TEST_P(DigestTest, WhatWasRequestedWorksFromTheNextPasswordChangeOn) {
  world_->Write([&](sql::Batch& batch) { RequestDigest(batch, ada_); });
  EXPECT_TRUE(HasDigest(*world_->database->Read(), ada_));
  EXPECT_EQ(Identify(Digest(ada_.username, "correct horse")).verdict, Verdict::kWrong);
  EXPECT_EQ(Identify(Digest(ada_.username, "")).verdict, Verdict::kWrong);
  world_->Write([&](sql::Batch& batch) {
    ChangePassword(batch, world_->key, ada_.username, {QuickHash("new one")}, kDigestRealm,
                   "new one");
  });
  EXPECT_EQ(Identify(Digest(ada_.username, "new one")).verdict, Verdict::kRight);
  world_->Write([&](sql::Batch& batch) { DisableDigest(batch, ada_); });
  EXPECT_EQ(Identify(Digest(ada_.username, "new one")).verdict, Verdict::kWrong);
}

TEST_P(DigestTest, AnOldNonceIsStaleAndTheSecretIsSealed) {
  world_->Write([&](sql::Batch& batch) {
    EnableDigest(batch, world_->key, ada_, kDigestRealm, "correct horse");
  });
  const auto request = Digest(ada_.username, "correct horse");
  world_->clock.Advance((http::DigestGuard::kNonceSeconds + 1) * kMicrosPerSecond);
  EXPECT_EQ(Identify(request).verdict, Verdict::kStale);
  const auto lease = world_->database->Read();
  const auto rows = lease->Query("SELECT sealed FROM digest_secrets");
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Blob(0).find(crypto::Md5Hex("ada@example.org:DJANGO:correct horse")),
            std::string_view::npos);
}

TEST_P(AuthenticatorTest, ASessionLastsWhileItIsUsedAndEndsWithThePassword) {
  const auto start = [&] {
    return world_->Write([&](sql::Batch& batch) {
      return authenticator_->StartSession(batch, world_->Find(ada_.username));
    });
  };
  const auto verdict = [&](const std::string& cookie) {
    auto request = With("");
    request.headers.Add("Cookie", "csrf=1; sessionid=" + cookie);
    return Identify(request).verdict;
  };
  const auto cookie = start();
  EXPECT_EQ(verdict(cookie), Verdict::kRight);
  EXPECT_EQ(verdict(cookie + "x"), Verdict::kNone);
  world_->clock.Advance(13 * kMicrosPerDay);
  EXPECT_EQ(verdict(cookie), Verdict::kRight);
  authenticator_->Stop();
  const auto deadline = SteadyMicros() + 5 * kMicrosPerSecond;
  world_->clock.Advance(13 * kMicrosPerDay);
  while (verdict(cookie) != Verdict::kRight && SteadyMicros() < deadline) {
  }
  EXPECT_EQ(verdict(cookie), Verdict::kRight) << "extended when it was used";
  const auto second = start();
  world_->Write([&](sql::Batch& batch) { authenticator_->EndSession(batch, second); });
  EXPECT_EQ(verdict(second), Verdict::kNone);
  const auto third = start();
  world_->clock.Advance(kSessionIdleMicros);
  EXPECT_EQ(verdict(third), Verdict::kNone);
  const auto fourth = start();
  world_->Write([&](sql::Batch& batch) { SetPassword(batch, ada_.username, "!"); });
  EXPECT_EQ(verdict(fourth), Verdict::kNone);
}

TEST_P(AuthenticatorTest, ManyWrongPasswordsOfAnAccountPauseWhatIsNotRemembered) {
  EXPECT_EQ(Identify(Basic("asha", "secret")).verdict, Verdict::kRight);
  for (int i = 0; i <= kFreeFailuresPerAccount; ++i) {
    EXPECT_EQ(Identify(Basic("asha", "guess " + std::to_string(i))).verdict, Verdict::kWrong) << i;
  }
  const auto paused = Identify(Basic("asha", "one more"));
  EXPECT_EQ(paused.verdict, Verdict::kBusy);
  EXPECT_EQ(paused.retry_after_seconds, 1);
  EXPECT_EQ(Identify(Basic("asha", "secret")).verdict, Verdict::kRight) << "never slowed";
  EXPECT_EQ(Identify(Basic("ada@example.org", "correct horse")).verdict, Verdict::kRight);
  world_->clock.Advance(kMicrosPerSecond);
  EXPECT_EQ(Identify(Basic("asha", "one more")).verdict, Verdict::kWrong);
  EXPECT_EQ(Identify(Basic("asha", "and one more")).retry_after_seconds, 2);
}

TEST_P(AuthenticatorTest, OneTimeLinksWorkOnceForTheirPurposeAndThirtyMinutes) {
  const auto make = [&] {
    return world_->Write(
        [&](sql::Batch& batch) { return CreateOneTimeLink(batch, "password", ada_.row); });
  };
  const auto consume = [&](const std::string& token, std::string_view purpose) {
    return world_->Write(
        [&](sql::Batch& batch) { return ConsumeOneTimeLink(batch, token, purpose); });
  };
  const auto peek = [&](const std::string& token) {
    return PeekOneTimeLink(*world_->database->Read(), token, "password", world_->clock.Now());
  };
  const auto token = make();
  EXPECT_EQ(peek(token), ada_.row);
  EXPECT_FALSE(consume(token, "setup"));
  EXPECT_TRUE(consume(token, "password"));
  EXPECT_FALSE(consume(token, "password"));
  EXPECT_EQ(peek(token), std::nullopt);
  const auto late = make();
  world_->clock.Advance(kOneTimeLinkMicros);
  EXPECT_EQ(peek(late), std::nullopt);
  EXPECT_FALSE(consume(late, "password"));
}

TEST_P(AuthenticatorTest, PasswordRulesAskMoreOfWebUsers) {
  EXPECT_NO_THROW(CheckPasswordRules(Kind::kMobileWorker, "1"));
  EXPECT_NO_THROW(CheckPasswordRules(Kind::kWebUser, "12345678"));
  EXPECT_THROW(CheckPasswordRules(Kind::kWebUser, "1234567"), Problem);
  EXPECT_THROW(CheckPasswordRules(Kind::kMobileWorker, ""), Problem);
  EXPECT_THROW(CheckPasswordRules(Kind::kWebUser, std::string(4097, 'x')), Problem);
}

}  // namespace
}  // namespace outpost::people
