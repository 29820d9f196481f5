#include "engine/suite/testing/app_corpus.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "format/zip/zip.h"

namespace outpost::suite::corpus {

std::filesystem::path FileOf(const std::string& name) {
  const char* set = std::getenv("OUTPOST_CORPUS");
  return std::filesystem::path(set != nullptr ? set : OUTPOST_CORPUS_DEFAULT) / "app-delivery" /
         name;
}

bool IsAbsent() { return !std::filesystem::exists(FileOf("README.md")); }
std::string WhyAbsent() {
  return "no conformance corpus at " + FileOf("").string() + " (set OUTPOST_CORPUS)";
}

std::string ReadText(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

boost::json::value ReadJson(const std::string& name) {
  return boost::json::parse(ReadText(FileOf(name)));
}

Source::Source(const std::string& name) {
  const auto path = FileOf(name);
  if (!std::filesystem::is_directory(path)) {
    const auto archive = zip::Archive::Unpack(ReadText(path), testing::TempDir());
    for (const auto& entry : archive.entries()) {
      if (!entry.name.starts_with("__MACOSX/")) files_[entry.name] = archive.Read(entry);
    }
    return;
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (!entry.is_regular_file()) continue;
    files_[entry.path().lexically_relative(path).generic_string()] = ReadText(entry.path());
  }
}

ReadFile Source::read() const {
  return [this](std::string_view path) -> std::optional<std::string> {
    const auto found = files_.find(std::string(path));
    if (found == files_.end()) return std::nullopt;
    return found->second;
  };
}

HasFile Source::has() const {
  return [this](std::string_view path) { return files_.contains(std::string(path)); };
}

}  // namespace outpost::suite::corpus
