#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "store/sql/testing/scratch_folder.h"
#include "support/admin.h"
#include "support/raw_client.h"
#include "support/server_process.h"

/// The running server and its own description of the data API.
namespace outpost::tests {

/// One operation of the description, under one of its addresses.
struct Operation {
  std::string method;      // "GET"
  std::string path;        // "/a/{domain}/api/form/v1/{form_id}/"
  std::string permission;  // x-permission
  bool takes_only_keys = false;
};

/// A path with its captures as "{}" and without a final slash: how the two tables are compared.
std::string Shape(std::string_view path);

class ApiWorld {
 public:
  ApiWorld(std::string program, std::string database);

  Admin& admin() { return *admin_; }
  RawClient& client() { return *client_; }
  void Stop() { server_.Stop(); }

  /// From /api/openapi.yaml.
  std::vector<Operation> Described();
  /// "GET /a/{}/api/form/v1" of every route of the data API that the server has.
  std::set<std::string> Served();

  void CreateProject(const std::string& name);
  /// A web user of a project with a role of these keys; or with "Admin".
  void CreateMember(const std::string& username, const std::string& project,
                    const std::vector<std::string>& permissions);
  struct Whose {
    std::string owner_id = "o";  // of the case
    std::string user_id = "u";   // of the form
  };
  /// A case and the form that made it, under these ids.
  void Submit(const std::string& project, const std::string& form_id, const std::string& case_id,
              const std::string& name, const Whose& whose);
  /// `user` is empty for nobody. Every account has the password kPassword.
  Answer Call(const std::string& user, const std::string& method, const std::string& target);
  /// With the credentials that the operation takes.
  Answer Call(const std::string& user, const Operation& operation, const std::string& target);

  static constexpr std::string_view kPassword = "long enough for all";

 private:
  Answer Send(const std::string& authorization, const std::string& method,
              const std::string& target);

  sql_testing::ScratchFolder folder_;
  std::map<std::string, std::string> keys_;  // by user name
  ServerProcess server_;
  std::unique_ptr<Admin> admin_;
  std::unique_ptr<RawClient> client_;
};

}  // namespace outpost::tests
