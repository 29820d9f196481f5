#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Reading of structured header values: parameters, quoted strings, lists.
namespace outpost::http::detail {

/// Walks over `name=value` and `name="quoted"` pairs separated by one character.
class Parameters {
 public:
  Parameters(std::string_view text, char separator) : left_(text), separator_(separator) {}

  struct Pair {
    std::string name;  // lower-case
    std::string value;
  };
  /// The next pair; empty at the end or, with is_malformed(), where the text makes no sense.
  std::optional<Pair> Next();
  bool is_malformed() const { return is_malformed_; }

 private:
  std::optional<std::string> TakeValue();

  std::string_view left_;
  char separator_;
  bool is_malformed_ = false;
};

/// Is `token` one of the comma-separated elements (without case; parameters after ';' ignored)?
bool ListHolds(std::string_view list, std::string_view token);
/// Does an Accept-Encoding value allow gzip (q=0 forbids)?
bool AcceptsGzip(std::string_view accept_encoding);
/// The last comma-separated element, trimmed.
std::string_view LastOfList(std::string_view list);

}  // namespace outpost::http::detail
