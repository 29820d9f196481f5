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
  /// Workers follow up on cases of their own only, as they do; else on anybody's.
  bool own_cases_only = false;
};

/// Marks everything that a load test has made.
inline constexpr std::string_view kDevicePrefix = "loadtest-";

struct PreparedForm {
  Uuid form{};
  Uuid case_id{};
  bool is_create = false;
  std::size_t user = 0;  // of the plan
};

/// Threads: one.
class FormSource {
 public:
  explicit FormSource(const FormPlan& plan);
  ~FormSource();

  /// Puts the next request, head and chunked body, into `out`. One in three creates a case; others
  /// update a random one of those that Created named (or create while there are none).
  PreparedForm Next(Instant now, std::string& out);
  /// The same for one user.
  PreparedForm NextOf(std::size_t user, Instant now, std::string& out);
  /// The server has acknowledged a create: updates may choose the case.
  void Created(const PreparedForm& form);
  /// What the user's phone has got from its last restore; before that it is a random one.
  void SetToken(std::size_t user, std::string token);

  /// Only the XML of the last form.
  std::string_view last_xml() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::loadtest
