#include "cli/ask_password.h"

#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "base/problem.h"
#include "crypto/digests.h"

namespace outpost::cli {
namespace {

/// No echo while it lives.
class SilentTerminal {
 public:
  SilentTerminal() {
    is_changed_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!is_changed_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (is_changed_) (void)::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

 private:
  termios before_{};
  bool is_changed_ = false;
};

std::string ReadLine() {
  std::string line;
  std::getline(std::cin, line);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::string AskSilently(const char* question) {
  std::cerr << question << std::flush;
  const SilentTerminal silent;
  auto answer = ReadLine();
  std::cerr << '\n';
  return answer;
}

}  // namespace

AskedPassword AskPassword(bool from_stdin, bool generate) {
  if (from_stdin) {
    auto line = ReadLine();
    if (line.empty()) {
      throw Problem(ProblemKind::kBadRequest, "Standard input holds no password.");
    }
    return {std::move(line), false};
  }
  if (generate || ::isatty(STDIN_FILENO) == 0) return {crypto::NewPassword(), true};
  auto password = AskSilently("New password (empty: make one): ");
  if (password.empty()) return {crypto::NewPassword(), true};
  if (AskSilently("The same again: ") != password) {
    throw Problem(ProblemKind::kBadRequest, "The two passwords differ. Nothing was changed.");
  }
  return {std::move(password), false};
}

}  // namespace outpost::cli
