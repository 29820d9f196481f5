#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/suite/app.h"

/// Conformance data about app delivery, read where it lies: in $OUTPOST_CORPUS, else in the folder
/// the build was told (OUTPOST_CORPUS_DEFAULT). For tests only.
namespace outpost::suite::corpus {

std::filesystem::path FileOf(const std::string& name);
bool IsAbsent();
std::string WhyAbsent();

std::string ReadText(const std::filesystem::path& file);
boost::json::value ReadJson(const std::string& name);

/// The files of an app by their path: a folder, or an archive without what desktop tools leave.
class Source {
 public:
  explicit Source(const std::string& name);
  ReadFile read() const;
  HasFile has() const;
  const std::map<std::string, std::string>& files() const { return files_; }

 private:
  std::map<std::string, std::string> files_;
};

}  // namespace outpost::suite::corpus
