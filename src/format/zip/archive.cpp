#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "base/problem.h"
#include "format/zip/names.h"
#include "format/zip/zip.h"

namespace outpost::zip {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;

/// libarchive takes names through the locale of the thread: in plain "C" it loses what is not
/// ASCII.
class Utf8Locale {
 public:
  Utf8Locale() : utf8_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)), before_(uselocale(utf8_)) {}
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;
  ~Utf8Locale() {
    uselocale(before_);
    if (utf8_ != nullptr) freelocale(utf8_);
  }

 private:
  locale_t utf8_;
  locale_t before_;
};

struct CloseReader {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, CloseReader>;

[[noreturn]] void Refuse(const std::string& why) {
  throw Problem(ProblemKind::kUnprocessable, why);
}

[[noreturn]] void RefuseEntry(std::string_view name, std::string_view why) {
  Refuse("The archive's file \"" + Printable(name) + "\" " + std::string(why));
}

Reader MakeReader() {
  Reader reader(archive_read_new());
  if (reader == nullptr) throw std::bad_alloc();
  archive_read_support_format_zip_seekable(reader.get());
  archive_read_set_options(reader.get(), "zip:hdrcharset=UTF-8");
  return reader;
}

void CheckSize(std::int64_t archive_bytes, const Limits& limits) {
  if (archive_bytes > limits.archive_bytes) {
    Refuse("The archive is larger than " + std::to_string(limits.archive_bytes >> 20) + " MiB.");
  }
}

/// "…: Truncated ZIP file body" reads better than a bare library text.
[[noreturn]] void RefuseBroken(archive* reader, std::string_view name) {
  const char* text = archive_error_string(reader);
  const std::string reason = text == nullptr ? "no reason given" : text;
  if (name.empty()) {
    Refuse("This is not a whole ZIP archive (" + reason + "). Get the file again and retry.");
  }
  RefuseEntry(name, "cannot be unpacked: " + reason);
}

void WriteAll(int file, const char* bytes, std::size_t length) {
  while (length > 0) {
    const auto written = write(file, bytes, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const bool is_full = errno == ENOSPC || errno == EDQUOT;
      throw Problem(is_full ? ProblemKind::kStorageFull : ProblemKind::kInternal,
                    is_full ? "There is no space left to unpack the archive."
                            : "The archive could not be unpacked.",
                    std::strerror(errno));
    }
    bytes += written;
    length -= static_cast<std::size_t>(written);
  }
}

/// The entry's name as it is used here, or a refusal.
std::string NameOf(archive_entry* entry, const Limits& limits) {
  const char* raw = archive_entry_pathname_utf8(entry);
  if (raw == nullptr) Refuse("A file name in the archive is not UTF-8.");
  std::string name(raw);
  if (name.size() > limits.name_bytes) {
    RefuseEntry(name.substr(0, 80) + "…",
                "has a name of more than " + std::to_string(limits.name_bytes) + " bytes.");
  }
  std::replace(name.begin(), name.end(), '\\', '/');
  while (name.starts_with("./")) name.erase(0, 2);
  return name;
}

void CheckKind(archive_entry* entry, std::string_view name) {
  if (archive_entry_is_encrypted(entry) != 0) RefuseEntry(name, "is encrypted.");
  const auto type = archive_entry_filetype(entry);
  if (type != AE_IFREG && type != AE_IFDIR) RefuseEntry(name, "is a link or a device, not a file.");
  if (archive_entry_hardlink(entry) != nullptr) RefuseEntry(name, "is a link, not a file.");
  if (const auto why = WhyUnsafe(name); !why.empty()) RefuseEntry(name, why);
}

/// How many bytes have come out so far, against what may.
class Meter {
 public:
  Meter(std::int64_t archive_bytes, const Limits& limits)
      : limits_(limits),
        total_max_(std::min(limits.total_bytes, archive_bytes * limits.ratio + kFreeBytes)) {}

  void Take(std::string_view name, std::int64_t in_entry, std::int64_t bytes) {
    total_ += bytes;
    if (in_entry > limits_.entry_bytes) {
      RefuseEntry(name,
                  "unpacks to more than " + std::to_string(limits_.entry_bytes >> 20) + " MiB.");
    }
    if (total_ <= total_max_) return;
    if (total_max_ == limits_.total_bytes) {
      RefuseEntry(name, "makes the archive unpack to more than " +
                            std::to_string(limits_.total_bytes >> 20) + " MiB.");
    }
    RefuseEntry(name, "unpacks to more than " + std::to_string(limits_.ratio) +
                          " times the archive's size, as only a trap does.");
  }

 private:
  const Limits& limits_;
  std::int64_t total_max_;
  std::int64_t total_ = 0;
};

std::int64_t CopyEntry(archive* reader, int file, std::string_view name, Meter& meter) {
  std::array<char, kPieceBytes> piece;
  std::int64_t length = 0;
  for (;;) {
    const auto got = archive_read_data(reader, piece.data(), piece.size());
    if (got == 0) return length;
    // A warning here is a checksum or a length that does not fit.
    if (got < 0) RefuseBroken(reader, name);
    length += got;
    meter.Take(name, length, got);
    WriteAll(file, piece.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

Archive::Archive(Archive&& other) noexcept
    : entries_(std::move(other.entries_)), file_(std::exchange(other.file_, -1)) {}

Archive& Archive::operator=(Archive&& other) noexcept {
  std::swap(entries_, other.entries_);
  std::swap(file_, other.file_);
  return *this;
}

Archive::~Archive() {
  if (file_ >= 0) close(file_);
}

Archive Archive::Unpack(int file, std::int64_t length, const std::filesystem::path& spool,
                        const Limits& limits) {
  const Utf8Locale locale;
  CheckSize(length, limits);
  auto reader = MakeReader();
  if (lseek(file, 0, SEEK_SET) < 0 ||
      archive_read_open_fd(reader.get(), file, kPieceBytes) != ARCHIVE_OK) {
    RefuseBroken(reader.get(), {});
  }
  Archive archive;
  archive.file_ = open(spool.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  archive.Fill(reader.get(), length, limits);
  return archive;
}

Archive Archive::Unpack(std::string_view bytes, const std::filesystem::path& spool,
                        const Limits& limits) {
  const Utf8Locale locale;
  CheckSize(static_cast<std::int64_t>(bytes.size()), limits);
  auto reader = MakeReader();
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    RefuseBroken(reader.get(), {});
  }
  Archive archive;
  archive.file_ = open(spool.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  archive.Fill(reader.get(), static_cast<std::int64_t>(bytes.size()), limits);
  return archive;
}

void Archive::Fill(void* opened, std::int64_t archive_bytes, const Limits& limits) {
  auto* reader = static_cast<archive*>(opened);
  if (file_ < 0) {
    throw Problem(ProblemKind::kInternal, "The archive could not be unpacked.",
                  std::strerror(errno));
  }
  Meter meter(archive_bytes, limits);
  std::unordered_set<std::string> names;
  std::int64_t offset = 0;
  for (;;) {
    archive_entry* entry = nullptr;
    const int result = archive_read_next_header(reader, &entry);
    if (result == ARCHIVE_EOF) break;
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN) RefuseBroken(reader, {});
    std::string name = NameOf(entry, limits);
    CheckKind(entry, name);
    if (!names.insert(name).second) RefuseEntry(name, "is in it twice.");
    if (names.size() > limits.entries) {
      Refuse("The archive holds more than " + std::to_string(limits.entries) + " files.");
    }
    if (archive_entry_filetype(entry) == AE_IFDIR) continue;
    const auto length = CopyEntry(reader, file_, name, meter);
    entries_.push_back({std::move(name), offset, length});
    offset += length;
  }
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.name < b.name; });
}

const Entry* Archive::Find(std::string_view name) const {
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), name,
                       [](const Entry& entry, std::string_view n) { return entry.name < n; });
  return found == entries_.end() || found->name != name ? nullptr : &*found;
}

std::string Archive::Read(const Entry& entry) const {
  std::string bytes(static_cast<std::size_t>(entry.length), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto got = pread(file_, bytes.data() + done, bytes.size() - done,
                           entry.offset + static_cast<std::int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      throw Problem(ProblemKind::kInternal, "An unpacked file could not be read.",
                    std::strerror(errno));
    }
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

}  // namespace outpost::zip
