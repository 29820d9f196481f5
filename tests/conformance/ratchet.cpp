#include "conformance/ratchet.h"

#include <fstream>
#include <stdexcept>

#include "base/text.h"

namespace outpost::tests {

Ratchet::Ratchet(const std::filesystem::path& file) {
  std::ifstream lines(file);
  if (!lines) throw std::runtime_error("cannot read " + file.string());
  for (std::string line; std::getline(lines, line);) {
    const auto text = Trim(line);
    if (text.empty() || text.front() == '#') continue;
    const auto colon = text.find(": ");
    if (colon == std::string_view::npos) {
      throw std::runtime_error("ratchet: not \"area/case-id: reason\": " + line);
    }
    const bool is_new =
        entries_.emplace(text.substr(0, colon), Trim(text.substr(colon + 2))).second;
    if (!is_new) throw std::runtime_error("ratchet: listed twice: " + line);
  }
}

std::optional<std::string> Ratchet::ReasonFor(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

}  // namespace outpost::tests
