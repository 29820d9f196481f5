#include "operations/doctor/doctor.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "operations/backup/keys.h"
#include "operations/doctor/detail/checks.h"
#include "store/sql/testing/scratch_folder.h"

namespace outpost::doctor {
namespace {

namespace fs = std::filesystem;

void WriteFile(const fs::path& file, std::string_view text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

/// A socket that listens on a port of its own on loopback.
class TakenPort {
 public:
  TakenPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(socket_, 1);
    socklen_t length = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
  }
  TakenPort(const TakenPort&) = delete;
  TakenPort& operator=(const TakenPort&) = delete;
  ~TakenPort() { ::close(socket_); }
  std::string address() const { return fmt::format("127.0.0.1:{}", port_); }

 private:
  int socket_;
  int port_ = 0;
};

class DoctorTest : public ::testing::Test {
 protected:
  DoctorTest() {
    input_.paths.root = folder_.path() / "data";
    fs::create_directories(input_.paths.root);
  }

  /// From here on the machine is what the test arranges.
  fs::path ArrangeSystem() {
    input_.system_root = folder_.path() / "system";
    WriteFile(input_.system_root / "proc/meminfo",
              "MemTotal: 4000000 kB\nMemAvailable: 3000000 kB\nSwapTotal: 2000000 kB\n"
              "SwapFree: 1900000 kB\n");
    WriteFile(input_.system_root / "proc/self/mounts", "/dev/sda1 / ext4 rw 0 0\n");
    return input_.system_root;
  }
  fs::path ArrangeDevice() {
    struct stat facts {};
    ::stat(input_.paths.root.c_str(), &facts);
    const auto device = input_.system_root / "sys/devices/disk/part";
    fs::create_directories(device);
    const auto link = input_.system_root /
                      fmt::format("sys/dev/block/{}:{}", major(facts.st_dev), minor(facts.st_dev));
    fs::create_directories(link.parent_path());
    fs::create_symlink(device, link);
    return device;
  }

  std::vector<Finding> FindingsOf(std::string_view check) {
    auto findings = Examine(input_);
    std::erase_if(findings, [&](const Finding& finding) { return finding.check != check; });
    return findings;
  }
  Finding FindingOf(std::string_view check) {
    const auto findings = FindingsOf(check);
    return findings.empty() ? Finding{"absent", Judgement::kOk, "", ""} : findings.front();
  }

  sql_testing::ScratchFolder folder_;
  DoctorInput input_;
};

TEST_F(DoctorTest, EveryFindingThatIsNotWellSaysWhatToDo) {
  input_.listen = {{"127.0.0.1:0", false}, {"nonsense", false}};
  for (const auto& finding : Examine(input_)) {
    EXPECT_FALSE(finding.check.empty());
    EXPECT_FALSE(finding.evidence.empty()) << finding.check;
    EXPECT_EQ(finding.remedy.empty(), finding.judgement == Judgement::kOk) << finding.check;
  }
}

TEST_F(DoctorTest, ABackupElsewhereWhoseKeyIsOnlyHereIsWarnedAbout) {
  backup::LoadOrMakeBackupKey(input_.paths.root / "backup.key");
  input_.backup_to = "/mnt/backup";
  EXPECT_EQ(FindingOf("backup key").check, "absent");
  input_.backup_to = "ssh://keeper@backup.example.org/srv/outpost";
  const auto finding = FindingOf("backup key");
  EXPECT_EQ(finding.judgement, Judgement::kWarning);
  EXPECT_NE(finding.evidence.find("backup.example.org"), std::string::npos);
  input_.backup_key_kept_at = "two safes";
  EXPECT_EQ(FindingOf("backup key").check, "absent");
}

TEST_F(DoctorTest, TheDiskIsMeasuredAndNothingIsLeft) {
  const auto finding = FindingOf("disk writes");
  EXPECT_NE(finding.evidence.find("median"), std::string::npos) << finding.evidence;
  EXPECT_TRUE(fs::is_empty(input_.paths.root));
}

TEST_F(DoctorTest, AFolderThatDoesNotExistYetIsJudgedByTheOneAbove) {
  input_.paths.root = folder_.path() / "not" / "yet";
  EXPECT_EQ(FindingOf("disk writes").judgement, Judgement::kOk);
  EXPECT_FALSE(fs::exists(input_.paths.root));
}

struct MountCase {
  std::string type;
  Judgement judgement;
};

TEST_F(DoctorTest, ANetworkFileSystemIsRefused) {
  const auto system = ArrangeSystem();
  for (const auto& c : std::vector<MountCase>{{"ext4", Judgement::kOk},
                                              {"xfs", Judgement::kOk},
                                              {"nfs4", Judgement::kFailure},
                                              {"cifs", Judgement::kFailure},
                                              {"fuse.sshfs", Judgement::kFailure},
                                              {"tmpfs", Judgement::kWarning}}) {
    WriteFile(system / "proc/self/mounts", "/dev/sda1 / ext4 rw 0 0\nx " + folder_.path().string() +
                                               " " + c.type + " rw 0 0\n" + "y " +
                                               folder_.path().string() + "-not nfs rw 0 0\n");
    EXPECT_EQ(FindingOf("file system").judgement, c.judgement) << c.type;
  }
}

TEST_F(DoctorTest, ARotatingDiskAndALockedOneAreSeen) {
  ArrangeSystem();
  const auto device = ArrangeDevice();
  EXPECT_EQ(FindingOf("disk kind").judgement, Judgement::kOk);
  EXPECT_EQ(FindingOf("encryption").judgement, Judgement::kWarning);

  WriteFile(device / "../queue/rotational", "1\n");
  EXPECT_EQ(FindingOf("disk kind").judgement, Judgement::kWarning);

  WriteFile(device / "slaves/dm-0/dm/uuid", "CRYPT-LUKS2-abc\n");
  EXPECT_EQ(FindingOf("encryption").judgement, Judgement::kOk);
}

TEST_F(DoctorTest, LittleMemoryAndMuchSwapAreSeen) {
  const auto system = ArrangeSystem();
  EXPECT_EQ(FindingOf("memory").judgement, Judgement::kOk);
  EXPECT_EQ(FindingOf("swap").judgement, Judgement::kOk);
  WriteFile(system / "proc/meminfo",
            "MemTotal: 300000 kB\nMemAvailable: 10000 kB\nSwapTotal: 900000 kB\nSwapFree: 0 kB\n");
  EXPECT_EQ(FindingOf("memory").judgement, Judgement::kFailure);
  EXPECT_EQ(FindingOf("swap").judgement, Judgement::kWarning);
}

TEST_F(DoctorTest, MissingTimeZonesAreSeen) {
  const auto system = ArrangeSystem();
  EXPECT_EQ(FindingOf("time zones").judgement, Judgement::kWarning);
  for (const auto* zone : {"UTC", "Africa/Nairobi", "Asia/Kolkata", "America/Lima"}) {
    WriteFile(system / "usr/share/zoneinfo" / zone, "TZif");
  }
  EXPECT_EQ(FindingOf("time zones").judgement, Judgement::kOk);
}

TEST_F(DoctorTest, AFreePortIsFreeAndATakenOneIsNamed) {
  const TakenPort taken;
  input_.listen = {{taken.address(), false}};
  const auto finding = FindingOf("port");
  EXPECT_EQ(finding.judgement, Judgement::kFailure);
  EXPECT_NE(finding.evidence.find(fmt::format("process {}", ::getpid())), std::string::npos)
      << finding.evidence;
  input_.listen = {{"127.0.0.1:0", false}};
  EXPECT_EQ(FindingOf("port").judgement, Judgement::kOk);
}

TEST_F(DoctorTest, APortThatTheRunningServerHoldsIsWell) {
  const DataFolder owned(input_.paths.root);
  const TakenPort taken;
  input_.listen = {{taken.address(), false}};
  const auto finding = FindingOf("port");
  EXPECT_EQ(finding.judgement, Judgement::kOk) << finding.evidence;
}

TEST_F(DoctorTest, AnAddressThatIsNoneIsRefused) {
  for (const auto* address : {"8000", ":8000", "localhost", "127.0.0.1:x", "127.0.0.1:70000"}) {
    input_.listen = {{address, false}};
    EXPECT_EQ(FindingOf("port").judgement, Judgement::kFailure) << address;
  }
}

TEST_F(DoctorTest, BeforeTheFirstStartThereIsNoDatabase) {
  EXPECT_EQ(FindingOf("database").judgement, Judgement::kOk);
  EXPECT_EQ(FindingsOf("schema").size(), 0u);
}

TEST_F(DoctorTest, ADatabaseAtRestIsExaminedAndStaysAsItIs) {
  { sql::Database::Open({input_.paths.database().string()}); }
  const auto before = fs::file_size(input_.paths.database());
  EXPECT_EQ(FindingOf("database").judgement, Judgement::kOk);
  EXPECT_EQ(FindingOf("integrity").judgement, Judgement::kOk);
  EXPECT_EQ(FindingOf("schema").judgement, Judgement::kOk);
  EXPECT_EQ(fs::file_size(input_.paths.database()), before);
}

TEST_F(DoctorTest, ADatabaseThatIsNoneOrIsDamagedFails) {
  WriteFile(input_.paths.database(), std::string(8192, 'x'));
  EXPECT_EQ(FindingOf("database").judgement, Judgement::kFailure);
}

TEST_F(DoctorTest, ARunningServerIsAskedAndItsSilenceIsAFailure) {
  const DataFolder owned(input_.paths.root);
  EXPECT_EQ(FindingOf("database").judgement, Judgement::kFailure) << "nobody answers";

  DatabaseFacts facts;
  facts.engine = "SQLite";
  facts.was_checked = true;
  facts.integrity_problems = "row 7 missing from index";
  facts.log_bytes = 1LL << 30;
  input_.ask_server = [&] { return DatabaseFactsOf(JsonOf(facts)); };
  EXPECT_EQ(FindingOf("database").judgement, Judgement::kOk);
  EXPECT_EQ(FindingOf("integrity").judgement, Judgement::kFailure);
  EXPECT_EQ(FindingOf("integrity").evidence, "row 7 missing from index");
  EXPECT_EQ(FindingOf("database log").judgement, Judgement::kWarning);
}

TEST_F(DoctorTest, TheServerItselfKnowsItsDatabase) {
  const auto database = sql::Database::Open({input_.paths.database().string()});
  const auto facts = ExamineRunning(*database, input_.paths, false);
  EXPECT_EQ(facts.error, "");
  EXPECT_TRUE(facts.was_checked);
  EXPECT_EQ(facts.integrity_problems, "");
  EXPECT_GT(facts.newest_step, 0);
  EXPECT_GT(facts.database_bytes + facts.log_bytes, 0);
}

TEST(DoctorClock, MustBeKeptAndRightToHalfASecond) {
  using detail::JudgeClock;
  EXPECT_EQ(JudgeClock({true, true, 20'000}).judgement, Judgement::kOk);
  EXPECT_EQ(JudgeClock({true, true, 499'999}).judgement, Judgement::kOk);
  EXPECT_EQ(JudgeClock({true, true, 500'000}).judgement, Judgement::kFailure);
  EXPECT_EQ(JudgeClock({true, false, 0}).judgement, Judgement::kWarning);
  EXPECT_EQ(JudgeClock({false, false, 0}).judgement, Judgement::kWarning);
}

TEST(DoctorFacts, SurviveTheWayOverTheSocket) {
  DatabaseFacts facts{"e", "SQLite", true, "p", 3, 4, 5};
  const auto back = DatabaseFactsOf(JsonOf(facts));
  ASSERT_TRUE(back);
  EXPECT_EQ(JsonOf(*back), JsonOf(facts));
  EXPECT_FALSE(DatabaseFactsOf("nonsense"));
  EXPECT_FALSE(DatabaseFactsOf("[1]"));
}

TEST(DoctorPages, ShowColoursOnlyWhereAsked) {
  const std::vector<Finding> findings{{"disk", Judgement::kOk, "fine", ""},
                                      {"clock", Judgement::kFailure, "wrong", "set it"}};
  EXPECT_EQ(TextOf(findings, false).find('\033'), std::string::npos);
  EXPECT_NE(TextOf(findings, true).find('\033'), std::string::npos);
  EXPECT_NE(TextOf(findings, false).find("-> set it"), std::string::npos);
  EXPECT_NE(TextOf(findings, false).find("2 checks: 1 ok, 0 with a warning, 1 failed"),
            std::string::npos);
  EXPECT_TRUE(AnyFailure(findings));
  EXPECT_NE(JsonOf(findings).find(R"("verdict":"failure")"), std::string::npos);
}

}  // namespace
}  // namespace outpost::doctor
