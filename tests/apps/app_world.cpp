#include "apps/app_world.h"

#include <boost/json.hpp>
#include <random>

#include "support/archives.h"

namespace outpost::tests {
namespace {

constexpr const char* kAppId = "app-of-tests";

/// Cannot be packed; other for each version.
std::string Noise(int version, std::size_t size) {
  std::mt19937_64 random(static_cast<std::uint64_t>(version));
  std::string bytes("\x89PNG");
  while (bytes.size() < size) {
    const auto word = random();
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  return bytes;
}

std::string TargetOf(const std::string& address) {
  return address.substr(address.find('/', address.find("://") + 3));
}

}  // namespace

AppWorld::AppWorld(std::string program, std::string database)
    : server_(ServerPlan{std::move(program),
                         folder_.path(),
                         std::move(database),
                         {{"server.public_url", kPublicUrl}},
                         {}}),
      online_(phones::HttpFetch()) {
  server_.Start();
  admin_ = std::make_unique<Admin>(server_.admin_origin());
}

void AppWorld::NewProject() {
  project_ = "apps-" + std::to_string(++projects_);
  admin_->Run("project.create", {{"name", project_}});
  Mend();
}

std::string AppWorld::Import(int version, std::size_t image_bytes) {
  const auto v = std::to_string(version);
  auto files =
      ReadFolder(OUTPOST_APP_FIXTURE, "version:" + v + ",form_version:" + v + ",label:" + v);
  files["commcare/image/dot.png"] = Noise(version, image_bytes);
  const auto report = admin_->Send("app.import?project=" + project_, PackArchive(files));
  if (!report.at("is_stored").as_bool()) {
    throw std::runtime_error("not taken: " + boost::json::serialize(report));
  }
  return std::string(report.at("build_id").as_string());
}

void AppWorld::Release(const std::string& build, bool on) {
  admin_->Run("app.release",
              {{"project", project_}, {"app", kAppId}, {"build", build}, {"on", on}});
}

void AppWorld::Delete(bool on) {
  admin_->Run("app.delete", {{"project", project_}, {"app", kAppId}, {"on", on}});
}

std::string AppWorld::ProfileUrl(const std::string& build) const {
  return std::string(kPublicUrl) + "/a/" + project_ + "/apps/download/" + build +
         "/media_profile.ccpr";
}

std::string AppWorld::Download(const std::string& build, const std::string& path) {
  RawClient client(server_.origin());
  Call call;
  call.target = "/a/" + project_ + "/apps/download/" + build + "/" + path;
  const auto answer = client.Send(call);
  if (answer.status != 200) throw std::runtime_error(path + ": " + answer.body);
  return answer.body;
}

void AppWorld::Break(std::string part, Fault fault) {
  broken_part_ = std::move(part);
  fault_ = std::move(fault);
}

void AppWorld::KillAndStart() {
  server_.Kill();
  server_.Start();
  admin_ = std::make_unique<Admin>(server_.admin_origin());
}

phones::AppClient AppWorld::NewPhone() {
  return phones::AppClient(
      {},
      [this](const std::string& address, const http::Headers& headers) {
        return Answer(address, headers);
      },
      clock_);
}

std::vector<std::string> AppWorld::TakeAsked() { return std::exchange(asked_, {}); }

phones::FetchAnswer AppWorld::Answer(const std::string& address, const http::Headers& headers) {
  if (!address.starts_with(kPublicUrl)) {
    throw std::runtime_error("the app names another server: " + address);
  }
  const auto target = TargetOf(address);
  if (fault_ && target.find(broken_part_) != std::string::npos) {
    if (auto broken = fault_(target)) return *broken;
  }
  asked_.push_back(target);
  return online_(server_.origin() + target, headers);
}

}  // namespace outpost::tests
