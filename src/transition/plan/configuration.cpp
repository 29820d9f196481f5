#include "transition/plan/configuration.h"

#include <fmt/format.h>

#include "transition/plan/detail/units.h"

namespace outpost::plan {
namespace {

constexpr std::string_view kMaintenancePage =
    R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Back soon</title></head>
<body style="font-family:sans-serif;max-width:34rem;margin:15vh auto">
<h1>Back soon</h1>
<p>The server is being looked after. Work on phones goes on; forms are kept there and sent when the
server is back.</p>
</body></html>
)";

bool Proxies(const Environment& environment, const Machine& machine) {
  return environment.topology != Topology::kCluster || machine.Has("proxy");
}

bool HoldsDatabase(const Environment& environment, const Machine& machine) {
  return environment.topology == Topology::kPair || machine.Has("database") ||
         machine.Has("database-standby");
}

void AddProxy(const Environment& environment, const Machine& machine,
              const ConfigurationOptions& options, std::vector<GeneratedFile>* files) {
  if (!Proxies(environment, machine)) return;
  files->push_back({machine.name, "/etc/nginx/nginx.conf",
                    NginxConfigurationOf(environment, machine, options), false,
                    "proxy: TLS, host names, limits, caches"});
  files->push_back({machine.name, "/var/www/outpost/errors/50x.html", std::string(kMaintenancePage),
                    false, "page while the server is away"});
}

void AddDatabase(const Plan& plan, const Environment& environment, const Machine& machine,
                 const ConfigurationOptions& options, std::vector<GeneratedFile>* files) {
  if (!HoldsDatabase(environment, machine)) return;
  files->push_back({machine.name, "/etc/postgresql/15/main/conf.d/outpost.conf",
                    PostgresSettingsOf(plan, environment, machine, options), false,
                    "PostgreSQL: memory, durability, archive, replication"});
  files->push_back({machine.name, "/etc/postgresql/15/main/pg_hba.conf",
                    PostgresAccessOf(environment), false, "PostgreSQL: who may connect"});
  if (machine.Has("standby") || machine.Has("database-standby")) {
    files->push_back({machine.name, "/var/lib/postgresql/15/main/standby.signal", "", false,
                      "an empty file that makes PostgreSQL a follower"});
  }
}

}  // namespace

std::vector<GeneratedFile> ConfigurationOf(const Plan& plan, const Environment& environment,
                                           const ConfigurationOptions& options) {
  std::vector<GeneratedFile> files;
  for (const auto& machine : environment.machines) {
    detail::AddOutpost(environment, machine, options, &files);
    AddProxy(environment, machine, options, &files);
    AddDatabase(plan, environment, machine, options, &files);
    files.push_back({machine.name, "/etc/nftables.conf", FirewallOf(environment, machine, options),
                     true, "firewall"});
    detail::AddBackup(plan, environment, machine, options, &files);
  }
  return files;
}

}  // namespace outpost::plan
