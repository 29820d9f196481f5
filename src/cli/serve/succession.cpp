#include "cli/serve/succession.h"

#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/log.h"
#include "base/problem.h"
#include "cli/version.h"
#include "operations/admin/admin.h"

namespace outpost::cli {
namespace {

namespace json = boost::json;

/// Its path, also when another file has taken that name since.
std::string ProgramPath() {
  std::error_code error;
  auto path = std::filesystem::read_symlink("/proc/self/exe", error).string();
  constexpr std::string_view kGone = " (deleted)";
  if (path.ends_with(kGone)) path.resize(path.size() - kGone.size());
  return path;
}

}  // namespace

Succession::Succession(sql::Database& database, const Clock& clock)
    : database_(database), started_(clock.Now()), program_(ProgramPath()) {}

void Succession::AddRoutes(http::Router& router) {
  operations::AddCommandRoute(router, "server.about", [this](std::string_view) { return About(); });
  operations::AddCommandRoute(router, "server.exec", [this](std::string_view) { return Exec(); });
}

void Succession::SetAddresses(std::vector<std::string> addresses) {
  const std::lock_guard lock(mutex_);
  addresses_ = std::move(addresses);
}

std::optional<std::string> Succession::successor() const {
  const std::lock_guard lock(mutex_);
  return is_wanted_ ? std::optional(program_) : std::nullopt;
}

std::string Succession::About() const {
  json::object about{{"version", Version()},
                     {"program", program_},
                     {"process", std::int64_t{::getpid()}},
                     {"started", started_.micros}};
  {
    const auto reader = database_.Read();
    const auto position = reader->Query("SELECT seq FROM position");
    about["seq"] = position->Next() ? position->Int(0) : 0;
    const auto steps = reader->Query("SELECT MAX(number) FROM schema_steps");
    about["newest_step"] = steps->Next() ? steps->Int(0) : 0;
    const auto oldest =
        reader->Query("SELECT value FROM meta WHERE name = $1", {"oldest_step_allowed"});
    if (oldest->Next()) about["oldest_step_allowed"] = oldest->String(0);
  }
  const std::lock_guard lock(mutex_);
  about["addresses"] = json::value_from(addresses_);
  return json::serialize(about);
}

std::string Succession::Exec() {
  if (::access(program_.c_str(), X_OK) != 0) {
    throw Problem(ProblemKind::kNotFound, "There is no program at " + program_ + ".");
  }
  {
    const std::lock_guard lock(mutex_);
    is_wanted_ = true;
  }
  Log(LogLevel::kWarning, "server.succession", {{"program", program_}, {"version", Version()}});
  ::kill(::getpid(), SIGTERM);
  return "{}";
}

void RunInstead(const std::string& program) {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string words{std::istreambuf_iterator<char>(file), {}};
  std::vector<char*> argv;
  for (std::size_t at = 0; at < words.size(); at = words.find('\0', at) + 1) {
    argv.push_back(&words[at]);
  }
  argv.push_back(nullptr);
  ::execv(program.c_str(), argv.data());
  throw Problem(ProblemKind::kInternal, program + " could not be started: " + std::strerror(errno));
}

}  // namespace outpost::cli
