#include "transition/checkpoints/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/problem.h"
#include "transition/catalogue/item.h"

namespace outpost::transition {
namespace {

namespace json = boost::json;

constexpr std::size_t kFileBytesMax = 64u << 20;
constexpr int kFormat = 1;

json::value InstantJson(const std::optional<Instant>& at) {
  return at ? json::value(FormatT6(*at)) : json::value(nullptr);
}

json::object EvidenceJson(const Evidence& evidence) {
  json::object figures;
  for (const auto& figure : evidence.figures) figures[figure.first] = figure.second;
  return {{"at", FormatT6(evidence.at)},
          {"verdict", NameOf(evidence.verdict)},
          {"sentence", evidence.sentence},
          {"figures", figures},
          {"collector", evidence.collector},
          {"valid_micros", evidence.valid_micros},
          {"hash", evidence.hash}};
}

json::object SignatureJson(const Signature& signature) {
  return {{"name", signature.name},
          {"function", signature.function},
          {"at", FormatT6(signature.at)},
          {"evidence_hash", signature.evidence_hash},
          {"document", signature.document}};
}

json::object RecordJson(const Record& record) {
  json::object object = {{"answer", record.answer},
                         {"answered_by", record.answered_by},
                         {"answered_at", InstantJson(record.answered_at)},
                         {"owner", record.owner},
                         {"due", record.due},
                         {"waived_because", record.waived_because},
                         {"waived_by", record.waived_by},
                         {"waived_at", InstantJson(record.waived_at)}};
  if (record.evidence) object["evidence"] = EvidenceJson(*record.evidence);
  if (record.signature) object["signature"] = SignatureJson(*record.signature);
  return object;
}

std::string Text(const json::object& object, const char* key) {
  return std::string(object.at(key).as_string());
}

Instant At(const json::value& value) {
  const auto at = ParseDateTime(std::string(value.as_string()));
  if (!at) throw Problem(ProblemKind::kMalformed, "A time in the tracker file is no time.");
  return *at;
}

std::optional<Instant> OptionalAt(const json::object& object, const char* key) {
  const auto& value = object.at(key);
  if (value.is_null()) return {};
  return At(value);
}

Verdict VerdictOf(const std::string& name) {
  for (const auto verdict : {Verdict::kHolds, Verdict::kFails, Verdict::kNotYet}) {
    if (NameOf(verdict) == name) return verdict;
  }
  throw Problem(ProblemKind::kMalformed, fmt::format("'{}' is no verdict.", name));
}

Evidence ReadEvidence(const json::object& object) {
  Evidence evidence;
  evidence.at = At(object.at("at"));
  evidence.verdict = VerdictOf(Text(object, "verdict"));
  evidence.sentence = Text(object, "sentence");
  for (const auto& figure : object.at("figures").as_object()) {
    evidence.figures[std::string(figure.key())] = std::string(figure.value().as_string());
  }
  evidence.collector = Text(object, "collector");
  evidence.valid_micros = object.at("valid_micros").as_int64();
  evidence.hash = Text(object, "hash");
  if (evidence.hash != HashOf(evidence)) {
    throw Problem(ProblemKind::kMalformed, "A piece of evidence was changed after it was written.");
  }
  return evidence;
}

Record RecordOf(const std::string& id, const json::object& object) {
  if (FindItem(id) == nullptr) {
    throw Problem(ProblemKind::kMalformed, fmt::format("There is no item '{}'.", id));
  }
  Record record;
  record.id = id;
  record.answer = Text(object, "answer");
  record.answered_by = Text(object, "answered_by");
  record.answered_at = OptionalAt(object, "answered_at");
  record.owner = Text(object, "owner");
  record.due = Text(object, "due");
  record.waived_because = Text(object, "waived_because");
  record.waived_by = Text(object, "waived_by");
  record.waived_at = OptionalAt(object, "waived_at");
  if (const auto* evidence = object.if_contains("evidence")) {
    record.evidence = ReadEvidence(evidence->as_object());
  }
  if (const auto* signature = object.if_contains("signature")) {
    const auto& from = signature->as_object();
    record.signature = Signature{Text(from, "name"), Text(from, "function"), At(from.at("at")),
                                 Text(from, "evidence_hash"), Text(from, "document")};
  }
  return record;
}

Tracker ReadParts(const json::object& root) {
  if (root.at("format").as_int64() != kFormat) {
    throw Problem(ProblemKind::kMalformed, "The tracker file was written by a newer release.");
  }
  Tracker tracker;
  for (const auto& section : root.at("sections_off").as_array()) {
    tracker.sections_off.emplace_back(section.as_string());
  }
  for (const auto& member : root.at("records").as_object()) {
    const std::string id(member.key());
    tracker.records[id] = RecordOf(id, member.value().as_object());
  }
  for (const auto& one : root.at("audit").as_array()) {
    const auto& entry = one.as_object();
    tracker.audit.push_back({At(entry.at("at")), Text(entry, "who"), Text(entry, "what"),
                             Text(entry, "id"), Text(entry, "detail"), Text(entry, "previous"),
                             Text(entry, "hash")});
  }
  if (const auto broken = FirstBroken(tracker.audit)) {
    throw Problem(ProblemKind::kMalformed,
                  fmt::format("The audit trail was changed at entry {}.", *broken + 1));
  }
  return tracker;
}

/// What `parts` makes of the text, which must be one JSON object as we write it.
template <class Parts>
auto Read(std::string_view text, Parts parts) {
  try {
    return parts(json::parse({text.data(), text.size()}).as_object());
  } catch (const Problem&) {
    throw;
  } catch (const std::exception& error) {
    throw Problem(ProblemKind::kMalformed, "The tracker cannot be read.", error.what());
  }
}

/// A lock file held for one change.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& file)
      : descriptor_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0 || flock(descriptor_, LOCK_EX) != 0) {
      throw Problem(ProblemKind::kInternal,
                    fmt::format("Cannot lock {}: {}.", file.string(), std::strerror(errno)));
    }
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock() { close(descriptor_); }

 private:
  int descriptor_;
};

/// Written beside, synced, then moved over: there is always one whole file.
void Replace(const std::filesystem::path& file, const std::string& text) {
  const auto beside = file.string() + ".new";
  const int descriptor = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  std::size_t done = 0;
  bool good = descriptor >= 0;
  while (good && done < text.size()) {
    const auto count = write(descriptor, text.data() + done, text.size() - done);
    good = count > 0;
    if (good) done += static_cast<std::size_t>(count);
  }
  good = good && fsync(descriptor) == 0;
  if (descriptor >= 0) close(descriptor);
  if (!good || std::rename(beside.c_str(), file.c_str()) != 0) {
    throw Problem(ProblemKind::kInternal,
                  fmt::format("Cannot write {}: {}.", file.string(), std::strerror(errno)));
  }
}

}  // namespace

std::string WriteTracker(const Tracker& tracker) {
  json::object records;
  for (const auto& record : tracker.records) records[record.first] = RecordJson(record.second);
  json::array audit;
  for (const auto& entry : tracker.audit) {
    audit.push_back(json::object{{"at", FormatT6(entry.at)},
                                 {"who", entry.who},
                                 {"what", entry.what},
                                 {"id", entry.id},
                                 {"detail", entry.detail},
                                 {"previous", entry.previous},
                                 {"hash", entry.hash}});
  }
  json::array off;
  for (const auto& section : tracker.sections_off) off.push_back(json::string(section));
  const json::object root = {
      {"format", kFormat}, {"sections_off", off}, {"records", records}, {"audit", audit}};
  return json::serialize(root) + "\n";
}

Tracker ReadTracker(std::string_view text) {
  return Read(text, [](const json::object& root) { return ReadParts(root); });
}

std::string WriteRecord(const Record& record) { return json::serialize(RecordJson(record)); }

Record ReadRecord(const std::string& id, std::string_view text) {
  return Read(text, [&](const json::object& object) { return RecordOf(id, object); });
}

Tracker FileCheckpointStore::Load() const {
  std::error_code error;
  const auto size = std::filesystem::file_size(file_, error);
  if (error) return {};
  if (size > kFileBytesMax) {
    throw Problem(ProblemKind::kTooLarge, fmt::format("{} is too large.", file_.string()));
  }
  std::ifstream in(file_, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return ReadTracker(text.str());
}

void FileCheckpointStore::Update(const std::function<void(Tracker&)>& change) {
  const FileLock lock(file_.string() + ".lock");
  auto tracker = Load();
  change(tracker);
  Replace(file_, WriteTracker(tracker));
}

}  // namespace outpost::transition
