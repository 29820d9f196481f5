#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <numeric>

#include "base/problem.h"
#include "operations/loadtest/detail/answer_reader.h"
#include "operations/loadtest/ledger.h"
#include "operations/loadtest/percentiles.h"
#include "operations/loadtest/report.h"
#include "operations/loadtest/verify.h"
#include "store/sql/testing/scratch_folder.h"

namespace outpost::loadtest {
namespace {

struct RankCase {
  std::size_t samples;  // 1, 2, 3 … in some order
  double percent;
  std::uint32_t expected;
};

TEST(Percentiles, AreTheNearestRankOfAllSamples) {
  for (const auto& c :
       {RankCase{1, 50, 1}, RankCase{1, 100, 1}, RankCase{2, 50, 1}, RankCase{3, 50, 2},
        RankCase{4, 75, 3}, RankCase{5, 99, 5}, RankCase{100, 99, 99}, RankCase{100, 50, 50},
        RankCase{101, 50, 51}, RankCase{1000, 99.9, 999}, RankCase{1001, 99.9, 1000},
        RankCase{1000, 100, 1000}, RankCase{1000, 0.1, 1}}) {
    std::vector<std::uint32_t> samples(c.samples);
    std::iota(samples.begin(), samples.end(), 1u);
    SeededRandom random(7);
    for (std::size_t i = samples.size(); i > 1; --i) {
      std::swap(samples[i - 1], samples[random.Below(i)]);
    }
    EXPECT_EQ(NearestRank(samples, c.percent), c.expected) << c.samples << " " << c.percent;
  }
  EXPECT_EQ(NearestRank({}, 50), 0u);
}

LedgerEntry EntryFrom(SeededRandom& random, bool is_acknowledged = true) {
  return {random.NextUuid(), random.NextUuid(), is_acknowledged};
}

TEST(Ledger, IsReadBackFromItsFileWithoutAHalfLine) {
  const sql_testing::ScratchFolder folder;
  const auto file = folder.path() / "ledger";
  SeededRandom random(1);
  std::vector<LedgerEntry> entries;
  {
    Ledger ledger(file);
    for (int i = 0; i < 50; ++i) ledger.Add(EntryFrom(random, i % 3 != 0));
    entries = ledger.entries();
  }
  std::ofstream(file, std::ios::app) << LineOf(entries.front()).substr(0, 20);
  const auto back = Ledger::Read(file);
  ASSERT_EQ(back.size(), entries.size());
  for (std::size_t i = 0; i < back.size(); ++i) EXPECT_EQ(LineOf(back[i]), LineOf(entries[i]));
}

TEST(Ledger, AFileThatIsNoneIsRefused) {
  const sql_testing::ScratchFolder folder;
  std::ofstream(folder.path() / "x") << "nonsense\nmore\n";
  EXPECT_THROW(Ledger::Read(folder.path() / "x"), Problem);
  EXPECT_THROW(Ledger::Read(folder.path() / "absent"), Problem);
  EXPECT_THROW(Ledger(folder.path() / "no" / "folder"), Problem);
}

TEST(Slices, HoldAllEntriesOfACaseTogether) {
  SeededRandom random(2);
  std::vector<Uuid> cases(300);
  for (auto& one : cases) one = random.NextUuid();
  std::vector<LedgerEntry> entries;
  for (int i = 0; i < 5000; ++i) {
    entries.push_back({random.NextUuid(), cases[random.Below(cases.size())], true});
  }
  const auto slices = SliceByCase(entries);
  EXPECT_GT(slices.size(), 1u);
  std::map<Uuid, std::size_t> slice_of;
  std::size_t total = 0;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    total += slices[i].size();
    for (const auto& entry : slices[i]) {
      const auto [at, is_new] = slice_of.try_emplace(entry.case_id, i);
      EXPECT_EQ(at->second, i);
    }
  }
  EXPECT_EQ(total, entries.size());
  EXPECT_TRUE(SliceByCase({}).empty());
}

struct AnswerCase {
  std::string name;
  std::string bytes;
  int status;  // -1: not whole yet
  bool closes;
};

TEST(AnswerReader, KnowsWhereAnAnswerEnds) {
  const AnswerCase cases[] = {
      {"nothing yet", "", -1, false},
      {"half a head", "HTTP/1.1 201 Created\r\nContent-", -1, false},
      {"half a body", "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nab", -1, false},
      {"whole", "HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\nab", 201, false},
      {"no body", "HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n", 429, false},
      {"closing", "HTTP/1.1 503 x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 503, true},
      {"half of chunks", "HTTP/1.1 201 x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", -1,
       false},
      {"chunks", "HTTP/1.1 201 x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", 201,
       false},
      {"a status that is none", "HTTP/1.1 -01 x\r\nContent-Length: 0\r\n\r\n", 0, true},
      {"another protocol", "SSH-2.0-x\r\n\r\n", 0, true},
  };
  for (const auto& c : cases) {
    detail::AnswerReader reader;
    reader.Add(c.bytes);
    const auto answer = reader.Take();
    ASSERT_EQ(answer.has_value(), c.status >= 0) << c.name;
    if (!answer) continue;
    EXPECT_EQ(answer->status, c.status) << c.name;
    EXPECT_EQ(answer->closes, c.closes) << c.name;
  }
}

TEST(AnswerReader, GivesTheBodyInPiecesWhateverPiecesItComesIn) {
  const std::string chunked =
      "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
      "3;name=value\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
  const std::string counted =
      "HTTP/1.1 202 x\r\nRetry-After: 5\r\nContent-Length: 13\r\n\r\nabc0123456789";
  for (const auto& bytes : {chunked, counted}) {
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
      detail::AnswerReader reader;
      std::string body;
      reader.Reset([&](std::string_view piece, const detail::AnswerReader::Answer& answer) {
        body += piece;
        EXPECT_EQ(answer.is_gzip, bytes == chunked);
      });
      for (std::size_t at = 0; at < bytes.size(); at += size) {
        EXPECT_FALSE(reader.Take()) << size;
        reader.Add(std::string_view(bytes).substr(at, size));
      }
      const auto answer = reader.Take();
      ASSERT_TRUE(answer) << size;
      EXPECT_EQ(body, "abc0123456789");
      EXPECT_EQ(answer->body_bytes, 13u);
      EXPECT_EQ(answer->retry_after, bytes == chunked ? 0 : 5);
    }
  }
}

TEST(AnswerReader, ChunksThatAreNoneCannotBeRead) {
  for (const char* body : {"x\r\n", "2\r\nabc\r\n", "\r\n"}) {
    detail::AnswerReader reader;
    reader.Add("HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n");
    reader.Add(body);
    const auto answer = reader.Take();
    ASSERT_TRUE(answer) << body;
    EXPECT_EQ(answer->status, 0);
    EXPECT_TRUE(answer->closes);
  }
}

TEST(Report, PassesOnlyWhenNothingIsLostAndFewErrorsHappened) {
  SubmitResult result;
  result.acknowledged = 1000;
  result.elapsed_micros = 2'000'000;
  result.samples.assign(1000, 5'000);
  result.per_second = {600, 400};
  auto summary = Summarise(result);
  EXPECT_DOUBLE_EQ(summary.forms_per_second, 500);
  EXPECT_TRUE(Passed(summary, nullptr));

  VerifyResult verified;
  verified.checked = 1000;
  EXPECT_TRUE(Passed(summary, &verified));
  verified.missing = 1;
  EXPECT_FALSE(Passed(summary, &verified));
  EXPECT_NE(TextOf(result, summary, &verified).find("NOT PASSED"), std::string::npos);

  result.errors["503"] = 100;
  EXPECT_FALSE(Passed(Summarise(result), nullptr));
  result.errors.clear();
  result.samples.assign(1000, 3'000'000);
  EXPECT_FALSE(Passed(Summarise(result), nullptr)) << "slower than 2 s";
}

TEST(Report, AVerdictSurvivesTheWayOverTheSocket) {
  VerifyResult result;
  result.checked = 5;
  result.missing = 1;
  result.doubled = 2;
  result.wrong_transactions = 3;
  result.examples = {"form x"};
  const auto back = VerifyResultOf(JsonOf(result));
  EXPECT_EQ(JsonOf(back), JsonOf(result));
  EXPECT_FALSE(back.is_exact());
  EXPECT_THROW(VerifyResultOf("{}"), Problem);
}

}  // namespace
}  // namespace outpost::loadtest
