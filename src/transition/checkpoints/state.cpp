#include "transition/checkpoints/state.h"

#include <algorithm>

#include "base/problem.h"
#include "crypto/digests.h"
#include "transition/catalogue/item.h"

namespace outpost::transition {
namespace {

/// Length before each field: no two different records read the same.
class Hasher {
 public:
  void Add(std::string_view text) {
    bytes_ += std::to_string(text.size()) + ":" + std::string(text);
  }
  std::string Hex() const { return crypto::Sha256Hex(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace

std::string_view NameOf(State state) {
  switch (state) {
    case State::kOpen:
      return "open";
    case State::kAnswered:
      return "answered";
    case State::kEvidenceOk:
      return "evidence ok";
    case State::kEvidenceFailed:
      return "evidence failed";
    case State::kSigned:
      return "signed";
    case State::kWaived:
      return "waived";
    case State::kNotApplicable:
      return "not applicable";
  }
  OUTPOST_CHECK(false);
}

std::string_view NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHolds:
      return "holds";
    case Verdict::kFails:
      return "fails";
    case Verdict::kNotYet:
      return "not yet";
  }
  OUTPOST_CHECK(false);
}

std::string HashOf(const Evidence& evidence) {
  Hasher hasher;
  hasher.Add(FormatT6(evidence.at));
  hasher.Add(NameOf(evidence.verdict));
  hasher.Add(evidence.sentence);
  for (const auto& figure : evidence.figures) {
    hasher.Add(figure.first);
    hasher.Add(figure.second);
  }
  hasher.Add(evidence.collector);
  hasher.Add(std::to_string(evidence.valid_micros));
  return hasher.Hex();
}

std::string HashOf(const AuditEntry& entry) {
  Hasher hasher;
  for (const auto& field :
       {FormatT6(entry.at), entry.who, entry.what, entry.id, entry.detail, entry.previous}) {
    hasher.Add(field);
  }
  return hasher.Hex();
}

std::optional<std::size_t> FirstBroken(const std::vector<AuditEntry>& trail) {
  std::string previous;
  for (std::size_t i = 0; i < trail.size(); ++i) {
    if (trail[i].previous != previous || trail[i].hash != HashOf(trail[i])) return i;
    previous = trail[i].hash;
  }
  return {};
}

const Record* Tracker::Find(std::string_view id) const {
  const auto found = records.find(std::string(id));
  return found == records.end() ? nullptr : &found->second;
}

void Tracker::Note(Instant at, const std::string& who, const std::string& what,
                   const std::string& id, const std::string& detail) {
  AuditEntry entry{at, who, what, id, detail, audit.empty() ? "" : audit.back().hash, ""};
  entry.hash = HashOf(entry);
  audit.push_back(std::move(entry));
}

State StateOf(const Tracker& tracker, std::string_view id, Instant now) {
  const auto* item = FindItem(id);
  OUTPOST_CHECK(item != nullptr);
  if (item->optional && std::find(tracker.sections_off.begin(), tracker.sections_off.end(),
                                  item->section) != tracker.sections_off.end()) {
    return State::kNotApplicable;
  }
  const auto* record = tracker.Find(id);
  if (record == nullptr) return State::kOpen;
  if (record->waived_at) return State::kWaived;
  const bool fresh = record->evidence && !record->evidence->IsStaleAt(now);
  if (record->signature) {
    const auto& seen = record->signature->evidence_hash;
    // What was signed was the evidence of that day: it counts as long as that does, and as long
    // as no later look says the opposite.
    const bool rests = seen.empty() || (fresh && record->evidence->verdict == Verdict::kHolds);
    if (rests) return State::kSigned;
  }
  if (fresh && record->evidence->verdict == Verdict::kHolds) return State::kEvidenceOk;
  if (fresh && record->evidence->verdict == Verdict::kFails) return State::kEvidenceFailed;
  return record->answered_at ? State::kAnswered : State::kOpen;
}

}  // namespace outpost::transition
