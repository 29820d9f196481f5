#include "engine/suite/detail/raw_less.h"

namespace outpost::suite {
namespace {

/// Walks a document without understanding it: only tells markup from text.
class Scanner {
 public:
  explicit Scanner(std::string_view xml) : xml_(xml) {}

  std::optional<std::string> Run() {
    while (at_ < xml_.size()) {
      const auto markup = xml_.find('<', at_);
      if (markup == std::string_view::npos) break;
      at_ = markup;
      if (!Skip("<!--", "-->") && !Skip("<![CDATA[", "]]>") && !Skip("<?", "?>")) Tag();
    }
    if (out_.empty()) return std::nullopt;
    return out_.append(xml_.substr(copied_));
  }

 private:
  /// Over a construct that begins here, up to the end of the text where it is not closed.
  bool Skip(std::string_view begin, std::string_view end) {
    if (!xml_.substr(at_).starts_with(begin)) return false;
    const auto found = xml_.find(end, at_ + begin.size());
    at_ = found == std::string_view::npos ? xml_.size() : found + end.size();
    return true;
  }

  void Tag() {
    for (++at_; at_ < xml_.size(); ++at_) {
      const char c = xml_[at_];
      if (c == '>') {
        ++at_;
        return;
      }
      if (c == '"' || c == '\'') Value(c);
    }
  }

  /// Ends on the closing quote.
  void Value(char quote) {
    for (++at_; at_ < xml_.size() && xml_[at_] != quote; ++at_) {
      if (xml_[at_] != '<') continue;
      out_.append(xml_.substr(copied_, at_ - copied_)).append("&lt;");
      copied_ = at_ + 1;
    }
  }

  std::string_view xml_;
  std::size_t at_ = 0;
  std::size_t copied_ = 0;  // what stands before it is in out_
  std::string out_;
};

}  // namespace

std::optional<std::string> EscapeRawLess(std::string_view xml) {
  if (xml.find('\0') != std::string_view::npos) return std::nullopt;
  return Scanner(xml).Run();
}

}  // namespace outpost::suite
