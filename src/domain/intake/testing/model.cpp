#include "domain/intake/testing/model.h"

#include <algorithm>
#include <set>

namespace outpost::intake_testing {
namespace {

int KindOf(const Block& block) {
  if (block.creates) return 0;
  if (!block.update.empty()) return 1;
  if (!block.indices.empty()) return 2;
  return block.closes ? 3 : 1;
}

std::vector<Block> InOrder(const Content& content) {
  auto blocks = content.blocks;
  std::stable_sort(blocks.begin(), blocks.end(), [](const Block& a, const Block& b) {
    return std::pair(a.case_id, KindOf(a)) < std::pair(b.case_id, KindOf(b));
  });
  return blocks;
}

std::set<std::string> CasesOf(const Content& content) {
  std::set<std::string> ids;
  for (const auto& block : content.blocks) ids.insert(block.case_id);
  for (const auto& line : content.lines) ids.insert(line.case_id);
  return ids;
}

void ApplyBlock(Case& c, const Block& block, const std::string& user) {
  if (block.creates) {
    c.type = block.type;
    c.name = block.name;
    c.owner = block.owner;
  }
  for (const auto& [name, value] : block.update) {
    (name == "owner_id" ? c.owner : c.properties[name]) = value;
  }
  if (block.closes) {
    c.is_closed = true;
    c.closed_on = block.date;
    c.closed_by = user;
  }
  for (const auto& [identifier, reference] : block.indices) {
    if (reference.empty()) {
      c.indices.erase(identifier);
    } else {
      c.indices[identifier] = reference;
    }
  }
  c.modified_by = user;
  c.modified_on = std::max(c.modified_on.value_or(block.date), block.date);
  if (!c.opened_on) c.opened_on = block.date;
  if (c.opened_by.empty()) c.opened_by = user;
  if (c.owner.empty()) c.owner = user;
}

void Replay(Ledger& ledger) {
  std::sort(ledger.lines.begin(), ledger.lines.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.date, a.form, a.step) < std::tuple(b.date, b.form, b.step);
  });
  std::int64_t balance = 0;
  for (auto& line : ledger.lines) {
    if (line.is_transfer) {
      line.balance = balance + line.delta;
    } else {
      line.delta = line.balance - balance;
    }
    balance = line.balance;
  }
  ledger.balance = balance;
}

}  // namespace

std::vector<std::string> Model::FormsIn(State state) const {
  std::vector<std::string> ids;
  for (const auto& [id, at] : by_id_) {
    if (forms_[at].state == state) ids.push_back(id);
  }
  return ids;
}

/// Whether a case that the form re-indexes would refer to one that does not exist, or a ledger line
/// names one.
bool Model::IsRefused(const Content& content) const {
  std::map<std::string, Case> after = cases_;
  std::set<std::string> reindexed;
  for (const auto& block : InOrder(content)) {
    ApplyBlock(after[block.case_id], block, content.user);
    if (!block.indices.empty()) reindexed.insert(block.case_id);
  }
  for (const auto& id : reindexed) {
    for (const auto& [identifier, reference] : after[id].indices) {
      if (!after.contains(reference)) return true;
    }
  }
  return std::any_of(content.lines.begin(), content.lines.end(),
                     [&](const Line& line) { return !after.contains(line.case_id); });
}

void Model::Apply(std::size_t form) {
  const Content& content = forms_[form].content;
  for (const auto& block : InOrder(content)) ApplyBlock(cases_[block.case_id], block, content.user);
  for (const auto& id : CasesOf(content)) {
    cases_[id].touches.push_back({form, false});
    cases_[id].server_modified_on = forms_[form].received_on;
  }
  std::map<std::pair<std::string, std::string>, std::size_t> steps;
  for (const auto& line : content.lines) {
    auto& ledger = ledgers_[{line.case_id, line.entry}];
    const std::int64_t before = ledger.balance.value_or(0);
    const std::int64_t after = line.is_transfer ? before + line.quantity : line.quantity;
    ledger.lines.push_back({form, steps[{line.case_id, line.entry}]++, line.is_transfer, line.date,
                            after - before, after});
    ledger.balance = after;
  }
  forms_[form].in_effect = content;
}

bool Model::Submit(const std::string& id, const Content& content, std::int64_t now) {
  const auto known = by_id_.find(id);
  if (known != by_id_.end()) {
    const Form& form = forms_[known->second];
    if (form.state != State::kError || form.in_effect) {
      return Edit(known->second, content, now);
    }
    forms_[known->second].state = State::kDeprecated;  // it moves to another id
  }
  by_id_[id] = forms_.size();
  forms_.push_back({id, State::kNormal, now, content, std::nullopt});
  if (IsRefused(content)) {
    forms_.back().state = State::kError;
    return false;
  }
  Apply(forms_.size() - 1);
  return true;
}

bool Model::Edit(std::size_t form, const Content& content, std::int64_t now) {
  const bool is_refused = IsRefused(content);
  const Content old = forms_[form].in_effect.value_or(Content{});
  forms_[form].content = content;
  forms_[form].state = is_refused ? State::kError : State::kNormal;
  if (is_refused) return false;
  forms_[form].in_effect = content;
  auto touched = CasesOf(old);
  touched.merge(CasesOf(content));
  const auto own = CasesOf(content);
  for (const auto& id : touched) {
    auto& touches = cases_[id].touches;
    const auto mine = [&](const Touch& touch) { return touch.form == form; };
    const bool counted = std::any_of(touches.begin(), touches.end(), [&](const Touch& touch) {
      return mine(touch) && !touch.is_revoked;
    });
    for (auto& touch : touches) touch.is_revoked &= !mine(touch);
    if (own.contains(id) && std::none_of(touches.begin(), touches.end(), mine)) {
      touches.push_back({form, false});
    }
    RebuildCase(id, now, counted ? std::nullopt : std::optional(form));
  }
  ReviseLedgers(form, old, content, true);
  return true;
}

bool Model::Reprocess(const std::string& id, std::int64_t now) {
  const std::size_t form = by_id_.at(id);
  if (forms_[form].in_effect) return Edit(form, Content(forms_[form].content), now);
  if (IsRefused(forms_[form].content)) return false;
  forms_[form].state = State::kNormal;
  const Content content = forms_[form].content;
  std::set<std::string> late;
  for (const auto& case_id : CasesOf(content)) {
    const auto found = cases_.find(case_id);
    const bool is_late =
        found != cases_.end() && found->second.server_modified_on > forms_[form].received_on;
    if (is_late) late.insert(case_id);
  }
  Apply(form);
  for (const auto& case_id : late) RebuildCase(case_id, now, std::nullopt);
  for (const auto& line : content.lines) {
    if (late.contains(line.case_id)) ReviseLedger({line.case_id, line.entry}, form, content, true);
  }
  return true;
}

void Model::Turn(const std::string& id, bool is_archived, std::int64_t now) {
  const std::size_t form = by_id_.at(id);
  const Content content = forms_[form].content;
  forms_[form].state = is_archived ? State::kArchived : State::kNormal;
  for (const auto& case_id : CasesOf(content)) {
    for (auto& touch : cases_[case_id].touches) {
      if (touch.form == form) touch.is_revoked = is_archived;
    }
    RebuildCase(case_id, now, is_archived ? std::nullopt : std::optional(form));
  }
  ReviseLedgers(form, content, is_archived ? Content{} : content, false);
}

void Model::Archive(const std::string& id, std::int64_t now) { Turn(id, true, now); }
void Model::Unarchive(const std::string& id, std::int64_t now) { Turn(id, false, now); }
void Model::TurnCase(const std::string& id, bool is_deleted, std::int64_t now) {
  cases_.at(id).is_deleted = is_deleted;
  cases_.at(id).server_modified_on = now;
}
void Model::Rebuild(const std::string& id, std::int64_t now) { RebuildCase(id, now, std::nullopt); }

void Model::RebuildCase(const std::string& id, std::int64_t now,
                        std::optional<std::size_t> restored) {
  Case& c = cases_[id];
  auto steps = c.touches;
  std::erase_if(steps, [](const Touch& touch) { return touch.is_revoked; });
  std::stable_sort(steps.begin(), steps.end(), [&](const Touch& a, const Touch& b) {
    return forms_[a.form].received_on < forms_[b.form].received_on;
  });
  const bool was_explicit =
      c.is_deleted && std::any_of(steps.begin(), steps.end(),
                                  [&](const Touch& touch) { return touch.form != restored; });
  Case fresh;
  fresh.touches = c.touches;
  for (const auto& step : steps) {
    const Form& form = forms_[step.form];
    if (form.state == State::kArchived || !form.in_effect) continue;
    for (const auto& block : InOrder(*form.in_effect)) {
      if (block.case_id == id) ApplyBlock(fresh, block, form.in_effect->user);
    }
  }
  fresh.is_deleted = was_explicit || steps.empty();
  if (!fresh.modified_on) fresh.modified_on = now;
  fresh.server_modified_on = now;
  c = fresh;
}

void Model::ReviseLedgers(std::size_t form, const Content& removed, const Content& added,
                          bool keeps) {
  std::set<std::pair<std::string, std::string>> keys;
  for (const auto* content : {&removed, &added}) {
    for (const auto& line : content->lines) keys.insert({line.case_id, line.entry});
  }
  for (const auto& key : keys) ReviseLedger(key, form, added, keeps);
}

void Model::ReviseLedger(const std::pair<std::string, std::string>& key, std::size_t form,
                         const Content& added, bool keeps) {
  auto& ledger = ledgers_[key];
  std::erase_if(ledger.lines, [&](const LedgerLine& line) { return line.form == form; });
  std::size_t step = 0;
  for (const auto& line : added.lines) {
    if (std::pair(line.case_id, line.entry) != key) continue;
    ledger.lines.push_back({form, step++, line.is_transfer, line.date,
                            line.is_transfer ? line.quantity : 0,
                            line.is_transfer ? 0 : line.quantity});
  }
  const bool had_value = ledger.balance.has_value();
  Replay(ledger);
  if (ledger.lines.empty() && !(keeps && had_value)) ledger.balance.reset();
}

}  // namespace outpost::intake_testing
