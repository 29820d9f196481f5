#include "engine/suite/strings.h"

#include <optional>

#include "base/text.h"

namespace outpost::suite {
namespace {

/// Cuts at the first `#` that no backslash precedes. The client searches from the end, with the
/// same result.
std::string_view WithoutComment(std::string_view line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '#' && (at == 0 || line[at - 1] != '\\')) return line.substr(0, at);
  }
  return line;
}

std::string Replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto found = text.find(from, at);
    if (found == std::string_view::npos) return out.append(text.substr(at));
    out.append(text.substr(at, found - at)).append(to);
    at = found + from.size();
  }
  return out;
}

std::string Unescaped(std::string_view value) {
  return Replaced(Replaced(value, "\\#", "#"), "\\n", "\n");
}

std::string Escaped(std::string_view value) {
  return Replaced(Replaced(Replaced(value, "#", "\\#"), "\n", "\\n"), "\r", "");
}

class Reader {
 public:
  Reader(std::string_view file, std::vector<Finding>* findings)
      : file_(file), findings_(findings) {}

  void Take(std::string_view raw, std::uint32_t number) {
    const auto line = WithoutComment(Trim(raw));
    if (line.empty()) return;
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return Tell(number, "line without \"=\"");
    const auto key = line.substr(0, equals);
    const auto value = line.substr(equals + 1);
    if (value.empty()) return;
    if (strings.find(key) != strings.end()) {
      Tell(number, "the string \"" + std::string(key) + "\" stands twice; this one counts");
    }
    strings.insert_or_assign(std::string(key), Unescaped(value));
  }

  Strings strings;

 private:
  void Tell(std::uint32_t line, std::string text) {
    if (findings_ == nullptr) return;
    findings_->push_back(
        {Finding::Severity::kWarning, {std::string(file_), line, 1, {}}, std::move(text)});
  }
  std::string_view file_;
  std::vector<Finding>* findings_;
};

/// Which argument `${name}` names; used counts those taken in sequence.
std::optional<std::size_t> ArgumentOf(std::string_view name, std::size_t count, std::size_t& used) {
  const auto number = ParseInt(name);
  if (number && *number >= 0 && static_cast<std::size_t>(*number) < count) {
    return static_cast<std::size_t>(*number);
  }
  if (number || used >= count) return std::nullopt;
  return used++;
}

}  // namespace

Strings ReadStrings(std::string_view text, std::string_view file, std::vector<Finding>* findings) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Reader reader(file, findings);
  std::uint32_t number = 0;
  for (const auto line : Split(text, '\n')) reader.Take(line, ++number);
  return std::move(reader.strings);
}

std::string RenderStrings(const Strings& strings) {
  std::string out;
  for (const auto& [key, value] : strings) {
    const auto escaped = Escaped(value);
    if (!escaped.empty()) out.append(key).append("=").append(escaped).append("\n");
  }
  return out;
}

std::string FillArguments(std::string_view text, std::span<const std::string> arguments) {
  std::string out;
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto open = text.find("${", at);
    const auto close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) return out.append(text.substr(at));
    out.append(text.substr(at, open - at));
    const auto argument =
        ArgumentOf(text.substr(open + 2, close - open - 2), arguments.size(), used);
    out.append(argument ? std::string_view(arguments[*argument])
                        : text.substr(open, close - open + 1));
    at = close + 1;
  }
  return out;
}

}  // namespace outpost::suite
