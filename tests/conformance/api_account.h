#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "conformance/stage.h"
#include "support/raw_client.h"

/// An integration that talks to the data API of a project space of its own.
namespace outpost::tests {

class ApiAccount {
 public:
  static constexpr std::string_view kUserAgent = "outpost-conformance/1";

  /// Makes the project space, and a web user in it whose role has edit_data and access_api.
  ApiAccount(Stage& stage, std::string project);

  const std::string& project() const { return project_; }
  /// `path` is below "/a/<project>/api". @throws NetworkError
  Answer Send(std::string_view method, std::string_view path, std::string body = {});
  /// A GET as commcare-export sends it. `authorization` is what was recorded: "" for none; for an
  /// API key or Digest the account's own is put in its place, unless the recorded one is wrong.
  Answer SendAsClient(std::string_view path, const std::string& authorization);
  /// From now on the account is an administrator of the project space.
  void MakeAdministrator();
  /// Stores a form of an app as received at that moment, as only administrators may.
  /// @throws std::runtime_error if refused
  void SubmitAt(const std::string& xml, const std::string& app_id, const std::string& received_on);
  /// Stores a form by the phones' way, whoever it is from. @throws std::runtime_error if refused
  void Submit(const std::string& xml);

 private:
  std::string ApiKey();

  Stage& stage_;
  std::string key_, challenge_;
  int nonce_uses_ = 0;
  std::string project_;
};

}  // namespace outpost::tests
