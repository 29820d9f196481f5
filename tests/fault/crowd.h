#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

/// Clients that post forms as fast as they are answered and remember what they were told.
namespace outpost::tests {

struct SentForm {
  std::string form_id;
  std::string case_id;
  bool is_large = false;         // its XML is kept outside the database
  bool is_acknowledged = false;  // 201
};

/// The XML that is sent for it, the same bytes every time.
std::string XmlOf(const SentForm& form);

/// Posts one form to an open project space. @returns the status, 0 when the connection broke.
class RawClient;
int PostForm(RawClient& client, const std::string& project, const SentForm& form);

class Crowd {
 public:
  /// Starts `clients` threads that post to the open project space until they are told to stop or
  /// their connection breaks. Forms update `cases` cases, which all clients share.
  /// `at_acknowledgement` is called by the client that reads the 201 number `trigger`, at once.
  Crowd(std::string origin, std::string project, int clients, int cases, std::int64_t trigger = 0,
        std::function<void()> at_acknowledgement = {});
  ~Crowd() { Stop(); }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  /// How many forms have been acknowledged so far.
  std::int64_t acknowledged() const { return acknowledged_; }
  /// Answers that were neither 201 nor a refusal for the moment (500, 503).
  std::int64_t odd_answers() const { return odd_answers_; }
  /// Answers 500 and 503.
  std::int64_t refused() const { return refused_; }
  /// Ends and returns every form that was sent, acknowledged or not.
  std::vector<SentForm> Stop();

 private:
  void Post(int client, std::vector<SentForm>& sent);

  std::string origin_, project_;
  int cases_;
  std::int64_t trigger_;
  std::function<void()> at_acknowledgement_;
  std::atomic<bool> is_stopping_{false};
  std::atomic<std::int64_t> acknowledged_{0};
  std::atomic<std::int64_t> odd_answers_{0};
  std::atomic<std::int64_t> refused_{0};
  std::vector<std::vector<SentForm>> sent_;
  std::vector<std::thread> threads_;
};

}  // namespace outpost::tests
