#include "store/sql/testing/scratch_postgresql.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "base/problem.h"

namespace outpost::sql_testing {
namespace {

constexpr std::array kBinaryFolders = {"/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin",
                                       "/usr/lib/postgresql/17/bin", "/usr/bin", "/usr/local/bin"};
/// Two minutes: one on a restored folder replays its log first.
constexpr int kStartAttempts = 2'400;
constexpr std::chrono::milliseconds kStartPause{50};

/// PostgreSQL refuses to run as root.
const passwd* ServerAccount() { return ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr; }

pid_t Spawn(const std::vector<std::string>& words, const std::string& log) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const passwd* account = ServerAccount();
  const pid_t child = ::fork();
  if (child != 0) return child;
  if (account != nullptr && (::setgid(account->pw_gid) != 0 || ::setuid(account->pw_uid) != 0)) {
    ::_exit(127);
  }
  // Set after the change of account, which clears it: an immediate shutdown when the test dies.
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  if (::chdir("/") == 0) ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

bool IsOk(pid_t child) {
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

bool Runs(const std::string& location, const std::string& sql) {
  PGconn* session = PQconnectdb(location.c_str());
  bool is_good = PQstatus(session) == CONNECTION_OK;
  if (is_good && !sql.empty()) {
    PGresult* result = PQexec(session, sql.c_str());
    is_good = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
  }
  PQfinish(session);
  return is_good;
}

}  // namespace

ScratchPostgresql* ScratchPostgresql::Shared() {
  static const std::unique_ptr<ScratchPostgresql> shared = [] {
    std::unique_ptr<ScratchPostgresql> made(new ScratchPostgresql());
    if (made->Initialise() && made->Start()) return made;
    return std::unique_ptr<ScratchPostgresql>();
  }();
  if (shared == nullptr) std::puts("PostgreSQL tests are skipped: no server could be started here");
  return shared.get();
}

std::unique_ptr<ScratchPostgresql> ScratchPostgresql::On(const std::filesystem::path& data) {
  std::unique_ptr<ScratchPostgresql> made(new ScratchPostgresql());
  made->data_ = data;
  if (made->FindBinaries() && made->Start()) return made;
  return nullptr;
}

bool ScratchPostgresql::FindBinaries() {
  for (const char* folder : kBinaryFolders) {
    if (std::filesystem::exists(std::filesystem::path(folder) / "initdb")) {
      binaries_ = folder;
      break;
    }
  }
  if (binaries_.empty() || (::geteuid() == 0 && ServerAccount() == nullptr)) return false;
  if (const passwd* account = ServerAccount()) {
    if (::chown(folder_.path().c_str(), account->pw_uid, account->pw_gid) != 0) return false;
  }
  return true;
}

bool ScratchPostgresql::Initialise() {
  if (!FindBinaries()) return false;
  // A language's own order as the default shows whether our columns keep the order of bytes.
  return IsOk(
      Spawn({binaries_ + "/initdb", "-D", data_, "-U", "postgres", "--auth=trust", "--no-sync",
             "--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en"},
            folder_.path() / "initdb.log"));
}

bool ScratchPostgresql::Start() {
  server_ = Spawn(
      {binaries_ + "/postgres", "-D", data_, "-k", folder_.path(), "-c", "listen_addresses=", "-c",
       "shared_buffers=16MB", "-c", "fsync=on", "-c", "max_connections=60"},
      folder_.path() / "server.log");
  for (int attempt = 0; attempt < kStartAttempts; ++attempt) {
    if (Runs(LocationOf("postgres"), "")) return true;
    if (::waitpid(server_, nullptr, WNOHANG) == server_) {
      server_ = -1;  // it gave up
      return false;
    }
    std::this_thread::sleep_for(kStartPause);
  }
  return false;
}

ScratchPostgresql::~ScratchPostgresql() {
  if (server_ > 0) Crash();
}

void ScratchPostgresql::Crash() {
  ::kill(server_, SIGQUIT);
  ::waitpid(server_, nullptr, 0);
  server_ = -1;
}

void ScratchPostgresql::StartAgain() { OUTPOST_CHECK(Start()); }

std::string ScratchPostgresql::LocationOf(const std::string& database) const {
  return "postgresql:///" + database + "?user=postgres&host=" + folder_.path().string();
}

std::string ScratchPostgresql::NewDatabase() {
  const auto name = "test_" + std::to_string(++databases_);
  OUTPOST_CHECK(Runs(LocationOf("postgres"), "CREATE DATABASE " + name));
  return LocationOf(name);
}

}  // namespace outpost::sql_testing
