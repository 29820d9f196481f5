#pragma once

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// The text of a scenario: one command per line, words separated by blanks, "quotes" around words
/// with blanks ("\n", "\"" and "\\" inside), JSON from its '{' or '[' to the end of the line, '#'
/// starts a comment. `repeat N` and `parallel N` have
/// a body up to their `end`.
namespace outpost::tests {

struct Command {
  int line = 0;
  std::string verb;
  std::vector<std::string> words;  // as written; options are words "key=value"
  std::vector<Command> body;       // of repeat and parallel
};

/// A command cannot be read, or what it says is not so. The text begins with the line.
class ScenarioError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// @throws ScenarioError
std::vector<Command> ParseScript(std::string_view text);

/// Variables of a scenario: "$name" and "${name}" in a word.
using Variables = std::map<std::string, std::string>;
std::string Substitute(std::string_view word, const Variables& variables);

/// The words of a command with variables filled in, options apart.
struct Arguments {
  std::vector<std::string> words;
  std::multimap<std::string, std::string> options;

  /// @throws ScenarioError when there are fewer words
  const std::string& At(std::size_t index) const;
  /// Words from `index` on, joined by blanks.
  std::string Rest(std::size_t index) const;
  std::string Option(const std::string& key, std::string_view absent = "") const;
  bool Has(const std::string& key) const { return options.contains(key); }
};

/// With `has_options` false every word stays a word: texts to compare may hold '='.
Arguments ReadArguments(const Command& command, const Variables& variables, bool has_options);

}  // namespace outpost::tests
