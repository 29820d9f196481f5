#include "domain/intake/detail/phone_effect.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "domain/cases/case_store.h"
#include "domain/sync_log/sync_log.h"

namespace outpost::intake {
namespace {

std::optional<std::string> OwnerIn(const cases::Assignments& assignments) {
  std::optional<std::string> owner;
  for (const auto& [name, value] : assignments) {
    if (name == "owner_id") owner = value.text;
  }
  return owner;
}

/// The owner as the phone has it: unlike the server it keeps a blank of an update.
std::optional<std::string> OwnerOnPhone(const cases::CaseBlock& block, const std::string& user_id) {
  auto owner = OwnerIn(block.update);
  if (owner || !block.has_create) return owner;
  owner = OwnerIn(block.create);
  if (owner && !owner->empty()) return owner;
  return block.user_id.empty() ? user_id : block.user_id;
}

sync_log::IndexEffect EffectOf(const cases::IndexAction& action, cases::CaseSet& known,
                               std::int64_t project) {
  sync_log::IndexEffect effect;
  effect.index.identifier = action.identifier;
  effect.index.case_type = action.referenced_type;
  effect.index.is_extension = action.relationship == "extension";
  effect.is_removal = action.referenced_id.empty();
  if (effect.is_removal) return effect;
  const auto* target = known.Find(project, action.referenced_id);
  if (target != nullptr) {
    effect.index.target = target->row;
  } else {
    effect.index.target_id = action.referenced_id;
  }
  return effect;
}

std::optional<std::string_view> TokenOf(const ParsedSubmission& parsed) {
  const auto& token = parsed.submission.request.last_sync_token;
  if (!token || token->empty() || !parsed.identity.user_id) return std::nullopt;
  return *token;
}

}  // namespace

void AnnounceSyncLog(sql::Batch& batch, const ParsedSubmission& parsed) {
  if (const auto token = TokenOf(parsed)) {
    batch.State<sync_log::SyncLogSet>().Want(parsed.submission.project->row, *token);
  }
}

void RecordOnPhone(sql::Batch& batch, const ParsedSubmission& parsed) {
  const auto token = TokenOf(parsed);
  if (!token) return;
  const std::int64_t project = parsed.submission.project->row;
  const std::string& user_id = *parsed.identity.user_id;
  auto& known = batch.State<cases::CaseSet>();
  sync_log::FormEffect form;
  for (const auto& block : parsed.found.blocks) {
    const auto* stored = known.Find(project, block.case_id);
    if (stored == nullptr) continue;
    sync_log::BlockEffect effect;
    effect.row = stored->row;
    effect.creates = block.has_create;
    effect.closes = block.closes;
    effect.owner_id = OwnerOnPhone(block, user_id);
    for (const auto& index : block.indices) {
      effect.indices.push_back(EffectOf(index, known, project));
    }
    form.push_back(std::move(effect));
  }
  batch.State<sync_log::SyncLogSet>().Record(project, *token, user_id, form);
}

}  // namespace outpost::intake
