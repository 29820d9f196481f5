#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

/// An S3-compatible server for tests, written against the published rules and not with the code
/// that it tests: it computes each signature from the bytes that it received.
namespace outpost::objects_testing {

struct ObjectServerPlan {
  std::string bucket = "backups";
  std::string region = "test-1";
  std::string access_key = "AKIDTEST";
  std::string secret_key = "s3cr3t/Key+of=the test";
  std::string session_token;  // must be sent and signed when it is not empty
  std::string certificates;   // folder for TLS; empty: plain HTTP
  std::size_t page_objects = 1'000;
};

class ObjectServer {
 public:
  explicit ObjectServer(ObjectServerPlan plan = {});
  ~ObjectServer();

  std::uint16_t port() const;
  std::string endpoint() const;  // "http://127.0.0.1:PORT"
  /// By key; what a refused or broken request sent is not among them.
  std::map<std::string, std::string> objects() const;
  void Place(const std::string& key, const std::string& bytes);
  int requests() const;
  /// "HEAD /backups/key": of the last request.
  std::string last_request() const;

  /// The next requests are refused so, after their body was read.
  void RefuseNext(int times, int status, const std::string& code, const std::string& more = "");
  /// The next requests are answered with this text instead.
  void AnswerNext(int times, const std::string& body);
  /// Before each answer.
  void Delay(std::chrono::milliseconds time);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::objects_testing
