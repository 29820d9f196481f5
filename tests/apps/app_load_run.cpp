#include <sys/wait.h>

#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "store/sql/testing/scratch_folder.h"
#include "support/admin.h"
#include "support/server_process.h"
#include "support/tiny_app.h"

/// `outpost loadtest apps`, small, against the real program: every phone must get the whole app.
///   app_load_run PROGRAM
namespace outpost::tests {
namespace {

int Main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: app_load_run PROGRAM\n", stderr);
    return 2;
  }
  const sql_testing::ScratchFolder folder;
  ServerProcess server(ServerPlan{argv[1], folder.path(), {}, {}, {}});
  server.Start();
  Admin admin(server.admin_origin());
  admin.Run("project.create", {{"name", "demo"}});
  const auto report =
      admin.Send("app.import?release=true&project=demo", TinyApp("tiny", "Tiny", 1));
  const auto line = "'" + server.plan().program + "' loadtest apps --clients 40 --json --data '" +
                    server.data().string() + "' " + server.origin() + "/a/demo/apps/download/" +
                    std::string(report.at("build_id").as_string()) + "/media_profile.ccpr";
  const int status = std::system(line.c_str());  // NOLINT: words of this file only
  server.Stop();
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 1;
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
