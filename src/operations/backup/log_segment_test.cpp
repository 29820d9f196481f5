#include "operations/backup/log_segment.h"

#include <gtest/gtest.h>

#include <string>

#include "base/problem.h"

namespace outpost::backup {
namespace {

std::string PageOf(char fill) { return std::string(kPageBytes, fill); }

TEST(LogSegmentTest, EveryVersionOfAPageIsKeptInTheOrderOfPagesAndCommits) {
  const auto a = PageOf('a'), b = PageOf('b'), c = PageOf('c');
  LogSegment segment;
  segment.commits = {{10, {1}, 3}, {11, {2}, 4}};
  segment.pages = {{3, 0, a}, {1, 0, b}, {3, 1, c}};
  const auto bytes = WriteSegment(segment);
  const auto read = ReadSegment(bytes);
  ASSERT_EQ(read.commits.size(), 2U);
  EXPECT_EQ(read.commits[1].seq, 11);
  EXPECT_EQ(read.commits[1].at.micros, 2);
  EXPECT_EQ(read.commits[1].database_pages, 4U);
  ASSERT_EQ(read.pages.size(), 3U);
  EXPECT_EQ(read.pages[0].number, 1U);
  EXPECT_EQ(read.pages[0].bytes, b);
  EXPECT_EQ(read.pages[1].commit, 0U);
  EXPECT_EQ(read.pages[1].bytes, a);
  EXPECT_EQ(read.pages[2].commit, 1U);
  EXPECT_EQ(read.pages[2].bytes, c);
}

TEST(LogSegmentTest, APageWrittenTwiceInOneCommitIsStoredOnce) {
  const auto a = PageOf('a'), b = PageOf('b');
  LogSegment segment;
  segment.commits = {{10, {1}, 3}};
  segment.pages = {{3, 0, a}, {3, 0, b}};
  const auto bytes = WriteSegment(segment);
  const auto read = ReadSegment(bytes);
  ASSERT_EQ(read.pages.size(), 1U);
  EXPECT_EQ(read.pages[0].bytes, b);
}

TEST(LogSegmentTest, OnlyTheLastCommitMayGoOnInTheNextSegment) {
  const auto a = PageOf('a');
  LogSegment segment;
  segment.commits = {{10, {1}, 3}, {0, {0}, 0}};
  segment.pages = {{3, 0, a}, {4, 1, a}};
  EXPECT_EQ(ReadSegment(WriteSegment(segment)).commits.back().database_pages, 0U);
  std::swap(segment.commits[0], segment.commits[1]);
  EXPECT_THROW(ReadSegment(WriteSegment(segment)), Problem);
}

TEST(LogSegmentTest, ACommitThatGoesOnInTheNextSegmentBecomesOneWhenTheyAreJoined) {
  const auto a = PageOf('a'), b = PageOf('b');
  LogSegment first;
  first.commits = {{10, {1}, 3}, {0, {0}, 0}};
  first.pages = {{1, 0, a}, {2, 1, a}};
  LogSegment second;
  second.commits = {{11, {2}, 5}, {12, {3}, 5}};
  second.pages = {{4, 0, b}, {2, 1, b}};
  AppendSegment(first, second);
  const auto bytes = WriteSegment(first);
  const auto read = ReadSegment(bytes);
  ASSERT_EQ(read.commits.size(), 3U);
  EXPECT_EQ(read.commits[1].seq, 11);
  ASSERT_EQ(read.pages.size(), 4U);
  EXPECT_EQ(read.pages[1].number, 2U);
  EXPECT_EQ(read.pages[1].commit, 1U);
  EXPECT_EQ(read.pages[2].number, 2U);
  EXPECT_EQ(read.pages[2].commit, 2U);
  EXPECT_EQ(read.pages[3].commit, 1U);
}

TEST(LogSegmentTest, WhatIsNoSegmentIsRefused) {
  const auto a = PageOf('a');
  LogSegment segment;
  segment.commits = {{10, {1}, 3}};
  segment.pages = {{3, 0, a}};
  const auto whole = WriteSegment(segment);
  EXPECT_THROW(ReadSegment(""), Problem);
  EXPECT_THROW(ReadSegment(whole.substr(0, whole.size() - 1)), Problem);
  EXPECT_THROW(ReadSegment(whole + "x"), Problem);
  auto many = whole;
  many[4] = '\xff';  // claims more pages than there are bytes
  EXPECT_THROW(ReadSegment(many), Problem);
  segment.pages = {{0, 0, a}};
  EXPECT_THROW(ReadSegment(WriteSegment(segment)), Problem);
  segment.pages = {{1, 1, a}};
  EXPECT_THROW(ReadSegment(WriteSegment(segment)), Problem);
}

}  // namespace
}  // namespace outpost::backup
