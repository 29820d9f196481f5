#include "operations/loadtest/fill.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/digests.h"
#include "operations/loadtest/detail/pool.h"

namespace outpost::loadtest {
namespace {

using detail::Connection;
using Event = Connection::Event;

constexpr std::int64_t kSecondMicros = 1'000'000;
constexpr int kCreatedStatus = 201;
constexpr int kAttempts = 5;
constexpr const char* kDay = "2024-03-04";

/// Names and kinds of values as registers of health workers have them.
constexpr const char* kProperties[] = {"village",          "household_number",
                                       "phone_number",     "age",
                                       "date_of_birth",    "sex",
                                       "mother_case_id",   "weight_at_birth",
                                       "blood_group",      "last_visit_date",
                                       "next_visit_date",  "last_visit_notes",
                                       "vaccines_done",    "vaccines_due",
                                       "danger_signs",     "referral_facility",
                                       "registered_by",    "registration_day",
                                       "consent_obtained", "preferred_language"};

/// Another number of cases is another form, not a new version of the same.
SeededRandom RandomOf(const LoadUser& user, int number, int cases) {
  const auto digest = crypto::Md5(fmt::format("{}/{}/{}", user.user_id, number, cases));
  std::uint64_t seed = 0;
  for (std::size_t i = 0; i < sizeof seed; ++i) seed = seed << 8 | digest[i];
  return SeededRandom(seed);
}

void AppendCase(std::string& out, const LoadUser& user, SeededRandom& random) {
  out += fmt::format(
      "<case case_id=\"{}\" date_modified=\"{}T08:00:00.000Z\" user_id=\"{}\" "
      "xmlns=\"http://commcarehq.org/case/transaction/v2\"><create><case_name>Person {}"
      "</case_name><owner_id>{}</owner_id><case_type>person</case_type></create><update>",
      TextOf(random.NextUuid()), kDay, user.user_id, random.Below(1'000'000), user.user_id);
  for (const char* name : kProperties) {
    out += fmt::format("<{0}>answer {1} of {2}</{0}>", name, random.Below(100'000),
                       random.Below(1'000'000'000));
  }
  out += "</update></case>";
}

std::string RequestFor(const FormPlan& plan, const LoadUser& user, const std::string& xml) {
  return fmt::format(
      "POST /a/{}/receiver/secure/ HTTP/1.1\r\nHost: {}\r\nAuthorization: Basic {}\r\n"
      "X-OpenRosa-Version: 3.0\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{}",
      plan.project, plan.host, Base64Of(user.username + ":" + plan.password), xml.size(), xml);
}

struct Load {
  std::size_t user = 0;
  int number = 0;
  int attempts = 0;
};

class Fill {
 public:
  explicit Fill(const FillOptions& options)
      : options_(options),
        pool_(loop_, {options.address, options.port, options.connections, 0},
              [this] { ++result_.errors["cannot connect"]; }) {
    const int forms = (options.cases_per_user + kCasesInForm - 1) / kCasesInForm;
    for (std::size_t user = 0; user < options.plan.users.size(); ++user) {
      for (int number = 0; number < forms; ++number) waiting_.push_back({user, number, 0});
    }
  }

  FillResult Go(const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
    const auto all = waiting_.size();
    const auto start = SteadyMicros();
    auto last_progress = start;
    pool_.OpenAll();
    while (!waiting_.empty() || pool_.has_busy()) {
      const auto now = SteadyMicros();
      pool_.ReopenRested(now);
      while (!waiting_.empty() && pool_.has_idle()) SendNext();
      constexpr std::int64_t kWaitMicros = 50'000;
      loop_.Wait(pool_.UntilRested(now, kWaitMicros), [this](Connection& c) { Handle(c); });
      if (now - last_progress < kSecondMicros) continue;
      last_progress = now;
      if (progress && !progress(result_.forms, all)) break;
    }
    result_.elapsed_micros = SteadyMicros() - start;
    return std::move(result_);
  }

 private:
  void SendNext() {
    auto* connection = pool_.TakeIdle();
    auto load = waiting_.front();
    waiting_.pop_front();
    ++load.attempts;
    loads_[connection] = load;
    const auto& user = options_.plan.users[load.user];
    connection->out() =
        RequestFor(options_.plan, user, FillForm(user, load.number, options_.cases_per_user));
    if (connection->Send(SteadyMicros()) == Event::kLost) Lose(*connection);
  }

  void Handle(Connection& connection) {
    const bool was_busy = connection.is_busy();
    const auto event = connection.OnReady();
    if (event == Event::kNothing) return;
    if (event == Event::kConnected) return pool_.GiveBack(connection);
    if (event == Event::kLost || !was_busy) return Lose(connection);
    const auto& answer = connection.answer();
    if (answer.status == kCreatedStatus) {
      ++result_.forms;
    } else {
      ++result_.errors[std::to_string(answer.status)];
      TryAgain(connection);
    }
    if (answer.closes || answer.status == 0) {
      pool_.Retire(connection);
    } else if (answer.status == kCreatedStatus) {
      pool_.GiveBack(connection);
    } else {
      pool_.Rest(connection);
    }
  }

  void Lose(Connection& connection) {
    if (connection.is_busy()) {
      ++result_.errors["connection lost"];
      TryAgain(connection);
    }
    pool_.Retire(connection);
  }

  void TryAgain(Connection& connection) {
    const auto& load = loads_.at(&connection);
    if (load.attempts < kAttempts) waiting_.push_back(load);
  }

  const FillOptions& options_;
  FillResult result_;
  detail::Loop loop_;
  detail::Pool pool_;
  std::deque<Load> waiting_;
  std::unordered_map<Connection*, Load> loads_;
};

}  // namespace

std::string FillForm(const LoadUser& user, int number, int cases_per_user) {
  const int from = number * kCasesInForm;
  const int to = std::min(cases_per_user, from + kCasesInForm);
  auto random = RandomOf(user, number, to - from);
  const auto form = random.NextUuid();
  std::string out =
      "<?xml version='1.0' ?><data "
      "xmlns=\"http://openrosa.org/formdesigner/2C8A1B90-LOADTEST-CASELOAD\" uiVersion=\"1\" "
      "version=\"1\" name=\"Case load\">";
  for (int i = from; i < to; ++i) AppendCase(out, user, random);
  out += fmt::format(
      "<orx:meta xmlns:orx=\"http://openrosa.org/jr/xforms\"><orx:deviceID>{}fill</orx:deviceID>"
      "<orx:timeStart>{}T08:00:00.000Z</orx:timeStart><orx:timeEnd>{}T08:00:00.000Z</orx:timeEnd>"
      "<orx:username>{}</orx:username><orx:userID>{}</orx:userID>"
      "<orx:instanceID>{}</orx:instanceID></orx:meta></data>",
      kDevicePrefix, kDay, kDay, user.username, user.user_id, TextOf(form));
  return out;
}

FillResult RunFill(const FillOptions& options,
                   const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
  return Fill(options).Go(progress);
}

}  // namespace outpost::loadtest
