#include <fmt/format.h>

#include "transition/catalogue/item.h"
#include "transition/plan/configuration.h"
#include "transition/plan/detail/documents.h"
#include "transition/plan/diagram.h"

namespace outpost::plan::detail {
namespace {

using sheets::Cell;

/// Where each of the guide's twelve elements lives, by topology.
struct Element {
  const char* id;
  const char* single;
  const char* pair;
  const char* cluster;
};

constexpr Element kElements[] = {
    {"A1.host.1", "nftables on the machine", "nftables on both machines",
     "nftables on each machine"},
    {"A1.host.2", "nginx on the machine", "nginx on both machines", "nginx on the proxy machines"},
    {"A1.host.3", "inside Outpost", "inside Outpost", "Outpost with the role web"},
    {"A1.host.4", "inside Outpost, own threads", "inside Outpost, own threads",
     "Outpost with the role mobile"},
    {"A1.host.5", "inside Outpost", "inside Outpost", "Outpost with the role entry"},
    {"A1.host.6", "inside Outpost", "inside Outpost", "Outpost with the role tasks"},
    {"A1.host.7", "a table of the database", "a table of the database",
     "RabbitMQ, or a table of the database"},
    {"A1.host.8", "SQLite in the data folder", "PostgreSQL, followed by the standby",
     "PostgreSQL, followed by a standby"},
    {"A1.host.9", "database and files in the data folder", "files, copied to the standby",
     "S3-compatible object store"},
    {"A1.host.10", "a second SQLite file that can be rebuilt", "tables of the database",
     "OpenSearch, or tables of the database"},
    {"A1.host.11", "in the process", "in the process", "Redis, or in the process"},
    {"A1.host.12", "written with each form in one transaction",
     "written with each form in one transaction", "the same; Kafka can be fed from it"},
};

sheets::Table MachineTable(const Plan& plan) {
  sheets::Table table{"",
                      {"Machine", "Environment", "Roles", "Address", "Cores", "RAM (GB)",
                       "Disk (GB)", "Disk", "System", "Site"},
                      {}};
  for (const auto& environment : plan.environments) {
    for (const auto& machine : environment.machines) {
      table.rows.push_back({machine.name, environment.name,
                            fmt::format("{}", fmt::join(machine.roles, ", ")), machine.address,
                            1.0 * machine.cores, 1.0 * machine.ram_gb, 1.0 * machine.disk_gb,
                            machine.disk, machine.system, machine.site});
    }
  }
  return table;
}

sheets::Table EnvironmentTable(const Plan& plan) {
  sheets::Table table{"", {"Environment", "Purpose", "Name", "Other names", "Topology"}, {}};
  for (const auto& one : plan.environments) {
    table.rows.push_back({one.name, one.purpose, one.host,
                          fmt::format("{}", fmt::join(one.other_hosts, ", ")),
                          std::string(NameOf(one.topology))});
  }
  return table;
}

sheets::Table IntegrationTable(const Plan& plan) {
  sheets::Table table{"", {"System", "Direction", "Protocol", "Address", "Owner", "Purpose"}, {}};
  for (const auto& one : plan.integrations) {
    table.rows.push_back(
        {one.name, one.direction, one.protocol, one.address, one.owner, one.purpose});
  }
  return table;
}

sheets::Table AppTable(const Plan& plan) {
  sheets::Table table{
      "", {"App", "Project", "Released version", "Users", "Users planned", "Collecting since"}, {}};
  for (const auto& app : plan.apps) {
    table.rows.push_back({app.name, app.project, app.version, 1.0 * app.users,
                          1.0 * app.users_planned, app.collecting_since});
  }
  return table;
}

}  // namespace

Document ArchitectureDocument(const Plan& plan) {
  Document doc("architecture", "Architecture");
  doc.Text(
      fmt::format("How {} will run \"{}\": what stands where, who calls whom. Answers checkpoint "
                  "C1.1 and the inventories I1.1 to I1.3.",
                  plan.organisation, plan.programme));
  doc.Picture("architecture.svg", ArchitectureSvg(plan), Document::Narrow::kScrolls);
  doc.Heading("Environments");
  doc.Table(EnvironmentTable(plan));
  doc.Heading("Machines");
  doc.Table(MachineTable(plan));
  doc.Heading("Systems that are connected");
  if (plan.integrations.empty()) {
    doc.Note("None is named. A system that is forgotten here is found on the day of the move.");
  } else {
    doc.Table(IntegrationTable(plan));
  }
  doc.Heading("The twelve elements, and where each lives");
  const auto topology = Main(plan).topology;
  sheets::Table elements{"", {"Element", "In this plan"}, {}};
  for (const auto& element : kElements) {
    elements.rows.push_back({std::string(transition::FindItem(element.id)->text),
                             topology == Topology::kSingle ? element.single
                             : topology == Topology::kPair ? element.pair
                                                           : element.cluster});
  }
  doc.Table(std::move(elements));
  if (topology == Topology::kCluster) {
    doc.Note(
        "Machines by role need a release of Outpost that can run roles apart; check "
        "`outpost serve --help` for `--role` before buying.");
  }
  doc.Heading("What passes between them");
  doc.Items(
      {"Phones and browsers reach port 443 only; port 80 renews certificates and sends pages "
       "on to TLS.",
       "Outpost listens on an inner port behind the proxy; nobody outside reaches it.",
       "Administrators come in over SSH from the networks named in the plan.",
       "Outgoing: mail, text messages, forwarding, certificate authority, time, packages."});
  if (!plan.remarks.empty()) {
    doc.Heading("Still thin in this plan");
    doc.Items(plan.remarks);
  }
  return doc;
}

Document InventoryDocument(const Plan& plan) {
  Document doc("inventory", "Inventory");
  doc.Text("Everything that will have to be looked after. Answers C1.2, I1.1 to I1.4.");
  doc.Heading("Apps");
  if (plan.apps.empty()) {
    doc.Note("No app is listed yet.");
  } else {
    doc.Table(AppTable(plan));
  }
  doc.Heading("Data so far");
  doc.Text(OrOpen(plan.move.data));
  doc.Heading("Machines");
  doc.Table(MachineTable(plan));
  doc.Heading("Files that configure them");
  doc.Text(
      "Written beside this document under `config/<environment>/<machine>/`, each at its place "
      "below that folder.");
  sheets::Table files{"", {"Machine", "File", "Purpose"}, {}};
  for (const auto& environment : plan.environments) {
    for (const auto& file : ConfigurationOf(plan, environment, {})) {
      files.rows.push_back({file.machine, "`" + file.path + "`", file.purpose});
    }
  }
  doc.Table(std::move(files));
  doc.Heading("Secrets, named but never written here");
  doc.Items(
      {"Private keys of the certificates: `/etc/outpost/certificates/<name>/privkey.pem`.",
       "The server key in the data folder: sealed values cannot be read without it; it belongs "
       "into the safe as well.",
       "Database passwords: `/etc/outpost/pgpass` and `~postgres/.pgpass`.",
       "SSH keys of the second place: readable by root of the working machine only."});
  return doc;
}

}  // namespace outpost::plan::detail
