#include "operations/backup/testing/remote_places.h"

#include <fstream>
#include <optional>

#include "base/problem.h"
#include "http/outgoing/testing/relay.h"
#include "store/objects/testing/object_server.h"
#include "store/sftp/testing/ssh_server.h"

namespace outpost::backup::testing {
namespace {

namespace fs = std::filesystem;

class S3 final : public RemotePlace {
 public:
  explicit S3(const fs::path& scratch) : credentials_(scratch / "s3.credentials") {
    std::ofstream(credentials_) << "[default]\naws_access_key_id = " << plan_.access_key
                                << "\naws_secret_access_key = " << plan_.secret_key << "\n";
    fs::permissions(credentials_, fs::perms::owner_read | fs::perms::owner_write);
  }
  std::string where() const override {
    return "s3://" + plan_.bucket + "/of/outpost?region=" + plan_.region +
           "&endpoint=http://127.0.0.1:" + std::to_string(relay_.port()) +
           "&credentials=" + credentials_.string();
  }
  void TakeAway() override { relay_.TakeAway(); }
  void BringBack() override { relay_.BringBack(); }
  void CutNextAfter(std::int64_t bytes) override {
    relay_.CutNextAfter(bytes);
    relay_.Cut();
  }

 private:
  static objects_testing::ObjectServerPlan NewPlan() {
    objects_testing::ObjectServerPlan plan;
    plan.secret_key = kRemoteSecret;
    plan.page_objects = 5;
    return plan;
  }

  const objects_testing::ObjectServerPlan plan_ = NewPlan();
  const fs::path credentials_;
  objects_testing::ObjectServer server_{plan_};
  http_testing::Relay relay_{server_.port()};
};

class Ssh final : public RemotePlace {
 public:
  explicit Ssh(const fs::path& scratch)
      : folder_(scratch / "ssh-files" / "outpost"), server_(scratch / "ssh") {
    fs::create_directories(folder_.parent_path());
    if (server_.missing().empty()) relay_.emplace(server_.port());
  }
  std::string missing() const override { return server_.missing(); }
  std::string where() const override {
    return "ssh://" + server_.user() + "@127.0.0.1:" + std::to_string(relay_->port()) +
           folder_.string() + "?config=" + server_.client_config().string();
  }
  void TakeAway() override { relay_->TakeAway(); }
  void BringBack() override { relay_->BringBack(); }
  void CutNextAfter(std::int64_t bytes) override {
    relay_->CutNextAfter(bytes);
    relay_->Cut();
  }

 private:
  const fs::path folder_;
  sftp_testing::SshServer server_;
  std::optional<http_testing::Relay> relay_;
};

}  // namespace

std::unique_ptr<RemotePlace> MakeRemotePlace(std::string_view kind, const fs::path& scratch) {
  if (kind == "ssh") return std::make_unique<Ssh>(scratch);
  OUTPOST_CHECK(kind == "s3");
  return std::make_unique<S3>(scratch);
}

}  // namespace outpost::backup::testing
