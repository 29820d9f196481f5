#pragma once

#include <string>

namespace outpost::cli {

struct AskedPassword {
  std::string text;
  bool is_generated = false;  // show it: nobody else will
};

/// Where a command takes a new password from: the first line of standard input when from_stdin;
/// asked twice on a terminal, without echo, where an empty answer means "make one"; else made.
/// @throws Problem kBadRequest when the two differ or standard input is empty.
AskedPassword AskPassword(bool from_stdin, bool generate);

}  // namespace outpost::cli
