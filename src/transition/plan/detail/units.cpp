#include "transition/plan/detail/units.h"

#include <fmt/format.h>

namespace outpost::plan::detail {
namespace {

constexpr std::string_view kServingRoles[] = {"web", "mobile", "entry", "tasks"};

std::string Settings(const Environment& environment, const Machine& machine,
                     const ConfigurationOptions& options) {
  const bool cluster = environment.topology == Topology::kCluster;
  std::string out = fmt::format(
      "# Settings of Outpost on {}: /etc/outpost/outpost.toml. Written by outpost plan.\n"
      "# All settings with their defaults: outpost serve --help\n\n"
      "[data]\nfolder = \"{}{}\"\n\n",
      machine.name, options.root, environment.data_folder);
  if (environment.topology != Topology::kSingle) {
    const auto* database =
        environment.WithRole(cluster ? std::string_view("database") : std::string_view("primary"));
    const auto host = cluster ? database->address : "127.0.0.1";
    out += fmt::format(
        "[database]\n# The password is in /etc/outpost/pgpass (PGPASSFILE), readable by outpost "
        "only.\nlocation = \"postgresql://outpost@{}:5432/outpost\"\n\n",
        host);
  }
  out +=
      fmt::format("[server]\nlisten = \"{}:{}\"\npublic_url = \"https://{}\"\n",
                  cluster ? machine.address : "127.0.0.1", options.outpost_port, environment.host);
  std::string proxies = "\"127.0.0.1\"";
  for (const auto* proxy : environment.AllWithRole("proxy")) {
    proxies += fmt::format(", \"{}\"", proxy->address);
  }
  out += fmt::format("trusted_proxies = [{}]\n", proxies);
  const int threads = machine.cores > 4 ? machine.cores : 4;
  out +=
      fmt::format("mobile_threads = {0}\nweb_threads = {0}\n\n[log]\nlevel = \"info\"\n", threads);
  return out;
}

std::string Unit(const Environment& environment, const Machine& machine,
                 const ConfigurationOptions& options, std::string_view role) {
  const auto description =
      role.empty() ? std::string("Outpost") : fmt::format("Outpost, role {}", role);
  const auto arguments = role.empty() ? std::string() : fmt::format(" --role {}", role);
  return fmt::format(
      R"(# {0} on {1}. Written by outpost plan; check with: systemd-analyze verify
[Unit]
Description={0}
Wants=network-online.target
After=network-online.target postgresql.service
# A data disk that is not mounted must not look like an empty server.
RequiresMountsFor={2}{3}

[Service]
Type=exec
User=outpost
Group=outpost
Environment=PGPASSFILE={2}/etc/outpost/pgpass
ExecStart={2}/usr/bin/outpost serve --config {2}/etc/outpost/outpost.toml{4}
Restart=always
RestartSec=2s
TimeoutStopSec=40s
LimitNOFILE=65536
StateDirectory=outpost
StateDirectoryMode=0700
UMask=0077
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
CapabilityBoundingSet=
SystemCallArchitectures=native
SystemCallFilter=@system-service
ReadWritePaths={2}{3}

[Install]
WantedBy=multi-user.target
)",
      description, machine.name, options.root, environment.data_folder, arguments);
}

std::string Timer(const std::string& description, const std::string& calendar) {
  return fmt::format(
      "# Written by outpost plan.\n[Unit]\nDescription={}\n\n[Timer]\nOnCalendar={}\n"
      "Persistent=yes\nRandomizedDelaySec=60\n\n[Install]\nWantedBy=timers.target\n",
      description, calendar);
}

std::string OneShot(const std::string& description, const std::string& command, const char* user) {
  return fmt::format(
      "# Written by outpost plan.\n[Unit]\nDescription={}\nAfter=network-online.target\n"
      "Wants=network-online.target\n\n[Service]\nType=oneshot\nUser={}\nExecStart={}\n"
      "Nice=10\nIOSchedulingClass=idle\n",
      description, user, command);
}

void AddUnitPair(const Machine& machine, const std::string& name, const std::string& service,
                 const std::string& timer, const std::string& purpose,
                 std::vector<GeneratedFile>* files) {
  files->push_back(
      {machine.name, "/etc/systemd/system/" + name + ".service", service, false, purpose});
  files->push_back(
      {machine.name, "/etc/systemd/system/" + name + ".timer", timer, false, purpose + ": when"});
}

/// PostgreSQL: a base backup each night; the archive of the log fills the time between.
std::string DatabaseBackupScript(const Plan& plan, const ConfigurationOptions& options) {
  const auto& backup = plan.backup;
  return fmt::format(
      R"sh(#!/bin/sh
# Base backup of the database. Written by outpost plan. Restore: see the disaster recovery plan.
# The newest ones are removed last, and only after a new one has been checked.
set -eu
folder="{0}{1}/base"
now="$(date -u +%Y-%m-%dT%H%M%SZ)"
mkdir -p "$folder" "{0}{1}/wal"
pg_basebackup --pgdata="$folder/$now.part" --format=tar --gzip --checkpoint=fast --wal-method=stream
gzip --test "$folder/$now.part"/*.tar.gz
mv "$folder/$now.part" "$folder/$now"
ls -1d "$folder"/2* | head -n -{2} | xargs -r rm -r
oldest="$(ls -1d "$folder"/2* | head -n 1)"
find "{0}{1}/wal" -type f ! -newer "$oldest" -mmin +1440 -delete
echo "[OK] Last daily postgres backup is $now"
)sh",
      options.root, backup.folder, backup.keep_daily);
}

/// One machine: the own backup command where the release has it. Without it the service stands
/// still for the seconds of a copy; phones keep their forms and try again.
std::string DataFolderBackupScript(const Plan& plan, const Environment& environment,
                                   const ConfigurationOptions& options) {
  return fmt::format(
      R"sh(#!/bin/sh
# Nightly backup of one machine. Written by outpost plan. Restore: see the disaster recovery plan.
set -eu
outpost="{0}/usr/bin/outpost"
folder="{0}{1}"
if "$outpost" backup --help >/dev/null 2>&1; then
    exec runuser --user outpost -- "$outpost" backup create --to "$folder"
fi
now="$(date -u +%Y-%m-%dT%H%M%SZ)"
mkdir -p "$folder"
trap 'systemctl start outpost.service' EXIT
systemctl stop outpost.service
cp --archive "{0}{2}" "$folder/$now.part"
systemctl start outpost.service
sync --file-system "$folder"
mv "$folder/$now.part" "$folder/$now"
ls -1d "$folder"/2*Z | head -n -{3} | xargs -r rm -r
echo "[OK] Last daily outpost backup is $now"
)sh",
      options.root, plan.backup.folder, environment.data_folder, plan.backup.keep_daily);
}

std::string SecondPlaceScript(const Plan& plan, const Environment& environment,
                              const ConfigurationOptions& options) {
  return fmt::format(
      R"sh(#!/bin/sh
# Carries backups and files to the second place. Written by outpost plan.
# Nothing is deleted there by this machine: whoever breaks in here must not reach the copies.
set -eu
rsync --archive --partial --timeout=300 "{0}{1}/" "{2}/backups/"
rsync --archive --partial --timeout=300 "{0}{3}/blobs/" "{2}/blobs/"
echo "[OK] Second place is current: $(date -u +%Y-%m-%dT%H:%M:%SZ)"
)sh",
      options.root, plan.backup.folder, plan.backup.second_place, environment.data_folder);
}

}  // namespace

void AddOutpost(const Environment& environment, const Machine& machine,
                const ConfigurationOptions& options, std::vector<GeneratedFile>* files) {
  std::vector<std::string_view> roles;
  for (const auto role : kServingRoles) {
    if (machine.Has(role)) roles.push_back(role);
  }
  if (environment.topology == Topology::kCluster && roles.empty()) return;
  files->push_back({machine.name, "/etc/outpost/outpost.toml",
                    Settings(environment, machine, options), false, "settings of Outpost"});
  if (environment.topology != Topology::kCluster) {
    files->push_back({machine.name, "/etc/systemd/system/outpost.service",
                      Unit(environment, machine, options, ""), false,
                      machine.Has("standby") ? "service; started only when this machine takes over"
                                             : "service"});
    return;
  }
  for (const auto role : roles) {
    files->push_back({machine.name, fmt::format("/etc/systemd/system/outpost-{}.service", role),
                      Unit(environment, machine, options, role), false,
                      fmt::format("service, role {}", role)});
  }
}

void AddBackup(const Plan& plan, const Environment& environment, const Machine& machine,
               const ConfigurationOptions& options, std::vector<GeneratedFile>* files) {
  const auto scripts = options.root + "/usr/local/sbin/";
  const auto daily = fmt::format("*-*-* {}:00", plan.backup.time);
  if (environment.topology == Topology::kSingle) {
    files->push_back({machine.name, "/usr/local/sbin/outpost-nightly-backup",
                      DataFolderBackupScript(plan, environment, options), true,
                      "backup of the data folder"});
    AddUnitPair(machine, "outpost-backup",
                OneShot("Backup of Outpost", scripts + "outpost-nightly-backup", "root"),
                Timer("Backup of Outpost, every night", daily), "backup", files);
  }
  if (machine.Has("primary") || machine.Has("database")) {
    files->push_back({machine.name, "/usr/local/sbin/outpost-database-backup",
                      DatabaseBackupScript(plan, options), true, "base backup of the database"});
    AddUnitPair(
        machine, "outpost-backup",
        OneShot("Base backup of the database", scripts + "outpost-database-backup", "postgres"),
        Timer("Base backup of the database, every night", daily), "backup", files);
  }
  const bool holds_files = environment.topology != Topology::kCluster && !machine.Has("standby");
  if (!plan.backup.second_place.empty() && (holds_files || machine.Has("database"))) {
    files->push_back({machine.name, "/usr/local/sbin/outpost-second-place",
                      SecondPlaceScript(plan, environment, options), true,
                      "copies to the second place"});
    AddUnitPair(machine, "outpost-second-place",
                OneShot("Copies of the backups at the second place",
                        scripts + "outpost-second-place", "root"),
                Timer("Copies at the second place, every quarter of an hour", "*:0/15"),
                "second place", files);
  }
  if (machine.Has("primary")) {
    const auto* standby = environment.WithRole("standby");
    AddUnitPair(machine, "outpost-files",
                OneShot("Files for the standby",
                        fmt::format("/usr/bin/rsync --archive --timeout=120 {0}{1}/blobs/ "
                                    "outpost@{2}:{0}{1}/blobs/",
                                    options.root, environment.data_folder, standby->address),
                        "outpost"),
                Timer("Files for the standby, every minute", "*:*"), "files for the standby",
                files);
  }
}

}  // namespace outpost::plan::detail
