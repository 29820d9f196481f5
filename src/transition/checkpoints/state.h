#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"

/// What has become of each item of the transition: answers, evidence, owner, due date, signature.
/// Source: spec migration-and-operations 8.
namespace outpost::transition {

enum class State : std::uint8_t {
  kOpen,
  kAnswered,        // a person answered
  kEvidenceOk,      // the machine looked and it holds
  kEvidenceFailed,  // the machine looked and it does not hold
  kSigned,
  kWaived,         // passed over by a named person, with a reason
  kNotApplicable,  // its optional section was switched off
};
std::string_view NameOf(State state);  // "open", "answered", "evidence ok", …

enum class Verdict : std::uint8_t { kHolds, kFails, kNotYet };
std::string_view NameOf(Verdict verdict);  // "holds", "fails", "not yet"

/// What a machine saw, and when. Never changed afterwards; a new look makes a new one.
struct Evidence {
  Instant at;
  Verdict verdict = Verdict::kNotYet;
  std::string sentence;                        // "not yet: needs …", or what was seen
  std::map<std::string, std::string> figures;  // machine-readable values
  std::string collector;                       // "plan 1"
  std::int64_t valid_micros = 0;               // afterwards it is stale
  std::string hash;                            // of all of the above, see HashOf

  bool IsStaleAt(Instant now) const { return now - at > valid_micros; }
};
/// SHA-256 in hex over every field but the hash itself.
std::string HashOf(const Evidence& evidence);

struct Signature {
  std::string name;
  std::string function;  // job
  Instant at;
  std::string evidence_hash;  // what was seen when signing; empty: an attached document only
  std::string document;       // name or address of what was attached
};

struct Record {
  std::string id;
  std::string answer;
  std::string answered_by;
  std::optional<Instant> answered_at;
  std::string owner;
  std::string due;  // YYYY-MM-DD
  std::optional<Evidence> evidence;
  std::optional<Signature> signature;
  std::string waived_because;
  std::string waived_by;
  std::optional<Instant> waived_at;
};

/// One line of the audit trail. Each carries the hash of the one before, so that a line that was
/// taken out or changed shows.
struct AuditEntry {
  Instant at;
  std::string who;
  std::string what;  // "sign", "answer", …
  std::string id;
  std::string detail;
  std::string previous;
  std::string hash;
};
std::string HashOf(const AuditEntry& entry);
/// Index of the first entry that does not fit, or nothing.
std::optional<std::size_t> FirstBroken(const std::vector<AuditEntry>& trail);

struct Tracker {
  std::map<std::string, Record> records;  // by id; items that nobody touched have none
  std::vector<std::string> sections_off;  // "3.2", "3.3", "5.1"
  std::vector<AuditEntry> audit;          // oldest first

  Record& At(std::string_view id) { return records[std::string(id)]; }
  const Record* Find(std::string_view id) const;
  void Note(Instant at, const std::string& who, const std::string& what, const std::string& id,
            const std::string& detail);
};

/// The state that follows from a record. Stale evidence takes a signature that rests on it back.
State StateOf(const Tracker& tracker, std::string_view id, Instant now);

}  // namespace outpost::transition
