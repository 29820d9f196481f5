#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/seeded_random.h"

/// Makes the requests of a load test: realistic forms of about 1.7 kB, no two alike, sent as
/// Android phones send them (submission document 3.1). Cheap: texts are cut once and only joined.
namespace outpost::loadtest {

struct LoadUser {
  std::string username;  // what the phone signs in with
  std::string user_id;
};

struct FormPlan {
  std::string project;
  std::string host;      // of the Host header
  std::string password;  // one for all users
  std::vector<LoadUser> users;
  std::uint64_t seed = 0;
};

/// Marks everything that a load test has made.
inline constexpr std::string_view kDevicePrefix = "loadtest-";

struct PreparedForm {
  Uuid form{};
  Uuid case_id{};
  bool is_create = false;
};

/// Threads: one.
class FormSource {
 public:
  explicit FormSource(const FormPlan& plan);
  ~FormSource();

  /// Puts the next request, head and chunked body, into `out`. One in three creates a case; others
  /// update a random one of those that Created named (or create while there are none).
  PreparedForm Next(Instant now, std::string& out);
  /// The server has acknowledged a create: updates may choose the case.
  void Created(const Uuid& case_id);

  /// Only the XML of the last form.
  std::string_view last_xml() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::loadtest
