#include "domain/intake/edit_answers.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/problem.h"
#include "base/text.h"
#include "format/xml/xml.h"

namespace outpost::intake {
namespace {

[[noreturn]] void Refuse(std::string_view path, std::string_view why) {
  throw Problem(ProblemKind::kUnprocessable,
                "The answer '" + std::string(path) + "' " + std::string(why));
}

struct Step {
  std::string_view name;
  std::optional<std::int64_t> number;
};

Step ParseStep(std::string_view path, std::string_view text) {
  const auto bracket = text.find('[');
  if (bracket == std::string_view::npos) return {text, std::nullopt};
  if (!text.ends_with(']')) Refuse(path, "has a '[' without a ']' at its end.");
  const auto number = ParseInt(text.substr(bracket + 1, text.size() - bracket - 2));
  if (!number || *number < 1) Refuse(path, "must number repeats from 1, as in visit[2].");
  return {text.substr(0, bracket), number};
}

xml::Element Descend(const xml::Element& parent, std::string_view uri, std::string_view path,
                     const Step& step) {
  std::vector<xml::Element> named;
  for (auto child = parent.first_child(); child; child = child->next_sibling()) {
    if (child->name() == step.name && child->uri() == uri) named.push_back(*child);
  }
  if (named.empty()) Refuse(path, "is not in this form.");
  if (!step.number && named.size() > 1) {
    Refuse(path, "occurs several times; say which, as in visit[2].");
  }
  const auto index = static_cast<std::size_t>(step.number.value_or(1)) - 1;
  if (index >= named.size()) Refuse(path, "does not occur so many times.");
  return named[index];
}

xml::Element FindLeaf(const xml::Document& document, std::string_view path) {
  auto element = document.root();
  for (const auto part : Split(path, '/')) {
    element = Descend(element, document.root().uri(), path, ParseStep(path, part));
  }
  if (element.has_children()) Refuse(path, "is a group; only single questions have answers.");
  return element;
}

/// Where a line and a column of bytes, both from 1, are in the text.
std::size_t OffsetOf(std::string_view xml, Position position) {
  std::size_t offset = 0;
  for (std::uint32_t line = 1; line < position.line; ++line) offset = xml.find('\n', offset) + 1;
  return offset + position.column - 1;
}

/// End of the start tag that begins at `at`: the place of its '>'.
std::size_t EndOfTag(std::string_view xml, std::size_t at) {
  char quote = 0;
  for (; at < xml.size(); ++at) {
    if (quote != 0) {
      if (xml[at] == quote) quote = 0;
    } else if (xml[at] == '"' || xml[at] == '\'') {
      quote = xml[at];
    } else if (xml[at] == '>') {
      break;
    }
  }
  OUTPOST_CHECK(at < xml.size());
  return at;
}

/// End of a leaf's content: the place of its end tag, past comments, CDATA and instructions.
std::size_t EndOfText(std::string_view xml, std::size_t at) {
  static constexpr std::pair<std::string_view, std::string_view> kSkipped[] = {
      {"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
  for (;;) {
    at = xml.find('<', at);
    OUTPOST_CHECK(at != std::string_view::npos);
    const auto skipped =
        std::find_if(std::begin(kSkipped), std::end(kSkipped),
                     [&](const auto& kind) { return xml.substr(at).starts_with(kind.first); });
    if (skipped == std::end(kSkipped)) return at;
    at = xml.find(skipped->second, at) + skipped->second.size();
  }
}

/// Bytes [begin, end) of the form become `text`.
struct Patch {
  std::size_t begin = 0, end = 0;
  std::string text;
};

Patch PatchFor(std::string_view xml, std::size_t start, const std::string& answer) {
  const auto close = EndOfTag(xml, start);
  if (xml[close - 1] != '/') return {close + 1, EndOfText(xml, close + 1), EscapeMarkup(answer)};
  auto name_end = start + 1;
  while (std::string_view(" \t\r\n/>").find(xml[name_end]) == std::string_view::npos) ++name_end;
  const auto name = xml.substr(start + 1, name_end - start - 1);
  return {close - 1, close + 1, ">" + EscapeMarkup(answer) + "</" + std::string(name) + ">"};
}

}  // namespace

std::string ReplaceAnswers(std::string_view xml, const Answers& answers) {
  // In UTF-16 the bytes are not what they look like; in other encodings new text would not fit.
  const bool is_utf8 = IsValidUtf8(xml) && xml.find('\0') == std::string_view::npos;
  if (!is_utf8) {
    throw Problem(ProblemKind::kUnprocessable, "Only forms in UTF-8 can be edited at the server.");
  }
  const auto document = xml::Document::Parse(xml);
  std::vector<Patch> patches;
  for (const auto& [path, answer] : answers) {
    if (answer.size() > kAnswerBytesMax) {
      throw Problem(ProblemKind::kTooLarge, "An answer may have at most 1 MiB.");
    }
    patches.push_back(PatchFor(xml, OffsetOf(xml, FindLeaf(document, path).position()), answer));
  }
  std::sort(patches.begin(), patches.end(),
            [](const Patch& a, const Patch& b) { return a.begin < b.begin; });
  std::string edited;
  std::size_t done = 0;
  for (const auto& patch : patches) {
    if (patch.begin < done) {
      throw Problem(ProblemKind::kUnprocessable, "Two of the paths name the same answer.");
    }
    edited.append(xml.substr(done, patch.begin - done)).append(patch.text);
    done = patch.end;
  }
  edited.append(xml.substr(done));
  return edited;
}

}  // namespace outpost::intake
