#include <algorithm>
#include <utility>

#include "base/problem.h"
#include "store/sftp/detail/session.h"

namespace outpost::sftp::detail {
namespace {

/// Folders within folders; ours have five at most.
constexpr std::size_t kDepthMax = 16;
/// A list that is longer is not ours: nobody makes so many.
constexpr std::size_t kListedMax = 20'000'000;

[[noreturn]] void Refuse(const char* why) { throw Problem(why, {}); }

}  // namespace

/// Many folders at once: the time of one answer counts once for all of them. What continues a
/// folder goes first, so that no more than kWindow are open.
struct Session::Listing {
  enum class What : std::uint8_t { kOpen, kRead, kClose };
  struct Step {
    What what = What::kOpen;
    std::string name;    // of the folder, below the one that is listed
    std::string handle;  // once it is open
    std::size_t depth = 0;
  };
  std::deque<Step> steps;
  std::map<std::uint32_t, Step> under_way;
  std::vector<RemoteFile> found;
};

std::vector<RemoteFile> Session::List(const std::string& folder) {
  Listing listing;
  listing.steps.push_back({});
  CallMany(
      [&](std::uint32_t id) -> std::optional<Packet> {
        if (listing.steps.empty()) return std::nullopt;
        auto step = std::move(listing.steps.front());
        listing.steps.pop_front();
        const auto path = step.name.empty() ? folder : folder + "/" + step.name;
        Packet packet(step.what == Listing::What::kOpen   ? Kind::kOpendir
                      : step.what == Listing::What::kRead ? Kind::kReaddir
                                                          : Kind::kClose,
                      id);
        packet.Text(step.what == Listing::What::kOpen ? path : step.handle);
        listing.under_way[id] = std::move(step);
        return packet;
      },
      [&](Answer&& answer) { TakeListed(listing, std::move(answer)); });
  std::sort(listing.found.begin(), listing.found.end(),
            [](const RemoteFile& a, const RemoteFile& b) { return a.name < b.name; });
  return std::move(listing.found);
}

void Session::TakeListed(Listing& listing, Answer&& answer) {
  const auto asked = listing.under_way.find(answer.id);
  if (asked == listing.under_way.end()) Refuse("It answered something that was not asked.");
  auto step = std::move(asked->second);
  listing.under_way.erase(asked);
  if (step.what == Listing::What::kClose) return;
  if (const auto* status = std::get_if<Status>(&answer.body)) {
    if (step.what == Listing::What::kOpen && status->code == kNoSuchFile) return;  // gone meanwhile
    if (step.what == Listing::What::kOpen || status->code != kEndOfFile) {
      ThrowStatus(*status, step.name);
    }
    step.what = Listing::What::kClose;
  } else if (const auto* handle = std::get_if<Handle>(&answer.body)) {
    step.what = Listing::What::kRead;
    step.handle = handle->handle;
  } else if (const auto* names = std::get_if<Names>(&answer.body)) {
    for (const auto& [name, attributes] : names->names) {
      if (name.empty() || name.starts_with('.')) continue;
      if (name.find('/') != std::string::npos) Refuse("A name in a folder has a slash.");
      auto below = step.name.empty() ? name : step.name + "/" + name;
      if (attributes.is_folder()) {
        if (step.depth + 1 > kDepthMax) Refuse("Its folders lie too deep.");
        listing.steps.push_back({Listing::What::kOpen, std::move(below), {}, step.depth + 1});
      } else if (attributes.is_file()) {
        listing.found.push_back(
            {std::move(below), static_cast<std::int64_t>(attributes.bytes.value_or(0))});
      }
    }
    if (listing.found.size() + listing.steps.size() > kListedMax)
      Refuse("It lists without an end.");
  } else {
    Refuse("It answered something that was not asked.");
  }
  listing.steps.push_front(std::move(step));
}

}  // namespace outpost::sftp::detail
