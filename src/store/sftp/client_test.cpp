#include "store/sftp/client.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "base/ids.h"
#include "base/problem.h"
#include "http/outgoing/testing/relay.h"
#include "store/sftp/testing/ssh_server.h"

namespace outpost::sftp {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr std::size_t kAnyBytes = 64u << 20;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class ClientTest : public ::testing::Test {
 protected:
  ClientTest() { fs::create_directories(root()); }
  ~ClientTest() override { fs::remove_all(folder_); }

  fs::path root() const { return folder_ / "root"; }
  static ClientOptions Options(std::vector<std::string> program) {
    ClientOptions options;
    options.program = std::move(program);
    options.where = "ssh://the-test";
    options.first_pause = milliseconds(5);
    return options;
  }
  static Problem ProblemOf(const std::function<void()>& action) {
    try {
      action();
    } catch (const Problem& problem) {
      return problem;
    }
    ADD_FAILURE() << "nothing was wrong";
    return {ProblemKind::kInternal, ""};
  }
  int Files() const {
    int count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(root())) {
      if (entry.is_regular_file()) ++count;
    }
    return count;
  }

  const fs::path folder_ = fs::temp_directory_path() / ("outpost-test-" + NewHexId());
};

/// Against Debian's sftp-server without ssh between.
class SftpTest : public ClientTest {
 protected:
  void SetUp() override {
    if (!fs::exists(sftp_testing::kSftpServer)) {
      GTEST_SKIP() << sftp_testing::kSftpServer << " is not installed (openssh-sftp-server)";
    }
  }
  Client client_{Options({sftp_testing::kSftpServer})};
};

TEST_F(SftpTest, FilesArePutWholeAndReplaced) {
  const std::string large(5'000'001, 'x');
  client_.Put(root(), "a/b/c", large);
  EXPECT_EQ(ReadFile(root() / "a/b/c"), large);
  EXPECT_EQ(client_.Get(root() / "a/b/c", kAnyBytes), large);
  client_.Put(root(), "a/b/c", "");
  EXPECT_EQ(client_.Get(root() / "a/b/c", kAnyBytes), "");
  EXPECT_EQ(fs::status(root() / "a/b/c").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(Files(), 1);
}

TEST_F(SftpTest, WhatIsMissingIsToldSo) {
  EXPECT_FALSE(client_.Has(root() / "a"));
  EXPECT_FALSE(client_.Has(root()));
  client_.Remove(root() / "a");
  EXPECT_EQ(ProblemOf([&] { client_.Get(root() / "a", kAnyBytes); }).kind(),
            ProblemKind::kNotFound);
  EXPECT_TRUE(client_.List(folder_ / "nothing").empty());
  const auto problem = ProblemOf([&] { client_.Put(folder_ / "absent", "a/b", "x"); });
  EXPECT_EQ(problem.kind(), ProblemKind::kNotFound);
  EXPECT_FALSE(fs::exists(folder_ / "absent"));
}

TEST_F(SftpTest, AFileAtTheLimitIsReadAndOneAboveIsNot) {
  client_.Put(root(), "a", std::string(100'000, 'a'));
  EXPECT_EQ(client_.Get(root() / "a", 100'000).size(), 100'000U);
  EXPECT_EQ(ProblemOf([&] { client_.Get(root() / "a", 99'999); }).kind(), ProblemKind::kTooLarge);
  EXPECT_EQ(client_.Get(root() / "a", 100'000).size(), 100'000U);
}

TEST_F(SftpTest, ManyFoldersAreListedWithAllTheirFiles) {
  std::vector<std::string> names;
  for (int i = 0; i < 400; ++i) {
    const auto name =
        std::to_string(i % 7) + "/" + std::to_string(i % 100) + "/n" + std::to_string(i);
    fs::create_directories((root() / name).parent_path());
    std::ofstream(root() / name) << std::string(static_cast<std::size_t>(i), 'x');
    names.push_back(name);
  }
  std::ofstream(root() / ".new-left") << "x";
  fs::create_directories(root() / ".hidden");
  std::ofstream(root() / ".hidden" / "a") << "x";
  fs::create_symlink(root(), root() / "circle");
  std::sort(names.begin(), names.end());
  const auto found = client_.List(root());
  ASSERT_EQ(found.size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(found[i].name, names[i]);
    EXPECT_EQ(std::to_string(found[i].bytes), names[i].substr(names[i].rfind('n') + 1));
  }
}

TEST_F(SftpTest, FoldersAreMadeWithThoseAboveThem) {
  client_.MakeFolder(root() / "a/b/c");
  client_.MakeFolder(root() / "a/b/c");
  EXPECT_TRUE(fs::is_directory(root() / "a/b/c"));
  std::ofstream(root() / "file") << "x";
  EXPECT_THROW(client_.MakeFolder(root() / "file/b"), Problem);
}

TEST_F(SftpTest, FreeBytesAreTold) {
  const auto free = client_.FreeBytes(root());
  ASSERT_TRUE(free);
  const auto space = fs::space(root()).available;
  EXPECT_NEAR(static_cast<double>(*free), static_cast<double>(space), 2e9);
}

TEST_F(ClientTest, WhatDoesNotSpeakSftpIsToldSo) {
  for (const auto& program :
       std::vector<std::vector<std::string>>{{"echo", "Welcome to this machine"},
                                             {"cat"},
                                             {"sh", "-c", "printf '\\377\\377\\377\\377'"}}) {
    Client client(Options(program));
    const auto problem = ProblemOf([&] { client.Has("a"); });
    EXPECT_EQ(problem.kind(), ProblemKind::kInternal) << program[0] << ": " << problem.told();
    EXPECT_NE(std::string(problem.told()).find("does not speak SFTP"), std::string::npos);
  }
}

TEST_F(ClientTest, AProgramThatEndsIsTriedAgainAndItsWordsAreTold) {
  const auto count = folder_ / "count";
  Client client(Options({"sh", "-c", "echo x >> " + count.string() + "; echo 'no route.' >&2"}));
  const auto problem = ProblemOf([&] { client.Has("a"); });
  EXPECT_EQ(problem.kind(), ProblemKind::kBusy);
  EXPECT_EQ(std::string(problem.told()), "ssh://the-test broke off: no route.");
  EXPECT_EQ(ReadFile(count), "x\nx\nx\nx\n");
}

TEST_F(ClientTest, AProgramThatIsMissingIsToldSo) {
  Client client(Options({"no-such-program-of-ours"}));
  EXPECT_EQ(ProblemOf([&] { client.Has("a"); }).kind(), ProblemKind::kInternal);
}

TEST_F(ClientTest, SilenceIsGivenUp) {
  auto options = Options({"sleep", "1000"});
  options.answer_time = milliseconds(300);
  options.tries = 2;
  Client client(options);
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(ProblemOf([&] { client.Has("a"); }).kind(), ProblemKind::kBusy);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(10));
}

TEST_F(ClientTest, WaitingEndsWhenTheServerStops) {
  Client client(Options({"sleep", "1000"}));
  std::thread stopper([&] {
    std::this_thread::sleep_for(milliseconds(200));
    client.Interrupt();
  });
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(ProblemOf([&] { client.Has("a"); }).kind(), ProblemKind::kPaused);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(5));
  stopper.join();
}

/// Against a real sshd.
class SshTest : public ClientTest {
 protected:
  void SetUp() override {
    if (!server_.missing().empty()) GTEST_SKIP() << server_.missing();
    relay_.emplace(server_.port());
  }
  ClientOptions ThroughSsh() const {
    return Options(
        SshProgram({server_.user(), "127.0.0.1", relay_->port(), server_.client_config()}));
  }

  sftp_testing::SshServer server_{folder_ / "ssh"};
  std::optional<http_testing::Relay> relay_;
};

TEST_F(SshTest, FilesGoThereAndComeBackOverOneConnection) {
  Client client(ThroughSsh());
  const std::string large(3'000'000, 's');
  client.Put(root(), "a/b", large);
  EXPECT_EQ(ReadFile(root() / "a/b"), large);
  EXPECT_EQ(client.Get(root() / "a/b", kAnyBytes), large);
  EXPECT_EQ(client.List(root()).size(), 1U);
  client.Remove(root() / "a/b");
  EXPECT_FALSE(client.Has(root() / "a/b"));
  EXPECT_EQ(relay_->connections(), 1);
}

TEST_F(SshTest, AConnectionThatIsCutLeavesNothingHalf) {
  Client client(ThroughSsh());
  const std::string bytes(2'000'000, 'c');
  for (const std::int64_t after : {0, 3'000, 500'000, 1'900'000}) {
    relay_->CutNextAfter(after);
    relay_->Cut();
    const auto name = "n" + std::to_string(after);
    client.Put(root(), name, bytes);
    EXPECT_EQ(ReadFile(root() / name), bytes);
    relay_->CutNextAfter(after);
    relay_->Cut();
    EXPECT_EQ(client.Get(root() / name, kAnyBytes), bytes);
  }
  client.Put(root(), "last", "x");
  EXPECT_EQ(Files(), 5) << "files without a name were left";
}

TEST_F(SshTest, AMachineThatIsAwayIsUsedWhenItIsBack) {
  Client client(ThroughSsh());
  client.Put(root(), "a", "x");
  relay_->TakeAway();
  const auto problem = ProblemOf([&] { client.Put(root(), "b", "y"); });
  EXPECT_EQ(problem.kind(), ProblemKind::kBusy);
  EXPECT_NE(std::string(problem.told()).find("refused"), std::string::npos) << problem.told();
  relay_->BringBack();
  client.Put(root(), "b", "y");
  EXPECT_EQ(Files(), 2);
}

TEST_F(SshTest, AMachineWithAnotherKeyIsNotSpokenTo) {
  server_.ForgetHostKey();
  Client client(ThroughSsh());
  const auto problem = ProblemOf([&] { client.Put(root(), "a", "x"); });
  EXPECT_EQ(problem.kind(), ProblemKind::kForbidden) << problem.told();
  EXPECT_EQ(Files(), 0);
}

TEST_F(SshTest, WhoIsNotLetInIsToldWhatToDo) {
  server_.ForgetUserKey();
  Client client(ThroughSsh());
  const auto problem = ProblemOf([&] { client.Put(root(), "a", "x"); });
  EXPECT_EQ(problem.kind(), ProblemKind::kForbidden);
  EXPECT_NE(std::string(problem.told()).find("authorized_keys"), std::string::npos);
}

}  // namespace
}  // namespace outpost::sftp
