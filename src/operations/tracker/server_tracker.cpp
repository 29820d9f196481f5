#include "operations/tracker/server_tracker.h"

#include <boost/json.hpp>

#include "base/problem.h"
#include "domain/people/accounts.h"
#include "operations/health/process_metrics.h"
#include "operations/tracker/detail/facts.h"

namespace outpost::operations {
namespace {

/// "Daniel Tesfaye (daniel@example.org)"; without a name of theirs, the user name.
std::string WrittenName(const people::Account& account) {
  boost::system::error_code error;
  const auto profile = boost::json::parse(account.profile, error);
  std::string name;
  if (!error && profile.is_object()) {
    for (const auto* key : {"first_name", "last_name"}) {
      const auto* part = profile.get_object().if_contains(key);
      if (part == nullptr || !part->is_string() || part->get_string().empty()) continue;
      name += (name.empty() ? "" : " ") + std::string(std::string_view(part->get_string()));
    }
  }
  return name.empty() ? account.username : name + " (" + account.username + ")";
}

transition::SignerBook AccountsOf(sql::Database& database) {
  return [&database](const std::string& by) {
    const auto account = people::FindByUsername(*database.Read(), by);
    if (!account || account->kind != people::Kind::kWebUser ||
        account->state != people::State::kActive) {
      throw Problem(ProblemKind::kForbidden,
                    "On a server, who signs, waives or reopens is one of its web users; '" + by +
                        "' is none. 'outpost user list' shows them, 'outpost user create' makes "
                        "one.");
    }
    return WrittenName(*account);
  };
}

}  // namespace

ServerTracker::ServerTracker(TrackerSources sources)
    : sources_(std::move(sources)),
      store_(sources_.database, sources_.writer),
      desk_(&store_, &sources_.clock, AccountsOf(sources_.database)),
      commands_(desk_, [this](const transition::TrackerCommands::Lookout& lookout) {
        return Collectors(lookout.outside);
      }) {}

std::vector<std::unique_ptr<transition::Collector>> ServerTracker::Collectors(
    bool may_ask_outside) {
  sources_.usage.CatchUp();
  sources_.usage.SampleDisk();
  const auto usage = usage::ReadUsage(sources_.database, sources_.paths, sources_.clock.Now());
  transition::Facts facts;
  detail::AddUsageFacts(usage, facts);
  detail::AddPeopleFacts(*sources_.database.Read(), facts);
  detail::AddDoctorFacts(doctor::Examine(sources_.doctor), sources_.doctor.public_host,
                         may_ask_outside, facts);
  if (sources_.metrics != nullptr) {
    health::SampleProcess(*sources_.metrics, sources_.paths, sources_.clock);
    const auto text = sources_.metrics->RenderPrometheus();
    detail::AddMetricFacts({text, usage.months.back().workers, sources_.public_url}, facts);
  }
  std::vector<std::unique_ptr<transition::Collector>> collectors;
  collectors.push_back(std::make_unique<transition::FactCollector>("server 1", std::move(facts)));
  return collectors;
}

std::string ServerTracker::Run(std::string_view command, std::string_view json) {
  return commands_.Run(command, json);
}

void ServerTracker::LookByItself() {
  const auto own = Collectors(false);
  const transition::HostCollector host("/");
  std::vector<const transition::Collector*> all;
  for (const auto& collector : own) all.push_back(collector.get());
  all.push_back(&host);
  desk_.Check(all, {});
}

}  // namespace outpost::operations
