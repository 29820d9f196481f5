#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// Reads just enough of an HTTP/1.1 answer to know its status and where it ends.
namespace outpost::loadtest::detail {

class AnswerReader {
 public:
  struct Answer {
    int status = 0;
    bool closes = false;  // the server ends the connection after it
  };

  void Reset() { received_.clear(); }
  void Add(std::string_view bytes) { received_ += bytes; }
  bool HasBegun() const { return !received_.empty(); }
  /// The answer once it is whole. One that cannot be read has status 0 and closes.
  std::optional<Answer> Take() const;

 private:
  std::string received_;
};

}  // namespace outpost::loadtest::detail
