#pragma once

#include <boost/json.hpp>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

/// Conformance data of the restore document, read where it lies: in $OUTPOST_CORPUS, else in the
/// folder the build was told (OUTPOST_CORPUS_DEFAULT). For tests only.
namespace outpost::restore_corpus {

struct Case {
  std::string id;  // as a test name
  boost::json::object content;
};
inline void PrintTo(const Case& c, std::ostream* out) { *out << c.id; }

inline std::filesystem::path FileAt(const std::string& name) {
  const char* set = std::getenv("OUTPOST_CORPUS");
  return std::filesystem::path(set != nullptr ? set : OUTPOST_CORPUS_DEFAULT) / "restore" / name;
}

inline std::string Text(const boost::json::value& value) { return std::string(value.as_string()); }

/// The cases of one file; none where the corpus is absent, which is said.
inline std::vector<Case> CasesOf(const std::string& name) {
  std::vector<Case> cases;
  std::ifstream in(FileAt(name), std::ios::binary);
  if (!in) {
    std::cerr << "no conformance corpus at " << FileAt(name) << " (set OUTPOST_CORPUS)\n";
    return cases;
  }
  std::stringstream text;
  text << in.rdbuf();
  const auto parsed = boost::json::parse(text.str());
  for (const auto& entry : parsed.at("cases").as_array()) {
    std::string id = Text(entry.at("name"));
    for (char& c : id) {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    cases.push_back({std::move(id), entry.as_object()});
  }
  return cases;
}

inline std::string NameOf(const Case& c) { return c.id; }

}  // namespace outpost::restore_corpus
