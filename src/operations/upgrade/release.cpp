#include "operations/upgrade/release.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::upgrade {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t kNotesBytesMax = 4 << 20;

std::string Quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string OutputOf(const fs::path& program, const char* words) {
  const auto command = Quoted(fs::absolute(program).string()) + " " + words + " 2>/dev/null";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "re"),
                                                             ::pclose);
  std::string text;
  char piece[4'096];
  while (pipe && text.size() < kNotesBytesMax) {
    const auto got = std::fread(piece, 1, sizeof(piece), pipe.get());
    if (got == 0) break;
    text.append(piece, got);
  }
  return text;
}

[[noreturn]] void ThrowFile(const fs::path& path, int error) {
  const bool is_denied = error == EACCES || error == EPERM || error == EROFS;
  throw Problem(is_denied ? ProblemKind::kForbidden
                          : (error == ENOSPC ? ProblemKind::kStorageFull : ProblemKind::kInternal),
                path.string() + ": " + std::strerror(error) +
                    (is_denied ? ". Run this as the owner of the program, such as root." : "."));
}

void SyncPath(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) ThrowFile(path, errno);
  const int result = ::fsync(file);
  const int error = errno;
  ::close(file);
  if (result != 0) ThrowFile(path, error);
}

void Rename(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) ThrowFile(to, errno);
}

void JudgeChange(const Change& change, const Question& question, bool is_forward,
                 Verdict& verdict) {
  const auto named = "Change " + std::to_string(change.number) + " (" + change.title + ")";
  const bool is_done =
      std::find(question.done.begin(), question.done.end(), change.number) != question.done.end();
  if (!is_forward) {
    if (!change.is_reversible) {
      verdict.obstacles.push_back(named +
                                  " cannot be undone by a switch: restore the backup of the "
                                  "position that was marked before the upgrade.");
    }
    return;
  }
  if (change.needs_action && !is_done) {
    verdict.obstacles.push_back(named +
                                " asks for something to be done first. When it is: --done " +
                                std::to_string(change.number));
  }
  if (!change.min_from_version.empty() &&
      CompareVersions(question.from_version, change.min_from_version) < 0) {
    verdict.obstacles.push_back(named + " needs release " + change.min_from_version +
                                " at least: upgrade to that one first.");
  }
  if (!change.is_reversible && !question.is_shipped) {
    verdict.obstacles.push_back(named +
                                " cannot be undone by a switch, and no backup runs. Set [backup] "
                                "to, so that there is a way back.");
  }
  if (change.needs_downtime) verdict.remarks.push_back(named + " needs downtime.");
}

}  // namespace

std::string JsonOf(const Release& release) {
  return json::serialize(json::object{{"version", release.version},
                                      {"newest_step", release.newest_step},
                                      {"changes", json::parse(JsonOf(release.changes))}});
}

Release ReleaseOf(std::string_view text) {
  try {
    const auto value = json::parse(text);
    const auto& object = value.as_object();
    Release release;
    release.version = object.at("version").as_string();
    release.newest_step = object.at("newest_step").as_int64();
    release.changes = ChangesOf(json::serialize(object.at("changes")));
    return release;
  } catch (const std::exception& error) {
    throw Problem(ProblemKind::kUnprocessable,
                  std::string("The program does not say what it is: ") + error.what());
  }
}

Release AskRelease(const fs::path& program) {
  const auto notes = OutputOf(program, "upgrade notes");
  if (!notes.empty()) return ReleaseOf(notes);
  // Before 0.2.0 a program could tell no more than its number.
  Release release;
  release.version = Trim(OutputOf(program, "--version"));
  if (std::count(release.version.begin(), release.version.end(), '.') != 2) {
    throw Problem(ProblemKind::kUnprocessable,
                  program.string() + " is no program of Outpost that runs on this machine.");
  }
  return release;
}

fs::path PreviousOf(const fs::path& program) { return program.string() + ".previous"; }

void Install(const fs::path& fresh, const fs::path& program) {
  const fs::path copy = program.string() + ".new";
  std::error_code error;
  fs::remove(copy, error);
  fs::copy_file(fresh, copy, error);
  if (error) ThrowFile(copy, error.value());
  fs::permissions(copy, fs::perms(0755), error);
  SyncPath(copy);
  const fs::path kept = program.string() + ".keep";
  fs::remove(kept, error);
  if (::link(program.c_str(), kept.c_str()) != 0) ThrowFile(kept, errno);
  Rename(kept, PreviousOf(program));
  Rename(copy, program);
  SyncPath(program.parent_path());
}

void Return(const fs::path& program) {
  if (!fs::exists(PreviousOf(program))) {
    throw Problem(ProblemKind::kNotFound,
                  "There is no previous program: " + PreviousOf(program).string() + ".");
  }
  const fs::path undone = program.string() + ".undone";
  std::error_code ignored;
  fs::remove(undone, ignored);
  if (::link(program.c_str(), undone.c_str()) != 0) ThrowFile(undone, errno);
  Rename(PreviousOf(program), program);
  Rename(undone, PreviousOf(program));
  SyncPath(program.parent_path());
}

Verdict Judge(const Question& question) {
  const auto direction = CompareVersions(question.to_version, question.from_version);
  const bool is_forward = direction >= 0;
  Verdict verdict;
  verdict.changes = is_forward
                        ? Between(question.changes, question.from_version, question.to_version)
                        : Between(question.changes, question.to_version, question.from_version);
  for (const auto& change : verdict.changes) JudgeChange(change, question, is_forward, verdict);
  if (question.newest_step > 0 && question.oldest_step_allowed &&
      *question.oldest_step_allowed > question.newest_step) {
    verdict.obstacles.push_back("The data is of a newer release that " + question.to_version +
                                " cannot work with.");
  }
  if (direction == 0) verdict.remarks.push_back("Both are release " + question.to_version + ".");
  if (!question.is_shipped) {
    verdict.remarks.push_back(
        "No backup runs: the switch can be undone, but there is no position "
        "to go back to.");
  }
  if (question.newest_step > question.data_newest_step) {
    verdict.remarks.push_back("The schema gets " +
                              std::to_string(question.newest_step - question.data_newest_step) +
                              " steps, which only add: the previous release serves it too.");
  }
  return verdict;
}

}  // namespace outpost::upgrade
