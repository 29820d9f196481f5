#include "conformance/stage.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace outpost::tests {

Stage::Stage(std::string program, std::string database, std::filesystem::path corpus)
    : corpus_(std::move(corpus)),
      server_(ServerPlan{std::move(program),
                         folder_.path(),
                         std::move(database),
                         {{"restores.wait_seconds", "1"}},
                         {}}) {
  server_.Start();
  Connect();
}

Stage::Stage(const Stage& like, std::map<std::string, std::string> settings)
    : corpus_(like.corpus_),
      server_(
          ServerPlan{like.server_.plan().program, folder_.path(), "", std::move(settings), {}}) {
  server_.Start();
  Connect();
}

void Stage::Connect() {
  client_ = std::make_unique<RawClient>(server_.origin());
  admin_ = std::make_unique<Admin>(server_.admin_origin());
}

std::string Stage::Revive() {
  if (server_.is_running()) return {};
  const std::string told =
      "the server ended during the case before this one:\n" + server_.log_tail();
  server_.Start();
  Connect();
  return told;
}

std::string Stage::Read(std::string_view name) const {
  std::ifstream file(corpus_ / name, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read the corpus file " + std::string(name));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void Stage::CreateProject(std::string_view name, bool is_secure) {
  admin_->Run("project.create", {{"name", name}});
  if (!is_secure) admin_->Run("project.secure", {{"name", name}, {"on", false}});
}

void Stage::SetClock(std::string_view at) { admin_->Run("test.clock", {{"at", at}}); }

}  // namespace outpost::tests
