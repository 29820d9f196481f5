#include "domain/intake/case_updates.h"

#include <algorithm>
#include <future>

#include "base/ids.h"
#include "base/problem.h"
#include "base/text.h"
#include "domain/cases/case_store.h"
#include "domain/intake/detail/case_targets.h"
#include "domain/intake/detail/process.h"
#include "domain/intake/detail/stage_set.h"
#include "domain/intake/server_form.h"

namespace outpost::intake {
namespace {

/// More than this many blocks cost the writer as much as one more small form.
constexpr std::size_t kBlocksPerCostUnit = 4;

/// Text of an element. A bare carriage return would reach the server as a line feed.
std::string ElementText(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at <= text.size();) {
    const auto next = std::min(text.find('\r', at), text.size());
    out += EscapeMarkup(text.substr(at, next - at));
    if (next < text.size()) out += "&#13;";
    at = next + 1;
  }
  return out;
}

void AppendLeaf(std::string& out, std::string_view name, std::string_view text) {
  ((out += '<') += name) += '>';
  out += ElementText(text);
  ((out += "</") += name) += '>';
}

void AppendField(std::string& out, std::string_view name, const std::optional<std::string>& value) {
  if (value) AppendLeaf(out, name, *value);
}

void AppendIndices(std::string& out, const CaseUpdate& update, const CaseTarget& target) {
  if (update.indices.empty()) return;
  out += "<index>";
  for (std::size_t i = 0; i < update.indices.size(); ++i) {
    const IndexUpdate& index = update.indices[i];
    (out += '<') += index.identifier;
    out += " case_type=\"" + EscapeMarkup(index.case_type) + "\"";
    if (!index.relationship.empty()) {
      out += " relationship=\"" + EscapeMarkup(index.relationship) + "\"";
    }
    (out += '>') += ElementText(target.index_ids[i]);
    ((out += "</") += index.identifier) += '>';
  }
  out += "</index>";
}

void AppendBlock(std::string& out, const CaseUpdate& update, const CaseTarget& target,
                 const std::string& user_id, Instant at) {
  out += "<case xmlns=\"http://commcarehq.org/case/transaction/v2\" case_id=\"" +
         EscapeMarkup(target.case_id) + "\" date_modified=\"" + FormatT6(at) + "\" user_id=\"" +
         EscapeMarkup(user_id) + "\">";
  std::string fields;
  AppendField(fields, "case_type", update.case_type);
  AppendField(fields, "case_name", update.case_name);
  AppendField(fields, "owner_id", update.owner_id);
  if (target.is_new) out += "<create>" + fields + "</create>";
  std::string changes = target.is_new ? std::string() : std::move(fields);
  AppendField(changes, "external_id", update.external_id);
  for (const auto& [name, value] : update.properties) AppendLeaf(changes, name, value);
  if (!changes.empty()) out += "<update>" + changes + "</update>";
  AppendIndices(out, update, target);
  if (update.closes) out += "<close/>";
  out += "</case>";
}

ParsedSubmission FormOf(const CaseUpdates& request, const std::vector<CaseTarget>& targets,
                        const CaseUpdateStores& stores) {
  ServerForm form;
  form.project = request.project;
  form.xmlns = request.xmlns;
  form.device_id = request.device_id;
  form.user_id = request.user_id;
  form.username = request.username;
  form.at = stores.clock.Now();
  for (std::size_t i = 0; i < targets.size(); ++i) {
    AppendBlock(form.blocks, request.updates[i], targets[i], request.user_id, form.at);
  }
  auto submission = SubmissionOf(form);
  if (static_cast<std::int64_t>(submission.xml.size()) > kFormXmlBytesMax) {
    throw Problem(ProblemKind::kTooLarge,
                  "These updates make too large a form. Please send fewer at a time.");
  }
  return Parse(std::move(submission), stores.blobs);
}

std::vector<CaseTarget> TargetsNow(sql::Connection& reading, const sql::Database& database,
                                   const CaseUpdates& request,
                                   const std::vector<std::string>& fresh_ids) {
  const auto project = request.project->row;
  return FindTargets(request.updates, fresh_ids,
                     {[&](const std::string& case_id) {
                        return cases::IsThere(reading, database, project, case_id);
                      },
                      [&](const std::string& external_id) {
                        return cases::IdsWithExternalId(reading, project, external_id);
                      }});
}

std::vector<CaseTarget> TargetsInBatch(sql::Batch& batch, const CaseUpdates& request,
                                       const std::vector<std::string>& fresh_ids) {
  auto& known = batch.State<cases::CaseSet>();
  const auto project = request.project->row;
  return FindTargets(request.updates, fresh_ids,
                     {[&](const std::string& case_id) {
                        const auto* found = known.Find(project, case_id);
                        return found != nullptr && !found->is_deleted;
                      },
                      [&](const std::string& external_id) {
                        return known.IdsWithExternalId(project, external_id);
                      }});
}

/// Stores the form when its targets are still those that the request means; else does nothing.
class CaseUpdateJob final : public sql::WriteJob {
 public:
  /// Empty when the targets have changed.
  using Answer = std::promise<std::optional<Receipt>>;

  CaseUpdateJob(const CaseUpdates& request, const std::vector<std::string>& fresh_ids,
                const std::vector<CaseTarget>& targets, ParsedSubmission parsed,
                const blobs::BlobStore& blobs, Answer& answer)
      : request_(request),
        fresh_ids_(fresh_ids),
        targets_(targets),
        parsed_(std::move(parsed)),
        blobs_(blobs),
        answer_(answer) {}

  std::int64_t project() const override { return request_.project->row; }
  std::uint32_t cost() const override {
    return static_cast<std::uint32_t>(1 + parsed_.found.blocks.size() / kBlocksPerCostUnit);
  }
  void Load(sql::Batch& batch) override { AnnounceLookups(batch, parsed_); }

  void Apply(sql::Batch& batch) override {
    receipt_.reset();
    // A form that is held has not changed its cases yet, and the caller is to be shown them.
    if (batch.State<StageSet>().Of(project()) != projects::Stage::kLive) {
      throw Problem(ProblemKind::kPaused, "This project space is paused.");
    }
    if (TargetsInBatch(batch, request_, fresh_ids_) != targets_) return;
    receipt_ = Process(batch, parsed_, blobs_);
  }

  void Done(std::exception_ptr failure) noexcept override {
    if (failure) {
      answer_.set_exception(failure);
    } else {
      answer_.set_value(std::move(receipt_));
    }
  }

 private:
  const CaseUpdates& request_;
  const std::vector<std::string>& fresh_ids_;
  const std::vector<CaseTarget>& targets_;
  ParsedSubmission parsed_;
  const blobs::BlobStore& blobs_;
  Answer& answer_;
  std::optional<Receipt> receipt_;
};

}  // namespace

CaseUpdateResult UpdateCases(const CaseUpdateStores& stores, sql::Connection& reading,
                             const CaseUpdates& request) {
  OUTPOST_CHECK(request.updates.size() <= kCaseUpdatesMax);
  std::vector<std::string> fresh_ids(request.updates.size());
  for (auto& id : fresh_ids) id = NewUuid();
  for (int attempt = 0; attempt < kCaseUpdateAttemptsMax; ++attempt) {
    const auto targets = TargetsNow(reading, stores.database, request, fresh_ids);
    CaseUpdateJob::Answer answer;
    auto receipt = answer.get_future();
    stores.writer.Submit(std::make_unique<CaseUpdateJob>(
        request, fresh_ids, targets, FormOf(request, targets, stores), stores.blobs, answer));
    auto stored = receipt.get();
    if (!stored) continue;
    CaseUpdateResult result{std::move(*stored), {}};
    for (const auto& target : targets) result.case_ids.push_back(target.case_id);
    return result;
  }
  throw Problem(ProblemKind::kBusy, "These cases are changing too fast. Please try again.");
}

std::string CaseBlockXml(const CaseUpdate& update, const KnownCase& known, Instant at) {
  OUTPOST_CHECK(update.indices.empty());
  CaseTarget target;
  target.case_id = known.case_id;
  target.is_new = known.is_new;
  std::string block;
  AppendBlock(block, update, target, known.user_id, at);
  return block;
}

bool IsXmlText(std::string_view text) {
  if (!IsValidUtf8(text)) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') return false;
    // U+FFFE and U+FFFF, which no XML text may hold.
    const bool is_never = byte == 0xef && static_cast<unsigned char>(text[at + 1]) == 0xbf &&
                          static_cast<unsigned char>(text[at + 2]) >= 0xbe;
    if (is_never) return false;
  }
  return true;
}

}  // namespace outpost::intake
