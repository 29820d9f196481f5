#include "operations/backup/base_copy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <string>

#include "base/problem.h"
#include "base/text.h"
#include "operations/backup/destination.h"
#include "operations/backup/files.h"
#include "operations/backup/layout.h"
#include "operations/backup/log_segment.h"
#include "operations/backup/own_program.h"

namespace outpost::backup {
namespace {

constexpr std::size_t kPartPages = 4'096;
[[noreturn]] void ThrowStopped() {
  throw Problem(ProblemKind::kPaused, "The base was not finished: the server stops.");
}

/// Lines of the child: "copied BYTES TOTAL", then "done PARTS PAGES CHECK" or "failed KIND WORDS".
struct ChildEnd {
  bool is_done = false;
  BaseCopied copied;
  std::string failure;
};

void ReadLine(std::string_view line, ChildEnd& end, const CopyProgress& progress, bool& goes_on) {
  const auto words = Split(line, ' ');
  if (words[0] == "copied" && words.size() == 3) {
    goes_on = goes_on && progress(ParseInt(words[1]).value_or(0), ParseInt(words[2]).value_or(0));
  } else if (words[0] == "done" && words.size() == 4) {
    end.copied.parts = ParseInt(words[1]).value_or(0);
    end.copied.pages = ParseInt(words[2]).value_or(0);
    const auto check = BytesOfHex(words[3]);
    end.is_done = check && check->size() == end.copied.last_check.size();
    if (end.is_done) std::copy(check->begin(), check->end(), end.copied.last_check.begin());
  } else if (words[0] == "failed") {
    end.failure = line.substr(7);
  }
}

}  // namespace

BaseCopied CopyBase(const BasePlan& plan, const CopyProgress& progress) {
  const auto key = LoadBackupKey(plan.key_file);
  const auto destination =
      OpenDestination(plan.where, Opening::kWrite, std::make_shared<Pacer>(plan.bytes_per_second));
  const Descriptor file(::open(plan.database_file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts {};
  if (file.number() < 0 || ::fstat(file.number(), &facts) != 0) {
    ThrowFileProblem(plan.database_file, errno);
  }
  BaseCopied copied;
  ParcelHead head;
  head.kind = ParcelKind::kBasePart;
  head.database = plan.database;
  head.series = plan.base;
  std::string pages(kPartPages * kPageBytes, '\0');
  for (;;) {
    const auto offset = copied.pages * static_cast<std::int64_t>(kPageBytes);
    const auto got = ReadUpTo(file.number(), offset, pages.data(), pages.size());
    const auto whole = got / kPageBytes;
    if (whole == 0) break;  // a page that is only begun is in the log as well
    head.number = copied.parts;
    head.first_seq = copied.pages + 1;
    head.last_seq = copied.pages + static_cast<std::int64_t>(whole);
    head.previous = copied.last_check;
    const auto parcel =
        SealParcel(key, head, std::string_view(pages).substr(0, whole * kPageBytes));
    destination->Put(BasePartName(plan.base, copied.parts), parcel.bytes);
    copied.last_check = parcel.check;
    copied.pages = head.last_seq;
    ++copied.parts;
    if (!progress(copied.pages * static_cast<std::int64_t>(kPageBytes),
                  std::max<std::int64_t>(facts.st_size,
                                         copied.pages * static_cast<std::int64_t>(kPageBytes)))) {
      ThrowStopped();
    }
    if (whole < kPartPages) break;
  }
  return copied;
}

BaseCopied CopyBaseInChild(const BasePlan& plan, const CopyProgress& progress) {
  ChildEnd end;
  bool goes_on = true;
  RunOwnProgram(
      {"outpost", "backup", "copy-base", "--database", plan.database_file.string(), "--to",
       plan.where, "--key", plan.key_file.string(), "--base", HexOf(plan.base), "--id",
       outpost::HexOf(plan.database), "--bytes-per-second", std::to_string(plan.bytes_per_second)},
      [&](std::string_view line) {
        ReadLine(line, end, progress, goes_on);
        return goes_on;
      });
  if (!goes_on) ThrowStopped();
  if (!end.is_done) {
    throw Problem(ProblemKind::kInternal,
                  "The base was not finished: " +
                      (end.failure.empty() ? std::string("its process ended.") : end.failure));
  }
  return end.copied;
}

void RunBaseChild(const BasePlan& plan) {
  StandBack();
  const auto say = [](const std::string& line) { std::cout << line << std::endl; };
  try {
    const auto copied = CopyBase(plan, [&](std::int64_t done, std::int64_t total) {
      say(fmt::format("copied {} {}", done, total));
      return std::cout.good();  // else the server is gone
    });
    say(fmt::format("done {} {} {}", copied.parts, copied.pages,
                    outpost::HexOf(copied.last_check)));
  } catch (const Problem& problem) {
    say("failed " + std::string(problem.told()));
    throw;
  }
}

}  // namespace outpost::backup
