#include "operations/backup/detail/s3_credentials.h"

#include <sys/stat.h>

#include <cstdlib>

#include "base/problem.h"
#include "base/text.h"
#include "operations/backup/files.h"

namespace outpost::backup::detail {
namespace {

constexpr off_t kFileBytesMax = 64 * 1024;

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

void CheckFile(const std::filesystem::path& file) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) return;  // reading it says why
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw Problem(ProblemKind::kInternal, "Others can read " + file.string() +
                                              ", which holds the keys of the backup's store. Run: "
                                              "chmod 600 " +
                                              file.string());
  }
  if (facts.st_size > kFileBytesMax) {
    throw Problem(ProblemKind::kInternal,
                  file.string() + " is no file with keys: it is too large.");
  }
}

}  // namespace

objects::Credentials LoadS3Credentials(const std::filesystem::path& file) {
  objects::Credentials found;
  if (file.empty()) {
    found = {Variable("AWS_ACCESS_KEY_ID"), Variable("AWS_SECRET_ACCESS_KEY"),
             Variable("AWS_SESSION_TOKEN"), "of the environment"};
  } else {
    CheckFile(file);
    const auto text = ReadWhole(file);
    found.source = "of " + file.string();
    bool is_default = true;
    for (const auto raw : Split(text, '\n')) {
      const auto line = Trim(raw);
      if (line.starts_with('[')) is_default = line == "[default]";
      const auto equals = line.find('=');
      if (!is_default || line.starts_with('#') || equals == std::string_view::npos) continue;
      const auto name = ToLower(Trim(line.substr(0, equals)));
      const std::string value(Trim(line.substr(equals + 1)));
      if (name == "aws_access_key_id") found.access_key = value;
      if (name == "aws_secret_access_key") found.secret_key = value;
      if (name == "aws_session_token") found.session_token = value;
    }
  }
  if (found.access_key.empty() || found.secret_key.empty()) {
    throw Problem(ProblemKind::kForbidden,
                  file.empty()
                      ? "The backup's store wants keys: set AWS_ACCESS_KEY_ID and "
                        "AWS_SECRET_ACCESS_KEY in the environment, or name a file with "
                        "credentials=FILE in the address."
                      : file.string() +
                            " has no aws_access_key_id and aws_secret_access_key below [default].");
  }
  return found;
}

}  // namespace outpost::backup::detail
