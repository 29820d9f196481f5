#include <fmt/format.h>

#include <algorithm>

#include "transition/plan/configuration.h"

namespace outpost::plan {
namespace {

const Machine* OtherDatabase(const Environment& environment, const Machine& machine) {
  for (const auto& other : environment.machines) {
    const bool database = environment.topology == Topology::kPair || other.Has("database") ||
                          other.Has("database-standby");
    if (database && other.name != machine.name) return &other;
  }
  return nullptr;
}

bool IsStandby(const Machine& machine) {
  return machine.Has("standby") || machine.Has("database-standby");
}

/// How one database of two follows the other.
std::string Replication(const Plan& plan, const Machine& machine, const Machine& other) {
  std::string out;
  out += fmt::format(
      R"(
# {0} {1} {2}; the password is in ~postgres/.pgpass, readable by postgres only.
hot_standby = on
hot_standby_feedback = on
primary_conninfo = 'host={3} port=5432 user=replicator application_name={4} sslmode=prefer'
primary_slot_name = '{5}'
)",
      machine.name,
      IsStandby(machine) ? "follows" : "is followed by; after a change of roles it follows",
      other.name, other.address, machine.name, "outpost_standby");
  if (plan.levels.rpo_minutes == 0) {
    out += fmt::format(
        "# No answered form may be lost: the other machine has it too before the answer leaves.\n"
        "# While it is away nothing is answered; comment this out to go on alone.\n"
        "synchronous_standby_names = 'ANY 1 (\"{}\")'\n",
        other.name);
  }
  return out;
}

}  // namespace

std::string PostgresSettingsOf(const Plan& plan, const Environment& environment,
                               const Machine& machine, const ConfigurationOptions& options) {
  const int ram_mb = std::max(machine.ram_gb, 2) * 1024;
  // On a pair the same machine runs Outpost as well.
  const int share = environment.topology == Topology::kCluster ? ram_mb / 4 : ram_mb / 8;
  std::string out = fmt::format(
      R"(# PostgreSQL of {0}: /etc/postgresql/15/main/conf.d/outpost.conf. Written by outpost plan;
# check with: postgres -C shared_buffers -D /etc/postgresql/15/main
listen_addresses = 'localhost,{1}'
port = 5432
max_connections = 200
password_encryption = 'scram-sha-256'

shared_buffers = '{2}MB'
effective_cache_size = '{3}MB'
maintenance_work_mem = '{4}MB'
work_mem = '8MB'
random_page_cost = 1.1                # solid-state disks
effective_io_concurrency = 100

# A form that was answered is on disk. These three stay on.
fsync = on
synchronous_commit = on
full_page_writes = on

wal_level = replica
max_wal_senders = 8
max_replication_slots = 8
wal_keep_size = '2GB'
max_wal_size = '4GB'
checkpoint_completion_target = 0.9
archive_mode = on
archive_command = 'test ! -f {5}{6}/wal/%f && cp %p {5}{6}/wal/%f.part && mv {5}{6}/wal/%f.part {5}{6}/wal/%f'
archive_timeout = '{7}s'

log_min_duration_statement = '1s'
log_checkpoints = on
log_lock_waits = on
log_line_prefix = '%m [%p] %q%u@%d '
)",
      machine.name, machine.address, share, share * 3, std::min(share / 4, 2048), options.root,
      plan.backup.folder, std::clamp(plan.levels.rpo_minutes * 60, 60, 3600));
  if (const auto* other = OtherDatabase(environment, machine)) {
    out += Replication(plan, machine, *other);
  }
  return out;
}

std::string PostgresAccessOf(const Environment& environment) {
  std::string out =
      "# Who may connect: /etc/postgresql/15/main/pg_hba.conf. Written by outpost plan.\n"
      "# TYPE  DATABASE     USER        ADDRESS              METHOD\n"
      "local   all          postgres                         peer\n"
      "local   outpost      outpost                          peer\n"
      "host    outpost      outpost     127.0.0.1/32         scram-sha-256\n"
      "host    outpost      outpost     ::1/128              scram-sha-256\n";
  for (const auto& machine : environment.machines) {
    const auto address =
        machine.address + (machine.address.find(':') == std::string::npos ? "/32" : "/128");
    const bool database = environment.topology == Topology::kPair || machine.Has("database") ||
                          machine.Has("database-standby");
    const bool serves = environment.topology == Topology::kPair || machine.Has("web") ||
                        machine.Has("mobile") || machine.Has("entry") || machine.Has("tasks");
    if (serves) {
      out += fmt::format("host    outpost      outpost     {:<20} scram-sha-256  # {}\n", address,
                         machine.name);
    }
    if (database) {
      out += fmt::format("host    replication  replicator  {:<20} scram-sha-256  # {}\n", address,
                         machine.name);
    }
  }
  return out;
}

}  // namespace outpost::plan
