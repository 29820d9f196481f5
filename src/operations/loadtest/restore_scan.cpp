#include "operations/loadtest/restore_scan.h"

#include <algorithm>
#include <cstring>

namespace outpost::loadtest {
namespace {

constexpr std::string_view kCase = "<case ";
constexpr std::string_view kCaseId = " case_id=\"";
constexpr std::string_view kToken = "<restore_id>";

/// glibc's memmem is several times as fast as std::string_view::find on this.
std::size_t Find(std::string_view text, std::size_t from, std::string_view what) {
  const auto* found = static_cast<const char*>(
      ::memmem(text.data() + from, text.size() - from, what.data(), what.size()));
  return found == nullptr ? std::string_view::npos : static_cast<std::size_t>(found - text.data());
}

}  // namespace

void RestoreScan::Add(std::string_view piece, bool is_gzip) {
  if (is_done_ || is_broken_) return;
  if (!is_gzip) {
    is_done_ = !Decoded(piece);
    return;
  }
  const auto state = gunzip_.Feed(piece, [this](std::string_view bytes) { return Decoded(bytes); });
  is_done_ = state == deflate::Gunzip::State::kStopped;
  is_broken_ = state == deflate::Gunzip::State::kBroken;
}

bool RestoreScan::Decoded(std::string_view piece) {
  if (depth_ == ScanDepth::kWhole) text_ += piece;
  pending_ += piece;
  const std::string_view text(pending_);
  std::size_t at = 0;  // everything before has been looked at
  if (token_.empty()) {
    const auto open = Find(text, 0, kToken);
    const auto close = open == std::string_view::npos ? open : text.find('<', open + 1);
    if (close == std::string_view::npos) return true;  // it stands near the beginning
    token_ = text.substr(open + kToken.size(), close - open - kToken.size());
    at = close;
  }
  if (depth_ == ScanDepth::kToken) return false;
  while (true) {
    const auto open = Find(text, at, kCase);
    const auto end = open == std::string_view::npos ? open : text.find('>', open);
    if (end == std::string_view::npos) {
      // A tag may go on, or begin, in the next piece.
      const auto rest = open == std::string_view::npos ? text.rfind('<') : open;
      pending_.erase(0, rest == std::string_view::npos ? pending_.size() : std::max(rest, at));
      return true;
    }
    const auto tag = text.substr(open, end - open);
    const auto id = tag.find(kCaseId);
    if (id != std::string_view::npos) {
      const auto from = id + kCaseId.size();
      hash_.Add(tag.substr(from, tag.find('"', from) - from));
      ++cases_;
    }
    at = end;
  }
}

}  // namespace outpost::loadtest
