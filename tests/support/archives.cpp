#include "support/archives.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/text.h"
#include "format/zip/zip.h"

namespace outpost::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMarked = "these bytes are changed later";

void AddTrick(zip::Writer& writer, std::string_view trick) {
  constexpr std::size_t kBombBytes = 200u << 20;
  constexpr int kMany = 100'000;
  if (trick == "bomb") writer.Add("commcare/image/big.png", std::string(kBombBytes, '\0'), false);
  if (trick == "slip") writer.Add("../../evil", "x", true);
  if (trick == "twice") writer.Add("profile.ccpr", "<profile/>", true);
  if (trick == "link") writer.Add("commcare/link", "/etc/passwd", true);
  if (trick == "crc") writer.Add("commcare/text/note.txt", kMarked, true);
  for (int i = 0; trick == "many" && i < kMany; ++i) {
    // The directory of a ZIP archive of this kind holds 65,534; names matter, not the count beyond.
    if (i == 65'000) break;
    writer.Add("commcare/text/" + std::to_string(i) + ".txt", "x", true);
  }
}

/// The directory's entry of "commcare/link" says that it is a symbolic link.
void MakeLink(std::string& archive) {
  const auto name = archive.rfind("commcare/link");
  constexpr std::size_t kHeaderBytes = 46;
  const auto entry = name - kHeaderBytes;
  archive[entry + 5] = 3;
  archive[entry + 40] = '\xff';
  archive[entry + 41] = '\xa1';
}

std::string EntitySuite() {
  std::string text = "<!DOCTYPE suite [<!ENTITY e0 \"grow\">";
  for (int level = 1; level < 12; ++level) {
    text += "<!ENTITY e" + std::to_string(level) + " \"";
    for (int i = 0; i < 10; ++i) text += "&e" + std::to_string(level - 1) + ";";
    text += "\">";
  }
  return text + "]><suite version=\"1\">&e11;</suite>";
}

}  // namespace

void FillBlanks(std::string& text, std::string_view fill) {
  for (const auto pair : Split(fill, ',')) {
    const auto colon = pair.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string blank = "{{" + std::string(pair.substr(0, colon)) + "}}";
    const auto value = pair.substr(colon + 1);
    for (auto at = text.find(blank); at != std::string::npos;
         at = text.find(blank, at + value.size())) {
      text.replace(at, blank.size(), value);
    }
  }
}

Files ReadFolder(const fs::path& folder, std::string_view fill) {
  if (!fs::is_directory(folder)) {
    throw std::runtime_error("there is no fixture folder " + folder.filename().string());
  }
  Files files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    auto& bytes = files[fs::relative(entry.path(), folder).generic_string()];
    bytes = text.str();
    FillBlanks(bytes, fill);
  }
  return files;
}

std::string PackArchive(const Files& files) {
  std::string archive;
  zip::Writer writer([&](std::string_view piece) { archive += piece; });
  for (const auto& [name, bytes] : files) writer.Add(name, bytes, false);
  writer.Finish();
  return archive;
}

std::string MakeArchive(const fs::path& fixtures, std::string_view what, std::string_view fill) {
  const auto mark = what.find('!');
  const auto trick = mark == std::string_view::npos ? std::string_view() : what.substr(mark + 1);
  auto files = ReadFolder(fixtures / what.substr(0, mark), fill);
  if (trick == "entities") files["suite.xml"] = EntitySuite();
  std::string archive;
  zip::Writer writer([&](std::string_view piece) { archive += piece; });
  for (const auto& [name, bytes] : files) writer.Add(name, bytes, false);
  AddTrick(writer, trick);
  writer.Finish();
  if (trick == "link") MakeLink(archive);
  if (trick == "cut") archive.resize(archive.size() - 40);
  if (trick == "crc") archive[archive.find(kMarked)] = 'T';
  return archive;
}

}  // namespace outpost::tests
