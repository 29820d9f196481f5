#include "fault/options.h"

#include <stdexcept>

#include "base/text.h"

namespace outpost::tests {

TestOptions ReadOptions(int argc, char** argv) {
  TestOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (!word.starts_with("--")) {
      options.words.push_back(word);
    } else if (i + 1 < argc) {
      options.named[word.substr(2)] = argv[++i];
    } else {
      throw std::invalid_argument(word + " needs a value");
    }
  }
  return options;
}

std::int64_t TestOptions::Number(const std::string& name, std::int64_t absent) const {
  const auto found = named.find(name);
  if (found == named.end()) return absent;
  const auto number = ParseInt(found->second);
  if (!number) throw std::invalid_argument("--" + name + " needs a number");
  return *number;
}

std::string TestOptions::Text(const std::string& name, const std::string& absent) const {
  const auto found = named.find(name);
  return found == named.end() ? absent : found->second;
}

}  // namespace outpost::tests
