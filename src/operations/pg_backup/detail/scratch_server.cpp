#include "operations/pg_backup/detail/scratch_server.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include "base/problem.h"
#include "base/text.h"
#include "operations/backup/files.h"
#include "operations/pg_backup/server.h"

namespace outpost::pg_backup::detail {
namespace {

namespace fs = std::filesystem;

constexpr int kLookMs = 200;
constexpr std::size_t kWordsShown = 600;

/// A short path: a socket's has at most 107 characters.
fs::path MakeRunFolder() {
  std::string name = "/tmp/outpost-drill-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) backup::ThrowFileProblem(name, errno);
  return name;
}

/// Null for who is not root.
const passwd* AccountForRoot() {
  return ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr;  // NOLINT(concurrency-mt-unsafe)
}

}  // namespace

void RequireServer(const Manifest& base) {
  if (FindServerPrograms(base.major()).empty()) {
    throw Problem(ProblemKind::kNotFound,
                  fmt::format("A drill needs the server of PostgreSQL {0} on this machine: install "
                              "the package postgresql-{0}, or hold the drill where it is.",
                              base.major()));
  }
  if (::geteuid() == 0 && AccountForRoot() == nullptr) {
    throw Problem(ProblemKind::kNotFound,
                  "PostgreSQL does not run as root, and there is no account postgres here. Hold "
                  "the drill as another account.");
  }
}

ScratchServer::ScratchServer(const fs::path& restored, const Manifest& base,
                             const std::function<void()>& wait) {
  RequireServer(base);
  ChildPlan plan;
  if (const auto* account = AccountForRoot()) {
    plan.user = account->pw_uid;
    plan.group = account->pw_gid;
  }
  run_ = MakeRunFolder();
  Configure(restored);
  if (plan.user && ::chown(run_.c_str(), *plan.user, *plan.group) != 0) {
    backup::ThrowFileProblem(run_, errno);
  }
  plan.program = FindServerPrograms(base.major()) / "postgres";
  plan.output = run_ / "log";
  plan.environment = {{"LC_ALL", "C"}, {"PGPORT", "5432"}};
  plan.arguments = {"-D", (restored / "postgresql").string()};
  // What a folder brought along must not reach out of this drill, nor ask for a large machine.
  for (const auto& setting :
       {"config_file=" + (run_ / "drill.conf").string(), "hba_file=" + (run_ / "hba.conf").string(),
        "ident_file=" + (run_ / "ident.conf").string(), "unix_socket_directories=" + run_.string(),
        std::string("listen_addresses="), std::string("port=5432"), std::string("fsync=off"),
        std::string("shared_buffers=32MB"), std::string("max_connections=40"),
        std::string("archive_mode=off"), std::string("ssl=off"),
        std::string("logging_collector=off"), std::string("log_destination=stderr"),
        std::string("shared_preload_libraries="), std::string("session_preload_libraries="),
        std::string("primary_conninfo="), std::string("synchronous_standby_names="),
        std::string("huge_pages=off"), std::string("hot_standby=off")}) {
    plan.arguments.insert(plan.arguments.end(), {"-c", setting});
  }
  location_ = "postgresql:///" + PercentEncode(base.database) +
              "?user=" + PercentEncode(base.user) + "&host=" + PercentEncode(run_.string()) +
              "&port=5432";
  try {
    server_ = std::make_unique<Child>(plan);
    for (;;) {
      if (server_->HasEnded(kLookMs)) {
        throw Problem(ProblemKind::kUnprocessable,
                      "PostgreSQL could not replay the log: " + Words());
      }
      wait();
      try {
        Session session(location_);
        if (session.Value("SELECT pg_is_in_recovery()") == "f") return;
      } catch (const Problem&) {
        ::usleep(kLookMs * 1'000);  // it is not ready
      }
    }
  } catch (...) {
    server_.reset();
    std::error_code ignored;
    fs::remove_all(run_, ignored);
    throw;
  }
}

void ScratchServer::Configure(const fs::path& restored) {
  std::ofstream(run_ / "drill.conf") << "# A drill of Outpost's on " << restored.string() << '\n';
  std::ofstream(run_ / "hba.conf") << "local all all trust\n";
  std::ofstream(run_ / "ident.conf").flush();
  for (const char* name : {"drill.conf", "hba.conf", "ident.conf"}) {
    fs::permissions(run_ / name, fs::perms::owner_read | fs::perms::others_read);
  }
}

std::string ScratchServer::Words() const {
  const auto log = backup::ReadWhole(run_ / "log");
  return std::string(Trim(log.substr(log.size() - std::min(log.size(), kWordsShown))));
}

ScratchServer::~ScratchServer() {
  if (server_ != nullptr) {
    server_->Signal(SIGQUIT);
    server_->Wait();
  }
  std::error_code ignored;
  fs::remove_all(run_, ignored);
}

}  // namespace outpost::pg_backup::detail
