#include "store/sftp/detail/session.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/ids.h"
#include "base/problem.h"

namespace outpost::sftp::detail {
namespace {

constexpr std::uint32_t kVersion = 3;
/// Each server takes this much in one packet.
constexpr std::size_t kPieceBytes = 32 * 1024;
/// Questions that may wait for their answers: 2 MiB on the way.
constexpr int kWindow = 64;
constexpr std::uint32_t kFolderMode = 0700, kFileMode = 0600;
constexpr std::string_view kSync = "fsync@openssh.com";
constexpr std::string_view kRename = "posix-rename@openssh.com";
constexpr std::string_view kSpace = "statvfs@openssh.com";
/// Less is no room: what else is on that disk grows too.
constexpr std::int64_t kSpareBytes = 1 << 20;

std::string ParentOf(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash));
}

bool IsStatus(const Answer& answer, std::uint32_t code) {
  const auto* status = std::get_if<Status>(&answer.body);
  return status != nullptr && status->code == code;
}

}  // namespace

Session::Session(const ClientOptions& options, const std::atomic<bool>& is_interrupted)
    : options_(options),
      is_interrupted_(is_interrupted),
      pipe_(options.program, options.where, options.answer_time, is_interrupted) {
  try {
    Greet();
  } catch (const Problem& problem) {
    const auto words = pipe_.Complaint();
    const auto holds = [&](const char* text) { return words.find(text) != std::string::npos; };
    if (holds("Host key verification failed") || holds("HOST IDENTIFICATION HAS CHANGED")) {
      throw Problem(ProblemKind::kForbidden,
                    options_.where + ": the key of that machine is not the one that is known (" +
                        words +
                        "). Sign in to it once by hand, as the user that the server runs "
                        "as, and compare its key.");
    }
    if (holds("Permission denied") || holds("Too many authentication failures")) {
      throw Problem(ProblemKind::kForbidden,
                    options_.where + " does not let us in (" + words +
                        "). The user that the server runs as needs a key without a passphrase, or "
                        "an agent, that is in authorized_keys there.");
    }
    if (problem.kind() == ProblemKind::kMalformed) {
      throw Problem(ProblemKind::kInternal,
                    options_.where +
                        " does not speak SFTP. Does its shell print something at "
                        "sign-in, or is the subsystem sftp missing?",
                    problem.told());
    }
    throw;
  }
}

void Session::Greet() {
  pipe_.Send(Packet(Kind::kInit, kVersion).Bytes());
  const auto answer = ReadAnswer(pipe_.Receive());
  const auto* version = std::get_if<Version>(&answer.body);
  if (version == nullptr || version->version < kVersion) {
    throw Problem("It greets with another version.", {});
  }
  extensions_ = version->extensions;
}

Answer Session::Receive() {
  auto answer = ReadAnswer(pipe_.Receive());
  --unanswered_;
  return answer;
}

Answer Session::Call(const Packet& packet, std::uint32_t id) {
  pipe_.Send(packet.Bytes());
  ++unanswered_;
  auto answer = Receive();
  if (answer.id != id) throw Problem("It answered something that was not asked.", {});
  return answer;
}

void Session::CallMany(const Next& next, const Take& take) {
  for (;;) {
    while (unanswered_ < kWindow) {
      const auto packet = next(NewId());
      if (!packet) break;
      pipe_.Send(packet->Bytes());
      ++unanswered_;
    }
    if (unanswered_ == 0) return;
    take(Receive());
  }
}

void Session::Wait(std::size_t bytes) const {
  if (options_.pacer == nullptr) return;
  constexpr std::chrono::milliseconds kNap{100};
  const auto now = SteadyMicros();
  const auto until = now + options_.pacer->Reserve(static_cast<std::int64_t>(bytes), now);
  for (auto left = until - now; left > 0; left = until - SteadyMicros()) {
    if (is_interrupted_) {
      throw Problem(ProblemKind::kPaused,
                    options_.where + " was not waited for: the server stops.");
    }
    std::this_thread::sleep_for(
        std::min<std::chrono::microseconds>(kNap, std::chrono::microseconds(left)));
  }
}

void Session::ThrowStatus(const Status& status, const std::string& path) const {
  const auto said = status.words.empty() ? std::string() : " (" + status.words + ")";
  if (status.code == kNoSuchFile) {
    throw Problem(ProblemKind::kNotFound, path + " is missing at " + options_.where + ".");
  }
  if (status.code == kPermissionDenied) {
    throw Problem(ProblemKind::kForbidden,
                  "The user at " + options_.where + " has no right to " + path + said + ".");
  }
  throw Problem(ProblemKind::kInternal, path + " cannot be used at " + options_.where + said + ".");
}

void Session::Expect(const Answer& answer, const std::string& path) const {
  const auto* status = std::get_if<Status>(&answer.body);
  if (status == nullptr) throw Problem("It answered something that was not asked.", {});
  if (status->code != kOk) ThrowStatus(*status, path);
}

std::string Session::OpenHandle(const std::string& path, std::uint32_t how, bool* is_absent) {
  const auto id = NewId();
  Packet packet(Kind::kOpen, id);
  packet.Text(path).Number(how);
  how == kOpenRead ? packet.Number(0) : packet.Permissions(kFileMode);
  const auto answer = Call(packet, id);
  if (const auto* handle = std::get_if<Handle>(&answer.body)) return handle->handle;
  if (is_absent != nullptr && IsStatus(answer, kNoSuchFile)) {
    *is_absent = true;
    return {};
  }
  Expect(answer, path);
  throw Problem("It opened a file without a handle.", {});
}

void Session::Close(const std::string& handle) {
  const auto id = NewId();
  Call(Packet(Kind::kClose, id).Text(handle), id);
}

void Session::Write(const std::string& handle, std::string_view bytes) {
  std::size_t sent = 0;
  std::optional<Status> failed;
  CallMany(
      [&](std::uint32_t id) -> std::optional<Packet> {
        if (sent == bytes.size() || failed) return std::nullopt;
        const auto piece = bytes.substr(sent, kPieceBytes);
        Wait(piece.size());
        Packet packet(Kind::kWrite, id);
        packet.Text(handle).LargeNumber(sent).Text(piece);
        sent += piece.size();
        return packet;
      },
      [&](Answer&& answer) {
        const auto* status = std::get_if<Status>(&answer.body);
        if (status == nullptr || status->code != kOk) {
          failed = status == nullptr ? Status{kFailure, {}} : *status;
        }
      });
  if (failed) ThrowStatus(*failed, "the new file");
}

void Session::Sync(const std::string& handle) {
  if (!extensions_.contains(std::string(kSync))) return;
  const auto id = NewId();
  Expect(Call(Packet(Kind::kExtended, id).Text(kSync).Text(handle), id), "the new file");
}

/// Where the server cannot replace a file in one step the old one goes first: a reader may then
/// find none for a moment, but never half a one.
void Session::Rename(const std::string& from, const std::string& to) {
  if (extensions_.contains(std::string(kRename))) {
    const auto id = NewId();
    return Expect(Call(Packet(Kind::kExtended, id).Text(kRename).Text(from).Text(to), id), to);
  }
  Remove(to);
  const auto id = NewId();
  Expect(Call(Packet(Kind::kRename, id).Text(from).Text(to), id), to);
}

void Session::MakeFoldersFor(const std::string& root, std::string_view name) {
  for (auto slash = name.find('/'); slash != std::string_view::npos;
       slash = name.find('/', slash + 1)) {
    const auto id = NewId();
    const auto folder = root + "/" + std::string(name.substr(0, slash));
    const auto answer = Call(Packet(Kind::kMkdir, id).Text(folder).Permissions(kFolderMode), id);
    if (IsStatus(answer, kNoSuchFile) || IsStatus(answer, kPermissionDenied)) {
      Expect(answer, folder);
    }
  }
}

void Session::Put(const std::string& root, std::string_view name, std::string_view bytes,
                  std::string& unnamed) {
  const auto path = root + "/" + std::string(name);
  unnamed = ParentOf(path) + "/.new-" + NewHexId();
  bool is_absent = false;
  auto handle = OpenHandle(unnamed, kOpenNew, &is_absent);
  if (is_absent) {
    MakeFoldersFor(root, name);
    handle = OpenHandle(unnamed, kOpenNew, nullptr);
  }
  try {
    Write(handle, bytes);
    Sync(handle);
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kInternal || !is_in_step()) throw;
    Close(handle);
    // The protocol has no word for a full disk.
    const auto room = FreeBytes(root);
    if (!room || *room >= static_cast<std::int64_t>(bytes.size()) + kSpareBytes) throw;
    throw Problem(ProblemKind::kStorageFull,
                  "There is no room left at " + options_.where + ". Make room and try again.");
  }
  Close(handle);
  Rename(unnamed, path);
  unnamed.clear();
}

std::string Session::Get(const std::string& path, std::size_t bytes_max) {
  const auto handle = OpenHandle(path, kOpenRead, nullptr);
  const auto id = NewId();
  const auto facts = Call(Packet(Kind::kFstat, id).Text(handle), id);
  const auto* attributes = std::get_if<Attributes>(&facts.body);
  const auto size = attributes != nullptr ? attributes->bytes.value_or(0) : 0;
  if (size > bytes_max) {
    Close(handle);
    throw Problem(ProblemKind::kTooLarge, path + " is larger than anything that we put there.");
  }
  std::string bytes(static_cast<std::size_t>(size), '\0');
  std::size_t asked = 0;
  struct Piece {
    std::size_t offset, length;
  };
  std::map<std::uint32_t, Piece> under_way;
  std::deque<Piece> again;  // of answers that were shorter than what was asked for
  std::string trouble;
  CallMany(
      [&](std::uint32_t read_id) -> std::optional<Packet> {
        Piece piece{asked, std::min(kPieceBytes, bytes.size() - asked)};
        if (!again.empty()) {
          piece = again.front();
          again.pop_front();
        } else {
          asked += piece.length;
        }
        if (piece.length == 0 || !trouble.empty()) return std::nullopt;
        Wait(piece.length);
        under_way[read_id] = piece;
        return Packet(Kind::kRead, read_id)
            .Text(handle)
            .LargeNumber(piece.offset)
            .Number(static_cast<std::uint32_t>(piece.length));
      },
      [&](Answer&& answer) {
        const auto found = under_way.find(answer.id);
        const auto* data = std::get_if<Data>(&answer.body);
        if (found == under_way.end() || data == nullptr || data->bytes.empty() ||
            data->bytes.size() > found->second.length) {
          trouble = IsStatus(answer, kEndOfFile) ? "it got shorter" : "it cannot be read";
          return;
        }
        const auto [offset, length] = found->second;
        under_way.erase(found);
        std::copy(data->bytes.begin(), data->bytes.end(),
                  bytes.begin() + static_cast<std::ptrdiff_t>(offset));
        if (data->bytes.size() < length) {
          again.push_back({offset + data->bytes.size(), length - data->bytes.size()});
        }
      });
  Close(handle);
  if (!trouble.empty()) {
    throw Problem(ProblemKind::kInternal, path + " at " + options_.where + ": " + trouble + ".");
  }
  return bytes;
}

std::optional<Attributes> Session::Look(const std::string& path) {
  const auto id = NewId();
  const auto answer = Call(Packet(Kind::kStat, id).Text(path), id);
  if (const auto* found = std::get_if<Attributes>(&answer.body)) return *found;
  if (IsStatus(answer, kNoSuchFile)) return std::nullopt;
  Expect(answer, path);
  throw Problem("It answered something that was not asked.", {});
}

bool Session::Has(const std::string& path) {
  const auto found = Look(path);
  return found && found->is_file();
}

void Session::Remove(const std::string& path) {
  const auto id = NewId();
  const auto answer = Call(Packet(Kind::kRemove, id).Text(path), id);
  if (!IsStatus(answer, kNoSuchFile)) Expect(answer, path);
}

void Session::MakeFolder(const std::string& path) {
  if (path.empty()) return;
  if (const auto found = Look(path); found && found->is_folder()) return;
  MakeFolder(ParentOf(path));
  const auto id = NewId();
  const auto answer = Call(Packet(Kind::kMkdir, id).Text(path).Permissions(kFolderMode), id);
  if (const auto found = Look(path); found && found->is_folder()) return;
  Expect(answer, path);
}

std::optional<std::int64_t> Session::FreeBytes(const std::string& path) {
  if (!extensions_.contains(std::string(kSpace))) return std::nullopt;
  const auto id = NewId();
  const auto answer = Call(Packet(Kind::kExtended, id).Text(kSpace).Text(path), id);
  const auto* facts = std::get_if<Extended>(&answer.body);
  return facts == nullptr ? std::nullopt : std::optional(FreeBytesOf(*facts));
}

}  // namespace outpost::sftp::detail
