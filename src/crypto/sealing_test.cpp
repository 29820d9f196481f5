#include "crypto/sealing.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/ids.h"
#include "base/problem.h"

namespace outpost::crypto {
namespace {

class Sealing : public testing::Test {
 protected:
  Sealing() { std::filesystem::create_directories(folder_); }
  ~Sealing() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file() const { return folder_ / "server.key"; }

 private:
  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / NewHexId();
};

TEST_F(Sealing, TheKeyIsCreatedOnceForItsOwnerOnly) {
  const auto sealed = ServerKey::LoadOrCreate(file()).Seal("digest", "secret");
  struct stat facts {};
  ASSERT_EQ(::stat(file().c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  EXPECT_EQ(ServerKey::LoadOrCreate(file()).Unseal("digest", sealed), "secret");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(file().parent_path()), {}), 1);
}

TEST_F(Sealing, ASecretOpensUnderItsKeyAndContextUnalteredOnly) {
  const auto key = ServerKey::LoadOrCreate(file());
  const auto sealed = key.Seal("digest", "secret");
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_NE(sealed, key.Seal("digest", "secret"));
  EXPECT_EQ(key.Unseal("totp", sealed), std::nullopt);
  EXPECT_EQ(key.Unseal("digest", ""), std::nullopt);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto altered = sealed;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_EQ(key.Unseal("digest", altered), std::nullopt) << "byte " << i;
  }
  EXPECT_EQ(key.Unseal("digest", key.Seal("digest", "")), "");
  std::filesystem::remove(file());
  EXPECT_EQ(ServerKey::LoadOrCreate(file()).Unseal("digest", sealed), std::nullopt);
}

TEST_F(Sealing, DerivedKeysDifferByPurposeAndStay) {
  const auto key = ServerKey::LoadOrCreate(file());
  EXPECT_EQ(key.Derive("nonces").size(), 32U);
  EXPECT_EQ(key.Derive("nonces"), ServerKey::LoadOrCreate(file()).Derive("nonces"));
  EXPECT_NE(key.Derive("nonces"), key.Derive("remembered"));
}

TEST_F(Sealing, AKeyFileThatOthersCanReadIsRefusedWithTheRemedy) {
  ServerKey::LoadOrCreate(file());
  ::chmod(file().c_str(), 0640);
  try {
    ServerKey::LoadOrCreate(file());
    FAIL() << "accepted";
  } catch (const Problem& problem) {
    EXPECT_NE(std::string(problem.told()).find("chmod 600 " + file().string()), std::string::npos);
  }
}

TEST_F(Sealing, ADamagedKeyFileIsRefusedAndNotReplaced) {
  for (const std::string text : {"", "00ff", "zz", "\n"}) {
    std::ofstream(file()) << text;
    ::chmod(file().c_str(), 0600);
    EXPECT_THROW(ServerKey::LoadOrCreate(file()), Problem) << text;
    EXPECT_EQ(std::filesystem::file_size(file()), text.size());
  }
  std::ofstream(file()) << std::string(66, 'a');
  EXPECT_THROW(ServerKey::LoadOrCreate(file()), Problem);
}

}  // namespace
}  // namespace outpost::crypto
