#include "domain/intake/detail/close_extensions.h"

#include <set>

#include "base/text.h"
#include "domain/cases/case_store.h"
#include "domain/intake/detail/effects.h"
#include "domain/intake/detail/process.h"
#include "domain/intake/server_form.h"

namespace outpost::intake {
namespace {

/// Open cases that hang from the closed ones by extension indices, at any distance.
std::set<std::string> OpenChain(cases::CaseSet& known, std::int64_t project,
                                const std::set<std::string>& touched) {
  std::vector<std::string> hosts;
  for (const auto& id : touched) {
    const auto* host = known.Find(project, id);
    if (host != nullptr && host->is_closed) hosts.push_back(id);
  }
  std::set<std::string> chain;
  while (!hosts.empty()) {
    const std::string host = std::move(hosts.back());
    hosts.pop_back();
    for (auto& id : known.OpenExtensionsOf(project, host)) {
      if (chain.insert(id).second) hosts.push_back(std::move(id));
    }
  }
  return chain;
}

}  // namespace

void CloseExtensions(sql::Batch& batch, const ParsedSubmission& parsed,
                     const blobs::BlobStore& blobs) {
  const auto& trigger = parsed.submission;
  if (!trigger.project->settings.closes_extensions) return;
  const auto chain = OpenChain(batch.State<cases::CaseSet>(), trigger.project->row,
                               TouchedCases(parsed.found.blocks, parsed.ledgers.movements));
  if (chain.empty()) return;
  ServerForm form;
  form.project = trigger.project;
  form.device_id = "SubmissionPost-" + parsed.identity.form_id + "-close_extensions";
  form.at = trigger.received_on;
  form.last_sync_token = trigger.request.last_sync_token;
  for (const auto& id : chain) {
    form.blocks += "<case xmlns=\"http://commcarehq.org/case/transaction/v2\" case_id=\"" +
                   EscapeMarkup(id) + "\" date_modified=\"" + FormatT6(form.at) + "\" user_id=\"" +
                   form.user_id + "\"><close/></case>";
  }
  Process(batch, Parse(SubmissionOf(form), blobs), blobs);
}

}  // namespace outpost::intake
