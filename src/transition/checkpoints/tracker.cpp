#include "transition/checkpoints/tracker.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::transition {
namespace {

const Item& Known(std::string_view id) {
  const auto* item = FindItem(id);
  if (item != nullptr) return *item;
  std::vector<std::string_view> ids;
  for (const auto& one : Items()) ids.push_back(one.id);
  const auto nearest = NearestWord(id, ids);
  throw Problem(ProblemKind::kNotFound,
                fmt::format("There is no item '{}'.{}", id,
                            nearest ? fmt::format(" Did you mean {}?", *nearest) : ""));
}

void Require(const std::string& text, const char* what) {
  if (Trim(text).empty()) {
    throw Problem(ProblemKind::kBadRequest, fmt::format("{} is missing.", what));
  }
}

bool IsClosed(State state) {
  return state == State::kSigned || state == State::kWaived || state == State::kNotApplicable;
}

/// The first collector with a verdict counts; "not yet" is one only when no other has another.
std::optional<Evidence> LookAt(const Item& item, const std::vector<const Collector*>& collectors) {
  std::optional<Evidence> seen;
  for (const auto* collector : collectors) {
    auto evidence = collector->Look(item);
    if (!evidence) continue;
    evidence->collector = collector->name();
    const bool is_verdict = evidence->verdict != Verdict::kNotYet;
    if (is_verdict || !seen) seen = std::move(evidence);
    if (is_verdict) break;
  }
  return seen;
}

/// "Not yet" of one does not take away what another has seen, as long as that is fresh: the plan is
/// not at hand at every look.
bool IsKnownBetter(const std::optional<Evidence>& before, const Evidence& now_seen, Instant now) {
  return now_seen.verdict == Verdict::kNotYet && before && before->verdict != Verdict::kNotYet &&
         before->collector != now_seen.collector && !before->IsStaleAt(now);
}

/// A question holds when somebody answered it or the machine saw it; a checkpoint when closed.
bool Holds(const Item& item, State state) {
  if (IsClosed(state)) return true;
  if (item.kind == ItemKind::kCheckpoint) return false;
  return state == State::kAnswered || state == State::kEvidenceOk;
}

}  // namespace

std::int64_t ValidityOf(std::string_view id) {
  constexpr std::int64_t kLoadTest = 180 * kMicrosPerDay;
  constexpr std::int64_t kRestore = 90 * kMicrosPerDay;
  if (id == "C4.1.1") return kLoadTest;
  if (id == "C4.3.1") return kRestore;
  return kValidMicros;
}

std::vector<Blocker> BlockersOf(const Tracker& tracker, const Item& item, Instant now) {
  std::vector<Blocker> blockers;
  for (const auto id : NeedsOf(item)) {
    const auto state = StateOf(tracker, id, now);
    if (!Holds(*FindItem(id), state)) {
      const bool checkpoint = FindItem(id)->kind == ItemKind::kCheckpoint;
      blockers.push_back({std::string(id),
                          fmt::format("{} is {}", id, checkpoint ? "not closed" : NameOf(state))});
    }
  }
  const auto* record = tracker.Find(item.id);
  const bool looked = record != nullptr && record->evidence && !record->evidence->IsStaleAt(now);
  if (looked && record->evidence->verdict == Verdict::kFails) {
    blockers.push_back({std::string(item.id), record->evidence->sentence});
  } else if (item.level == Level::kFull &&
             (!looked || record->evidence->verdict != Verdict::kHolds)) {
    blockers.push_back({std::string(item.id), looked
                                                  ? record->evidence->sentence
                                                  : fmt::format("not yet: needs {}", item.proof)});
  }
  return blockers;
}

void TransitionDesk::AnswerItem(std::string_view id, const std::string& text,
                                const std::string& by) {
  const auto& item = Known(id);
  Require(text, "The answer");
  Require(by, "The name of who answers");
  store_->Update([&](Tracker& tracker) {
    auto& record = tracker.At(item.id);
    record.id = item.id;
    record.answer = text;
    record.answered_by = by;
    record.answered_at = clock_->Now();
    tracker.Note(clock_->Now(), by, "answer", record.id, text);
  });
}

void TransitionDesk::Assign(std::string_view id, const std::string& owner, const std::string& due,
                            const std::string& by) {
  const auto& item = Known(id);
  Require(by, "The name of who assigns");
  if (!due.empty() && !ParseDate(due)) {
    throw Problem(ProblemKind::kBadRequest, fmt::format("'{}' is no date; write YYYY-MM-DD.", due));
  }
  store_->Update([&](Tracker& tracker) {
    auto& record = tracker.At(item.id);
    record.id = item.id;
    if (!owner.empty()) record.owner = owner;
    if (!due.empty()) record.due = due;
    tracker.Note(clock_->Now(), by, "assign", record.id, owner + " " + due);
  });
}

std::string TransitionDesk::SignerNamed(const std::string& by) const {
  return signers_ ? signers_(by) : by;
}

void TransitionDesk::Sign(std::string_view id, const Signature& signature) {
  const auto& item = Known(id);
  Require(signature.name, "The name of who signs");
  Require(signature.function, "The job function of who signs");
  const auto name = SignerNamed(signature.name);
  store_->Update([&](Tracker& tracker) {
    const auto now = clock_->Now();
    const auto blockers = BlockersOf(tracker, item, now);
    if (!blockers.empty()) {
      std::string why;
      for (const auto& blocker : blockers) why += "\n  " + blocker.why;
      throw Problem(ProblemKind::kConflict,
                    fmt::format("{} cannot be closed yet:{}", item.id, why));
    }
    auto& record = tracker.At(item.id);
    record.id = item.id;
    auto signed_now = signature;
    signed_now.name = name;
    signed_now.at = now;
    const bool holds = record.evidence && !record.evidence->IsStaleAt(now) &&
                       record.evidence->verdict == Verdict::kHolds;
    signed_now.evidence_hash = holds ? record.evidence->hash : "";
    if (!holds && signed_now.document.empty()) {
      throw Problem(ProblemKind::kConflict,
                    fmt::format("{} cannot be closed yet:\n  no machine has seen it: attach a "
                                "document (--evidence) that shows {}",
                                item.id, item.proof));
    }
    record.signature = signed_now;
    record.waived_at.reset();
    auto detail = signature.function;
    if (!signature.document.empty()) detail += "; " + signature.document;
    if (holds) {
      detail += fmt::format("; saw: {} (evidence {})", record.evidence->sentence,
                            signed_now.evidence_hash);
    }
    tracker.Note(now, name, "sign", record.id, detail);
  });
}

void TransitionDesk::Waive(std::string_view id, const std::string& because, const std::string& by) {
  const auto& item = Known(id);
  Require(because, "The reason");
  Require(by, "The name of who waives");
  const auto name = SignerNamed(by);
  store_->Update([&](Tracker& tracker) {
    auto& record = tracker.At(item.id);
    record.id = item.id;
    record.waived_because = because;
    record.waived_by = name;
    record.waived_at = clock_->Now();
    tracker.Note(clock_->Now(), name, "waive", record.id, because);
  });
}

void TransitionDesk::Reopen(std::string_view id, const std::string& because,
                            const std::string& by) {
  const auto& item = Known(id);
  Require(because, "The reason");
  Require(by, "The name of who reopens");
  const auto name = SignerNamed(by);
  store_->Update([&](Tracker& tracker) {
    auto& record = tracker.At(item.id);
    record.id = item.id;
    record.signature.reset();
    record.waived_at.reset();
    tracker.Note(clock_->Now(), name, "reopen", record.id, because);
  });
}

void TransitionDesk::SwitchSection(const std::string& section, bool on, const std::string& by) {
  Require(by, "The name of who decides");
  const auto items = Items();
  const bool optional = std::any_of(items.begin(), items.end(), [&](const Item& item) {
    return item.optional && item.section == section;
  });
  if (!optional) {
    throw Problem(ProblemKind::kBadRequest,
                  fmt::format("Section {} cannot be switched off; 3.2, 3.3 and 5.1 can.", section));
  }
  store_->Update([&](Tracker& tracker) {
    std::erase(tracker.sections_off, section);
    if (!on) tracker.sections_off.push_back(section);
    tracker.Note(clock_->Now(), by, on ? "section on" : "section off", "", section);
  });
}

void TransitionDesk::Adopt(const Tracker& other, const std::string& by) {
  Require(by, "The name of who moves the tracker");
  if (const auto broken = FirstBroken(other.audit)) {
    throw Problem(ProblemKind::kMalformed,
                  fmt::format("The audit trail was changed at entry {}.", *broken + 1));
  }
  store_->Update([&](Tracker& tracker) {
    for (const auto& [id, record] : tracker.records) {
      if (record.answered_at || record.signature || record.waived_at || !record.owner.empty()) {
        throw Problem(
            ProblemKind::kConflict,
            fmt::format("This tracker is in use already: somebody has worked on {}.", id));
      }
    }
    for (const auto& [id, theirs] : other.records) {
      const auto seen = tracker.At(id).evidence;
      auto& record = tracker.At(id) = theirs;
      if (seen && (!record.evidence || record.evidence->at < seen->at)) record.evidence = seen;
    }
    tracker.sections_off = other.sections_off;
    for (const auto& entry : other.audit) {
      tracker.Note(entry.at, entry.who, entry.what, entry.id, entry.detail);
    }
    tracker.Note(clock_->Now(), by, "adopt", "",
                 fmt::format("{} entries; the last one there had the hash {}", other.audit.size(),
                             other.audit.empty() ? "" : other.audit.back().hash));
  });
}

std::size_t TransitionDesk::Check(const std::vector<const Collector*>& collectors,
                                  const std::string& only_id) {
  if (!only_id.empty()) Known(only_id);
  std::map<std::string_view, Evidence> seen;
  for (const auto& item : Items()) {
    if (!only_id.empty() && item.id != only_id) continue;
    auto evidence = LookAt(item, collectors);
    if (!evidence) continue;
    evidence->at = clock_->Now();
    evidence->valid_micros = ValidityOf(item.id);
    evidence->hash = HashOf(*evidence);
    seen.emplace(item.id, std::move(*evidence));
  }
  store_->Update([&](Tracker& tracker) {
    const auto now = clock_->Now();
    for (const auto& [id, evidence] : seen) {
      auto& record = tracker.At(id);
      record.id = id;
      if (!IsKnownBetter(record.evidence, evidence, now)) record.evidence = evidence;
    }
    tracker.Note(now, "outpost", "check", only_id, fmt::format("{} items looked at", seen.size()));
  });
  return seen.size();
}

std::vector<PhaseProgress> ProgressOf(const Tracker& tracker, Instant now) {
  std::vector<PhaseProgress> progress;
  const auto today = FormatDate(now);
  for (const auto phase : Phases()) {
    PhaseProgress one;
    one.phase = phase;
    for (const auto* item : ItemsOf(ItemKind::kCheckpoint)) {
      if (item->phase != phase) continue;
      ++one.checkpoints;
      const bool closed = IsClosed(StateOf(tracker, item->id, now));
      if (closed) ++one.closed;
      const auto* record = tracker.Find(item->id);
      if (!closed && record != nullptr && !record->due.empty() && record->due < today)
        ++one.overdue;
    }
    one.passed = one.closed == one.checkpoints;
    progress.push_back(one);
  }
  return progress;
}

}  // namespace outpost::transition
