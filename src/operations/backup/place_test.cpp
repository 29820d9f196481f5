#include "operations/backup/place.h"

#include <gtest/gtest.h>

#include <string>

#include "base/problem.h"

namespace outpost::backup {
namespace {

S3Place S3(const std::string& where) { return std::get<S3Place>(ParsePlace(where)); }
SshPlace Ssh(const std::string& where) { return std::get<SshPlace>(ParsePlace(where)); }

TEST(PlaceTest, AFolderIsWrittenAsAPath) {
  EXPECT_EQ(TextOf(ParsePlace("/mnt/backup/")), "/mnt/backup");
  EXPECT_EQ(TextOf(ParsePlace("/mnt/x/../backup")), "/mnt/backup");
  EXPECT_FALSE(IsOffSite(ParsePlace("/mnt/backup")));
}

TEST(PlaceTest, ABucketOfAmazonNeedsItsRegionOnly) {
  const auto place = S3("s3://backups/outpost/kenya/?region=eu-west-1");
  EXPECT_EQ(place.bucket, "backups");
  EXPECT_EQ(place.prefix, "outpost/kenya");
  EXPECT_EQ(place.endpoint, "https://s3.eu-west-1.amazonaws.com");
  EXPECT_FALSE(place.is_path_style);
  EXPECT_TRUE(S3("s3://back.ups").is_path_style);
  EXPECT_EQ(S3("s3://backups").region, "us-east-1");
  EXPECT_TRUE(IsOffSite(ParsePlace("s3://backups")));
}

TEST(PlaceTest, OtherStoresAreNamedWithTheirEndpoint) {
  const auto place = S3(
      "s3://backups/p?endpoint=https://s3.example.org:9000/&credentials=/etc/a%26b&ca=/etc/ca.pem");
  EXPECT_EQ(place.endpoint, "https://s3.example.org:9000");
  EXPECT_TRUE(place.is_path_style);
  EXPECT_EQ(place.credentials, "/etc/a&b");
  EXPECT_EQ(place.authorities, "/etc/ca.pem");
  EXPECT_FALSE(S3("s3://backups?endpoint=https://a.b&addresses=host").is_path_style);
  EXPECT_EQ(S3("s3://backups?endpoint=http://127.0.0.1:9000").endpoint, "http://127.0.0.1:9000");
}

TEST(PlaceTest, AFolderBehindSshIsAbsoluteOrBelowHome) {
  const auto place = Ssh("ssh://keeper@backup.example.org:2222/srv/outpost/?config=/etc/ssh%20c");
  EXPECT_EQ(place.user, "keeper");
  EXPECT_EQ(place.host, "backup.example.org");
  EXPECT_EQ(place.port, 2222);
  EXPECT_EQ(place.folder, "/srv/outpost");
  EXPECT_EQ(place.config, "/etc/ssh c");
  EXPECT_EQ(Ssh("ssh://host/~/outpost").folder, "outpost");
  EXPECT_EQ(Ssh("ssh://[2001:db8::1]:22/a").host, "2001:db8::1");
  EXPECT_EQ(Ssh("ssh://[2001:db8::1]/a").port, 0);
  EXPECT_TRUE(IsOffSite(ParsePlace("ssh://host/a")));
}

TEST(PlaceTest, TheOneWayToWriteItGivesTheSamePlace) {
  for (const std::string where :
       {"/mnt/backup", "s3://backups/p?region=eu-1&credentials=/a%26b", "s3://backups",
        "s3://backups?endpoint=http://[::1]:9000&addresses=host", "ssh://a@b:1/c?config=/d%20e",
        "ssh://b/~/c/d", "ssh://[::1]/c"}) {
    const auto text = TextOf(ParsePlace(where));
    EXPECT_EQ(TextOf(ParsePlace(text)), text) << where;
  }
}

TEST(PlaceTest, TheWayToAPlaceIsNoPartOfWhichPlaceItIs) {
  EXPECT_EQ(IdentityOf(ParsePlace("s3://backups/p?region=eu-1&endpoint=https://a&credentials=/x")),
            IdentityOf(ParsePlace("s3://backups/p/?endpoint=https://a/&ca=/y&addresses=host")));
  EXPECT_NE(IdentityOf(ParsePlace("s3://backups/p?region=eu-1")),
            IdentityOf(ParsePlace("s3://backups/q?region=eu-1")));
  EXPECT_EQ(IdentityOf(ParsePlace("ssh://a@b/c?config=/d")),
            IdentityOf(ParsePlace("ssh://a@b/c/")));
}

TEST(PlaceTest, WhatIsNoPlaceIsRefused) {
  for (const std::string where : {"ftp://host/a",
                                  "s3://",
                                  "s3://ab",
                                  "s3:///p",
                                  "s3://back ups",
                                  "s3://backups/../x",
                                  "s3://backups//x",
                                  "s3://backups?nothing",
                                  "s3://backups?nobody=knows",
                                  "s3://backups?addresses=other",
                                  "s3://backups?endpoint=s3.example.org",
                                  "s3://backups?endpoint=https://",
                                  "s3://backups?endpoint=http://s3.example.org",
                                  "s3://backups?endpoint=http://localhost.example.org",
                                  "s3://backups?endpoint=https://a/b",
                                  "s3://backups?endpoint=https://a@b",
                                  "s3://backups?region=a/b",
                                  "ssh://",
                                  "ssh://host",
                                  "ssh://host/",
                                  "ssh://host/~/",
                                  "ssh://-oProxyCommand=x/a",
                                  "ssh://-l@host/a",
                                  "ssh://host:0/a",
                                  "ssh://host:65536/a",
                                  "ssh://host:x/a",
                                  "ssh://ho st/a",
                                  "ssh://host/a/../b"}) {
    try {
      ParsePlace(where);
      ADD_FAILURE() << "taken: " << where;
    } catch (const Problem& problem) {
      EXPECT_EQ(problem.kind(), ProblemKind::kBadRequest) << where;
    }
  }
}

TEST(PlaceTest, APasswordThatWasWrittenThereIsNotRepeated) {
  for (const std::string where : {"s3://AKIAKEY:hunter2@backups/p", "ssh://user:hunter2@host/a",
                                  "s3://backups?secret=hunter2"}) {
    try {
      ParsePlace(where);
      ADD_FAILURE() << "taken: " << where;
    } catch (const Problem& problem) {
      EXPECT_EQ(std::string(problem.told()).find("hunter2"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace outpost::backup
