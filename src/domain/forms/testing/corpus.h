#pragma once

#include <boost/json.hpp>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// Conformance data of the submission document, read where it lies: in $OUTPOST_CORPUS, else in
/// the folder the build was told (OUTPOST_CORPUS_DEFAULT). For tests only.
namespace outpost::forms::corpus {

inline std::filesystem::path Folder() {
  const char* set = std::getenv("OUTPOST_CORPUS");
  return std::filesystem::path(set != nullptr ? set : OUTPOST_CORPUS_DEFAULT) / "submission";
}

inline std::string ReadAll(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

inline bool IsAbsent(std::string_view file) { return !std::filesystem::exists(Folder() / file); }

inline std::string WhyAbsent(std::string_view file) {
  return "no conformance corpus at " + (Folder() / file).string() + " (set OUTPOST_CORPUS)";
}

struct Case {
  std::string id;  // as a test name
  boost::json::object content;
};
inline void PrintTo(const Case& c, std::ostream* out) { *out << c.id; }

inline std::string Text(const boost::json::object& from, std::string_view key) {
  return std::string(from.at({key.data(), key.size()}).as_string());
}

/// The cases of one file; none where the corpus is absent.
inline std::vector<Case> CasesOf(std::string_view file) {
  std::vector<Case> cases;
  if (IsAbsent(file)) return cases;
  const auto parsed = boost::json::parse(ReadAll(Folder() / file));
  for (const auto& entry : parsed.as_array()) {
    const auto& content = entry.as_object();
    std::string id =
        content.contains("id") ? Text(content, "id") : "case_" + std::to_string(cases.size());
    for (char& c : id) {
      if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    cases.push_back({std::move(id), content});
  }
  return cases;
}

/// The XML of a case or step: in place or from a file, after the textual replacements.
inline std::string XmlOf(const boost::json::object& from, std::string_view inline_key,
                         std::string_view file_key) {
  const boost::json::string_view file(file_key.data(), file_key.size());
  std::string xml =
      from.contains(file) ? ReadAll(Folder() / Text(from, file_key)) : Text(from, inline_key);
  if (const auto* replace = from.if_contains("replace")) {
    for (const auto& [what, by] : replace->as_object()) {
      for (auto at = xml.find(what); at != std::string::npos;
           at = xml.find(what, at + by.as_string().size())) {
        xml.replace(at, what.size(), by.as_string());
      }
    }
  }
  return xml;
}

}  // namespace outpost::forms::corpus
