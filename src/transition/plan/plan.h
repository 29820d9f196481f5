#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"

/// A plan is one TOML file that says what is going to be hosted, for whom, on which machines and by
/// which people. From it come the drawing, the configuration files, the procedures and the request
/// for proposals. Source: spec migration-and-operations 2, 7.3 to 7.7.
namespace outpost::plan {

enum class Topology : std::uint8_t {
  kSingle,   // one machine does everything
  kPair,     // one works, the other follows and takes over
  kCluster,  // machines by role, over PostgreSQL
};
std::string_view NameOf(Topology topology);  // "single", "pair", "cluster"

/// Roles of machines. The first is for single, the next two for pair, the others for cluster.
inline constexpr std::string_view kRoles[] = {
    "all",      "primary",          "standby", "proxy",  "web",   "mobile", "entry",    "tasks",
    "database", "database-standby", "objects", "search", "cache", "queue",  "changelog"};

struct Machine {
  std::string name;
  std::vector<std::string> roles;
  std::string address;  // in the private network
  int cores = 0;
  int ram_gb = 0;
  int disk_gb = 0;
  std::string disk;    // "ssd", "hdd"
  std::string system;  // "Debian 12"
  std::string site;    // room or data centre
  Position at;

  bool Has(std::string_view role) const;
};

struct Environment {
  std::string name;
  std::string purpose;
  std::string host;                      // what people and phones call
  std::vector<std::string> other_hosts;  // served as well, each with a certificate of its own
  Topology topology = Topology::kSingle;
  std::vector<std::string> admin_networks;  // where SSH may come from
  std::string public_address;
  std::string data_folder;
  std::vector<Machine> machines;
  Position at;

  const Machine* WithRole(std::string_view role) const;  // the first one, or nullptr
  std::vector<const Machine*> AllWithRole(std::string_view role) const;
};

struct App {
  std::string name;
  std::string project;
  std::string version;  // released
  int users = 0;
  int users_planned = 0;
  std::string collecting_since;  // "2021-06"; empty: not yet
};

struct Integration {
  std::string name;
  std::string kind;       // "dhis2", "warehouse", "sms", "email", "records", "other"
  std::string direction;  // "out", "in", "both"
  std::string protocol;   // "HTTPS, JSON"
  std::string address;
  std::string owner;
  std::string purpose;
};

/// Answers about the place where the machines stand: guiding questions 2.2.1 to 2.2.12.
struct DataCentre {
  std::string option;  // "own", "local cloud", "global cloud"
  std::string provider;
  bool virtual_machines = true;
  std::string disk_growth;
  std::string internet_provider;
  int down_mbps = 0;
  int up_mbps = 0;
  int latency_ms = 0;
  std::string network_support;
  int ups_minutes = 0;
  std::string ups_shutdown;
  std::string certificates;
  std::string physical_security;
  std::string appliances;
  std::string maintenance;
};

struct Person {
  std::string name;
  std::string role;
  std::string organisation;
  std::string email;
  std::string phone;
  std::string stands_in;            // name of the person who stands in
  std::vector<std::string> duties;  // ids of skills, "A2.3"; "on-call"; "escalation"
  Position at;
};

struct Levels {
  std::string hours;  // of support
  double availability_percent = 99.5;
  int respond_minutes[5] = {30, 60, 480, 1440, 4320};  // priorities 1 to 5
  int resolve_hours[5] = {4, 8, 40, 160, 480};
  std::string maintenance_window;
  int rpo_minutes = 60;   // data that may be lost
  int rto_minutes = 240;  // time until it runs again
  int drill_days = 90;
  int urgent_patch_days = 2;
  int ordinary_patch_days = 14;
  int headroom_percent = 25;
};

struct Backup {
  std::string folder = "/var/backups/outpost";
  std::string second_place;  // address of the copy elsewhere; empty: none planned
  std::string time = "00:30";
  int keep_daily = 7;
  int keep_weekly = 5;
  int keep_monthly = 12;
};

struct Scale {
  int users = 0;
  int users_target = 0;
  std::string start;  // "2027-01"
  int years = 3;
  double forms_per_user = 60;  // a month
  double new_cases_per_user = 20;
  double attachment_kb_per_form = 10;
  std::string sizing_file;  // beside the plan; empty: from the figures above
};

/// The way from the hosted service; everything empty when there is nothing to move.
struct Move {
  std::string from;            // host name of the old server
  std::string migration_host;  // the name that phones call while the move is under way
  std::string cutover;         // date
  std::string data;            // how the data come along
};

struct Proposal {
  std::string number;
  std::string issued;
  std::string due;
  std::string contact;
  std::string address;
  std::string budget;
};

struct Plan {
  std::string file;
  std::filesystem::path folder;  // of the file
  std::string organisation;
  std::string programme;
  std::string country;
  Scale scale;
  std::vector<Environment> environments;
  std::vector<App> apps;
  std::vector<Integration> integrations;
  DataCentre data_centre;
  std::vector<Person> people;
  Levels levels;
  Backup backup;
  Move move;
  Proposal proposal;
  std::vector<std::string> remarks;  // what is thin or missing, found while reading

  const Person* PersonNamed(std::string_view name) const;
  std::vector<const Person*> PeopleWith(std::string_view duty) const;
};

/// Reads and judges a plan.
/// @throws Problem kMalformed: "file:line: key: what is wrong" for unknown keys, missing values,
///         addresses and names that are none, roles that do not fit the topology.
Plan ReadPlan(std::string_view text, const std::string& file);
/// Reads the file. @throws Problem kNotFound as well.
Plan LoadPlan(const std::filesystem::path& file);

/// The text of a complete plan, to begin with: a ministry with 8,000 users growing to 20,000.
std::string_view ExamplePlan();

/// "health.example.org": letters, digits, dashes and dots.
bool IsHostName(std::string_view text);
/// "10.0.0.1" or "10.0.0.0/24"; also IPv6.
bool IsAddressOrNetwork(std::string_view text);

}  // namespace outpost::plan
