#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace outpost::tests {

/// Words of a test's command line: "--name value" pairs behind plain words.
struct TestOptions {
  std::vector<std::string> words;
  std::map<std::string, std::string> named;

  std::int64_t Number(const std::string& name, std::int64_t absent) const;
  std::string Text(const std::string& name, const std::string& absent) const;
};

TestOptions ReadOptions(int argc, char** argv);

}  // namespace outpost::tests
