#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>

#include "transition/plan/generate.h"

/// The generated files are judged by the programs that will read them. A program that is not
/// installed is skipped by name.
namespace outpost::plan {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Outcome {
  int status = -1;
  std::string output;
};

/// Runs a shell command; at most a minute.
Outcome Shell(const std::string& command) {
  const auto file = fs::path(testing::TempDir()) / ("run-" + std::to_string(getpid()) + ".txt");
  const int raw =
      std::system(("timeout 60 sh -c '" + command + "' > " + file.string() + " 2>&1").c_str());
  Outcome outcome{WIFEXITED(raw) ? WEXITSTATUS(raw) : -1, ReadFile(file)};
  fs::remove(file);
  return outcome;
}

bool Installed(const std::string& program) {
  return Shell("command -v " + program + " || test -x " + program).status == 0;
}

/// A cluster beside the ministry's pair and single machine.
constexpr const char* kCluster = R"(
[plan]
organisation = "O"
programme = "P"
[scale]
users = 90000
start = "2027-01"
[[environment]]
name = "cluster"
host = "c.example.org"
topology = "cluster"
admin_networks = ["10.9.0.0/24", "fd00:9::/64"]
[levels]
rpo_minutes = 0
)";

std::string ClusterPlan() {
  std::string text = kCluster;
  const char* machines[][3] = {{"p1", "\"proxy\"", "10.9.1.1"},
                               {"w1", "\"web\", \"entry\"", "10.9.1.2"},
                               {"f1", "\"mobile\"", "10.9.1.3"},
                               {"f2", "\"mobile\", \"tasks\"", "10.9.1.4"},
                               {"d1", "\"database\"", "10.9.1.5"},
                               {"d2", "\"database-standby\"", "10.9.1.6"},
                               {"o1", "\"objects\", \"cache\", \"queue\"", "10.9.1.7"},
                               {"s1", "\"search\", \"changelog\"", "fd00:9::8"}};
  for (const auto& machine : machines) {
    text += std::string("[[machine]]\nname = \"") + machine[0] +
            "\"\nenvironment = \"cluster\"\nroles = [" + machine[1] + "]\naddress = \"" +
            machine[2] + "\"\nram_gb = 16\ncores = 8\n";
  }
  return text;
}

class RealPrograms : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path("/tmp") / ("outpost-plan-" + std::to_string(getpid()));
    fs::remove_all(root_);
    fs::create_directories(root_);
    fs::permissions(root_, fs::perms::all);
    plans_.push_back(LoadPlan(fs::path(OUTPOST_SOURCE) / "share/examples/ministry/plan.toml"));
    plans_.push_back(ReadPlan(ClusterPlan(), "cluster.toml"));
  }
  void TearDown() override {
    for (const pid_t child : {nginx_, server_}) {
      if (child <= 0) continue;
      kill(child, SIGTERM);
      waitpid(child, nullptr, 0);
    }
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }

  /// Generates with every path below the scratch root, and lays one machine's files out there.
  void LayOut(const Plan& plan, const Environment& environment, const Machine& machine) {
    ConfigurationOptions options;
    options.root = root_.string();
    options.http_port = 18480;
    options.https_port = 18443;
    options.outpost_port = 18400;
    for (const auto& file : ConfigurationOf(plan, environment, options)) {
      if (file.machine != machine.name) continue;
      const auto path = fs::path(root_.string() + file.path);
      fs::create_directories(path.parent_path());
      std::ofstream(path) << file.text;
      if (file.executable) fs::permissions(path, fs::perms::owner_all, fs::perm_options::add);
    }
  }

  void ForEveryMachine(
      const std::function<void(const Plan&, const Environment&, const Machine&)>& check) {
    for (const auto& plan : plans_) {
      for (const auto& environment : plan.environments) {
        for (const auto& machine : environment.machines) {
          SCOPED_TRACE(environment.name + "/" + machine.name);
          LayOut(plan, environment, machine);
          check(plan, environment, machine);
        }
      }
    }
  }

  void MakeCertificate(const std::string& host) {
    const auto folder = root_ / "etc/outpost/certificates" / host;
    fs::create_directories(folder);
    const auto made = Shell(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        "-subj /CN=" +
        host + " -days 2 -keyout " + (folder / "privkey.pem").string() + " -out " +
        (folder / "fullchain.pem").string());
    ASSERT_EQ(made.status, 0) << made.output;
  }

  void PrepareNginx(const Environment& environment) {
    for (const char* folder : {"var/log/nginx", "var/cache/nginx", "run", "var/www/outpost"}) {
      fs::create_directories(root_ / folder);
    }
    MakeCertificate(environment.host);
    for (const auto& host : environment.other_hosts) MakeCertificate(host);
  }

  fs::path root_;
  std::vector<Plan> plans_;
  /// A child that TearDown ends.
  static pid_t Start(const std::vector<std::string>& command) {
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) {
      execvp(arguments[0], arguments.data());
      _exit(127);
    }
    EXPECT_GT(child, 0);
    return child;
  }

  pid_t nginx_ = 0;
  pid_t server_ = 0;
};

TEST_F(RealPrograms, NginxAcceptsEveryProxy) {
  if (!Installed("nginx")) GTEST_SKIP() << "nginx is not installed";
  int checked = 0;
  ForEveryMachine([&](const Plan&, const Environment& environment, const Machine&) {
    const auto file = root_ / "etc/nginx/nginx.conf";
    if (!fs::exists(file)) return;
    PrepareNginx(environment);
    const auto outcome = Shell("nginx -t -c " + file.string());
    EXPECT_EQ(outcome.status, 0) << outcome.output;
    ++checked;
    fs::remove(file);
  });
  EXPECT_EQ(checked, 4);
}

TEST_F(RealPrograms, NginxNeverRedirectsAFormAndKeepsTheStatusOfAnAbsentServer) {
  if (!Installed("nginx") || !Installed("curl")) GTEST_SKIP() << "nginx or curl is not installed";
  const auto& plan = plans_[0];
  const auto& environment = plan.environments[1];
  LayOut(plan, environment, environment.machines[0]);
  PrepareNginx(environment);
  const auto file = (root_ / "etc/nginx/nginx.conf").string();
  nginx_ = Start({"nginx", "-c", file, "-g", "daemon off;"});
  const std::string plain = "http://127.0.0.1:18480";
  const std::string with_name = "curl -sk -m 10 -o /dev/null -w \"%{http_code}\" --resolve " +
                                environment.host + ":18443:127.0.0.1 https://" + environment.host +
                                ":18443";
  const std::string code = "curl -s -m 10 -o /dev/null -w \"%{http_code}\" ";
  for (int i = 0; i < 100 && Shell(code + plain + "/").output == "000"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(Shell(code + plain + "/a/demo/").output, "301");
  EXPECT_EQ(Shell(code + "-d x=1 " + plain + "/a/demo/receiver/").output, "403");
  EXPECT_EQ(Shell(with_name + "/a/demo/phone/restore/").output, "502");
  EXPECT_EQ(Shell(with_name + "/metrics").output, "403");
  EXPECT_NE(Shell("curl -sk -m 10 -o /dev/null https://127.0.0.1:18443/").status, 0)
      << "a name that nobody gave us was answered";
}

TEST_F(RealPrograms, TheSingleMachineStartsFromItsFilesAndPassesTheDoctor) {
  const char* set = std::getenv("OUTPOST_BINARY");
  const fs::path binary = set == nullptr ? OUTPOST_BINARY_DEFAULT : set;
  if (!fs::exists(binary)) GTEST_SKIP() << "the program is not built: " << binary;
  if (!Installed("nginx") || !Installed("curl")) GTEST_SKIP() << "nginx or curl is not installed";
  const auto& environment = plans_[0].environments[1];
  LayOut(plans_[0], environment, environment.machines[0]);
  PrepareNginx(environment);
  fs::create_directories(root_ / "usr/bin");
  fs::create_symlink(binary, root_ / "usr/bin/outpost");
  fs::create_directories(root_.string() + environment.data_folder);
  fs::permissions(root_.string() + environment.data_folder, fs::perms::owner_all);
  const auto unit = ReadFile(root_ / "etc/systemd/system/outpost.service");
  const auto at = unit.find("ExecStart=") + 10;
  const auto command = unit.substr(at, unit.find('\n', at) - at);
  server_ = Start(
      {"/bin/sh", "-c", "exec " + command + " > " + (root_ / "outpost.log").string() + " 2>&1"});
  nginx_ = Start({"nginx", "-c", (root_ / "etc/nginx/nginx.conf").string(), "-g", "daemon off;"});
  const auto url = "curl -sk -m 10 --resolve " + environment.host + ":18443:127.0.0.1 https://" +
                   environment.host + ":18443/serverup.txt";
  std::string answer;
  for (int i = 0; i < 200 && answer != "success"; ++i) {
    answer = Shell(url).output;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(answer, "success") << ReadFile(root_ / "outpost.log");
  const auto doctor =
      Shell(binary.string() + " doctor --config " + (root_ / "etc/outpost/outpost.toml").string());
  EXPECT_EQ(doctor.status, 0) << doctor.output;
}

TEST_F(RealPrograms, SystemdAcceptsEveryUnit) {
  if (!Installed("systemd-analyze")) GTEST_SKIP() << "systemd-analyze is not installed";
  fs::create_directories(root_ / "usr/bin");
  std::ofstream(root_ / "usr/bin/outpost") << "#!/bin/sh\n";
  fs::permissions(root_ / "usr/bin/outpost", fs::perms::owner_all, fs::perm_options::add);
  int checked = 0;
  ForEveryMachine([&](const Plan&, const Environment&, const Machine&) {
    const auto folder = root_ / "etc/systemd/system";
    if (!fs::exists(folder)) return;
    for (const auto& entry : fs::directory_iterator(folder)) {
      auto outcome = Shell("systemd-analyze verify " + entry.path().string());
      // The one program that a build machine need not have.
      const bool only_rsync =
          outcome.output.find("/usr/bin/rsync is not executable") != std::string::npos;
      EXPECT_TRUE(outcome.status == 0 || only_rsync) << entry.path() << "\n" << outcome.output;
      EXPECT_TRUE(outcome.output.empty() || only_rsync) << entry.path() << "\n" << outcome.output;
      ++checked;
    }
    fs::remove_all(folder);
  });
  EXPECT_GE(checked, 15);
}

TEST_F(RealPrograms, NftAcceptsEveryFirewall) {
  if (!Installed("nft") || Shell("nft -c -f /dev/null").status != 0) {
    GTEST_SKIP() << "nft is not installed or not allowed here";
  }
  std::ofstream(root_ / "wrong.conf") << "table inet x { chain y { tcp dport http accept } } }\n";
  EXPECT_NE(Shell("nft -c -f " + (root_ / "wrong.conf").string()).status, 0);
  ForEveryMachine([&](const Plan&, const Environment&, const Machine&) {
    const auto outcome = Shell("nft -c -f " + (root_ / "etc/nftables.conf").string());
    EXPECT_EQ(outcome.status, 0) << outcome.output;
  });
}

TEST_F(RealPrograms, TheShellAcceptsEveryScript) {
  int checked = 0;
  ForEveryMachine([&](const Plan&, const Environment&, const Machine&) {
    const auto folder = root_ / "usr/local/sbin";
    if (!fs::exists(folder)) return;
    for (const auto& entry : fs::directory_iterator(folder)) {
      EXPECT_EQ(Shell("sh -n " + entry.path().string()).status, 0) << entry.path();
      ++checked;
    }
    fs::remove_all(folder);
  });
  EXPECT_GE(checked, 4);
}

TEST_F(RealPrograms, PostgresTakesTheSettingsAndTheAccessRules) {
  const std::string bin = "/usr/lib/postgresql/15/bin/";
  if (!Installed(bin + "initdb")) GTEST_SKIP() << "PostgreSQL 15 is not installed";
  const std::string as =
      geteuid() == 0 ? "setpriv --reuid=postgres --regid=postgres --clear-groups " : "";
  if (!as.empty() && Shell(as + "true").status != 0) GTEST_SKIP() << "no user postgres";
  const auto data = (root_ / "pgdata").string();
  ASSERT_EQ(Shell(as + bin + "initdb -A trust -U postgres -D " + data).status, 0);
  int checked = 0;
  ForEveryMachine([&](const Plan&, const Environment&, const Machine& machine) {
    const auto folder = root_ / "etc/postgresql/15/main";
    if (!fs::exists(folder)) return;
    const auto settings = ReadFile(folder / "conf.d/outpost.conf");
    std::ofstream(data + "/postgresql.auto.conf") << settings;
    const auto shared = Shell(as + bin + "postgres -C shared_buffers -D " + data);
    EXPECT_EQ(shared.status, 0) << shared.output;
    EXPECT_NE(shared.output.find_first_of("0123456789"), std::string::npos);
    const auto level = Shell(as + bin + "postgres -C synchronous_commit -D " + data);
    EXPECT_EQ(level.output, "on\n") << machine.name;

    std::ofstream(data + "/pg_hba.conf")
        << ReadFile(folder / "pg_hba.conf") << "\nlocal all all trust\n";
    // Started on a socket only: addresses of other machines cannot be bound here.
    const auto start = Shell(as + bin + "pg_ctl -w -D " + data + " -l " + data +
                             "/log -o \"-c listen_addresses= -k " + data + "\" start");
    ASSERT_EQ(start.status, 0) << start.output << ReadFile(data + "/log");
    const auto wrong =
        Shell(as + bin + "psql -h " + data + " -U outpost_test -d postgres -Atc " +
              "\"SELECT line_number, error FROM pg_hba_file_rules WHERE error IS NOT NULL\"");
    Shell(as + bin + "pg_ctl -w -m immediate -D " + data + " stop");
    EXPECT_EQ(wrong.output.find("|"), std::string::npos) << wrong.output;
    ++checked;
    fs::remove_all(folder);
  });
  EXPECT_EQ(checked, 4);
}

TEST_F(RealPrograms, TheMinistryIsGeneratedWhole) {
  const auto written = GeneratePlan(plans_[0], root_ / "out", {});
  EXPECT_GE(written.size(), 55u);
  for (const auto& path : written) EXPECT_TRUE(fs::exists(root_ / "out" / path)) << path;
  EXPECT_TRUE(plans_[0].remarks.empty()) << plans_[0].remarks[0];
  const auto proposal = ReadFile(root_ / "out/request-for-proposals.md");
  for (const char* word : {"not yet", "C4.3.1", "MOH-2026-041", "20000"}) {
    EXPECT_NE(proposal.find(word), std::string::npos) << word;
  }
  EXPECT_NE(ReadFile(root_ / "out/architecture.svg").find("National DHIS2"), std::string::npos);
  EXPECT_NE(ReadFile(root_ / "out/architecture.svg").find("Data warehouse"), std::string::npos);
  if (Installed("rsvg-convert")) {
    const auto drawn = Shell("rsvg-convert " + (root_ / "out/architecture.svg").string() + " -o " +
                             (root_ / "a.png").string());
    EXPECT_EQ(drawn.status, 0) << drawn.output;
  }
}

}  // namespace
}  // namespace outpost::plan
