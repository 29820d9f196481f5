#include "scenario/script.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace outpost::tests {
namespace {

constexpr std::size_t kDepthMax = 4;

[[noreturn]] void Refuse(int line, const std::string& what) {
  throw ScenarioError(std::to_string(line) + ": " + what);
}

char Unescape(char letter) {
  switch (letter) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case '0':
      return '\0';
    default:
      return letter;
  }
}

std::vector<std::string> SplitWords(std::string_view text, int line) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (true) {
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])) != 0) ++at;
    if (at == text.size() || text[at] == '#') return words;
    if (text[at] == '{' || text[at] == '[') {
      words.emplace_back(Trim(text.substr(at)));
      return words;
    }
    std::string word;
    bool is_quoted = false;
    for (; at < text.size() && (is_quoted || text[at] != ' '); ++at) {
      if (text[at] == '"') {
        is_quoted = !is_quoted;
      } else if (is_quoted && text[at] == '\\' && at + 1 < text.size()) {
        const auto byte = text[at + 1] == 'x' ? BytesOfHex(text.substr(at + 2, 2)) : std::nullopt;
        word += byte && !byte->empty() ? static_cast<char>(byte->front()) : Unescape(text[at + 1]);
        at += byte && !byte->empty() ? 3 : 1;
      } else {
        word += text[at];
      }
    }
    if (is_quoted) Refuse(line, "a quote is not closed");
    words.push_back(std::move(word));
  }
}

bool IsNameLetter(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

}  // namespace

std::vector<Command> ParseScript(std::string_view text) {
  std::vector<std::vector<Command>> levels(1);
  int line = 0;
  for (const auto raw : Split(text, '\n')) {
    ++line;
    auto words = SplitWords(raw, line);
    if (words.empty()) continue;
    Command command{line, words.front(), {words.begin() + 1, words.end()}, {}};
    if (command.verb == "end") {
      if (levels.size() == 1) Refuse(line, "end without repeat or parallel");
      auto body = std::move(levels.back());
      levels.pop_back();
      levels.back().back().body = std::move(body);
      continue;
    }
    const bool has_body = command.verb == "repeat" || command.verb == "parallel";
    levels.back().push_back(std::move(command));
    if (has_body) levels.emplace_back();
    if (levels.size() > kDepthMax) Refuse(line, "nested too deeply");
  }
  if (levels.size() != 1) Refuse(line, "an end is missing");
  return std::move(levels.front());
}

std::string Substitute(std::string_view word, const Variables& variables) {
  std::string text;
  for (std::size_t at = 0; at < word.size(); ++at) {
    if (word[at] != '$') {
      text += word[at];
      continue;
    }
    const bool is_braced = at + 1 < word.size() && word[at + 1] == '{';
    const std::size_t start = at + (is_braced ? 2 : 1);
    std::size_t end = start;
    while (end < word.size() && IsNameLetter(word[end])) ++end;
    const auto found = variables.find(std::string(word.substr(start, end - start)));
    if (found == variables.end()) {
      text += word[at];
      continue;
    }
    text += found->second;
    at = is_braced ? end : end - 1;
  }
  return text;
}

const std::string& Arguments::At(std::size_t index) const {
  if (index >= words.size()) throw ScenarioError("a word is missing");
  return words[index];
}

std::string Arguments::Rest(std::size_t index) const {
  std::string text;
  for (std::size_t i = index; i < words.size(); ++i) text += (i == index ? "" : " ") + words[i];
  return text;
}

std::string Arguments::Option(const std::string& key, std::string_view absent) const {
  const auto found = options.find(key);
  return found == options.end() ? std::string(absent) : found->second;
}

Arguments ReadArguments(const Command& command, const Variables& variables, bool has_options) {
  Arguments arguments;
  for (const auto& raw : command.words) {
    const std::string word = Substitute(raw, variables);
    const auto equals = word.find('=');
    const bool is_option =
        has_options && equals != std::string::npos && equals > 0 &&
        std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals),
                    [](char letter) { return IsNameLetter(letter) || letter == '-'; });
    if (is_option) {
      arguments.options.emplace(word.substr(0, equals), word.substr(equals + 1));
    } else {
      arguments.words.push_back(word);
    }
  }
  return arguments;
}

}  // namespace outpost::tests
