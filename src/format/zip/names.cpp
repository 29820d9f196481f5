#include "format/zip/names.h"

#include <algorithm>

namespace outpost::zip {
namespace {

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool IsDriveLetter(std::string_view name) {
  return name.size() >= 2 && name[1] == ':' &&
         ((name[0] >= 'a' && name[0] <= 'z') || (name[0] >= 'A' && name[0] <= 'Z'));
}

}  // namespace

std::string_view WhyUnsafe(std::string_view name) {
  if (name.empty()) return "has no name.";
  if (std::any_of(name.begin(), name.end(), IsControl)) {
    return "has a control character in its name.";
  }
  if (name.front() == '/' || IsDriveLetter(name)) return "has an absolute path as its name.";
  if (name.back() == '/') name.remove_suffix(1);  // a folder
  for (std::size_t begin = 0; begin <= name.size();) {
    const auto end = std::min(name.find('/', begin), name.size());
    const auto part = name.substr(begin, end - begin);
    if (part == "..") return "has a name that leads outside of the archive.";
    if (part.empty() || part == ".") return "has an empty part in its name.";
    begin = end + 1;
  }
  return {};
}

std::string Printable(std::string_view name) {
  std::string text(name);
  std::replace_if(text.begin(), text.end(), IsControl, '?');
  return text;
}

}  // namespace outpost::zip
