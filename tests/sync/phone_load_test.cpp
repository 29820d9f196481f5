#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "store/sql/testing/scratch_folder.h"
#include "support/server_process.h"

/// The load tests of phones, small, against the real program: each must pass its own judgement,
/// which is that no phone was refused without reason and that restores are as phones take them.
///   phone_load_test PROGRAM
namespace outpost::tests {
namespace {

bool Passes(const ServerProcess& server, const std::string& command) {
  const auto line = "'" + server.plan().program + "' loadtest " + command + " --data '" +
                    server.data().string() + "' --target " + server.origin();
  std::printf("loadtest %s\n", command.c_str());
  std::fflush(stdout);
  const int status = std::system(line.c_str());  // NOLINT: words of this file only
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int Main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: phone_load_test PROGRAM\n", stderr);
    return 2;
  }
  const sql_testing::ScratchFolder folder;
  ServerProcess server(ServerPlan{argv[1], folder.path(), {}, {}, {}});
  server.Start();
  const bool passed =
      Passes(server, "sync --phones 12 --cases 70 --connections 4 --forms-rate 20 --duration 3s") &&
      // Once more: phones of a second run know nothing of the first.
      Passes(server, "sync --phones 12 --only-restores --phone-bytes-per-second 20000") &&
      Passes(server,
             "mixed --users 40 --cases 30 --rate 20 --forms-rate 20 --first-share 0.2 "
             "--duration 4s --connections 4");
  server.Stop();
  return passed ? 0 : 1;
}

}  // namespace
}  // namespace outpost::tests

int main(int argc, char** argv) {
  try {
    return outpost::tests::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
