#include "fault/crowd.h"

#include "base/ids.h"
#include "support/raw_client.h"

namespace outpost::tests {
namespace {

constexpr int kLargeEvery = 10;
constexpr std::size_t kLargeBytes = 40'000;
constexpr std::chrono::seconds kAnswerTimeMax{30};

}  // namespace

std::string XmlOf(const SentForm& form) {
  const std::string note = form.is_large ? std::string(kLargeBytes, 'n') : "small";
  return "<data xmlns=\"http://example.org/forms/load\"><note>" + note +
         "</note><case xmlns=\"http://commcarehq.org/case/transaction/v2\" case_id=\"" +
         form.case_id +
         "\" date_modified=\"2024-05-01T10:00:00.000Z\" user_id=\"worker-1\"><update><last>" +
         form.form_id +
         "</last></update></case><meta xmlns=\"http://openrosa.org/jr/xforms\"><userID>worker-1"
         "</userID><instanceID>" +
         form.form_id + "</instanceID></meta></data>";
}

int PostForm(RawClient& client, const std::string& project, const SentForm& form) {
  Call call;
  call.method = "POST";
  call.target = "/a/" + project + "/receiver/";
  call.headers = {{"Content-Type", "text/xml"}, {"X-OpenRosa-Version", "3.0"}};
  call.body = XmlOf(form);
  try {
    return client.Send(call).status;
  } catch (const NetworkError&) {
    return 0;
  }
}

Crowd::Crowd(std::string origin, std::string project, int clients, int cases, std::int64_t trigger,
             std::function<void()> at_acknowledgement)
    : origin_(std::move(origin)),
      project_(std::move(project)),
      cases_(cases),
      trigger_(trigger),
      at_acknowledgement_(std::move(at_acknowledgement)),
      sent_(static_cast<std::size_t>(clients)) {
  for (int client = 0; client < clients; ++client) {
    auto& sent = sent_[static_cast<std::size_t>(client)];
    threads_.emplace_back([this, client, &sent] { Post(client, sent); });
  }
}

void Crowd::Post(int client, std::vector<SentForm>& sent) {
  RawClient connection(origin_, kAnswerTimeMax);
  for (int number = 0; !is_stopping_; ++number) {
    sent.push_back({NewUuid(), "case-" + std::to_string((client + number) % cases_),
                    number % kLargeEvery == kLargeEvery - 1, false});
    const int status = PostForm(connection, project_, sent.back());
    if (status == 0) return;
    if (status == 201) {
      if (++acknowledged_ == trigger_) at_acknowledgement_();
      sent.back().is_acknowledged = true;
    } else {
      ++(status == 500 || status == 503 ? refused_ : odd_answers_);
    }
  }
}

std::vector<SentForm> Crowd::Stop() {
  is_stopping_ = true;
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  std::vector<SentForm> all;
  for (const auto& sent : sent_) all.insert(all.end(), sent.begin(), sent.end());
  return all;
}

}  // namespace outpost::tests
