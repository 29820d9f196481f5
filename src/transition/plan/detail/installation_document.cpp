#include <fmt/format.h>

#include "transition/plan/detail/documents.h"

namespace outpost::plan::detail {
namespace {

void AddMachine(const Environment& environment, const Machine& machine, Document* doc) {
  doc->SubHeading(
      fmt::format("{} ({})", machine.name, fmt::format("{}", fmt::join(machine.roles, ", "))));
  std::string packages = "nftables chrony rsync";
  const bool cluster = environment.topology == Topology::kCluster;
  if (!cluster || machine.Has("proxy")) packages += " nginx certbot";
  if (environment.topology == Topology::kPair || machine.Has("database") ||
      machine.Has("database-standby")) {
    packages += " postgresql-15";
  }
  if (machine.Has("cache")) packages += " redis-server";
  if (machine.Has("queue")) packages += " rabbitmq-server";
  doc->Code(
      fmt::format("apt-get install {0}\n"
                  "adduser --system --group --home {1} outpost\n"
                  "cp -r config/{2}/{3}/. /          # look at each file first\n"
                  "nft -c -f /etc/nftables.conf && systemctl enable --now nftables\n{4}",
                  packages, environment.data_folder, environment.name, machine.name,
                  !cluster || machine.Has("proxy") ? "nginx -t && systemctl reload nginx\n" : ""));
}

void AddPair(const Environment& environment, Document* doc) {
  const auto* primary = environment.WithRole("primary");
  const auto* standby = environment.WithRole("standby");
  doc->Heading("The database of the pair");
  doc->Text(fmt::format("On {}:", primary->name));
  doc->Code(
      "systemctl restart postgresql\n"
      "sudo -u postgres createuser --pwprompt outpost\n"
      "sudo -u postgres createuser --pwprompt --replication replicator\n"
      "sudo -u postgres createdb --owner=outpost outpost\n"
      "sudo -u postgres psql -c \"SELECT "
      "pg_create_physical_replication_slot('outpost_standby')\"\n");
  doc->Text(
      fmt::format("On {}, with the replicator's password in `~postgres/.pgpass`:", standby->name));
  doc->Code(fmt::format(
      "systemctl stop postgresql\n"
      "sudo -u postgres rm -r /var/lib/postgresql/15/main\n"
      "sudo -u postgres pg_basebackup --host={} --username=replicator \\\n"
      "  --pgdata=/var/lib/postgresql/15/main --slot=outpost_standby --write-recovery-conf\n"
      "systemctl start postgresql\n",
      primary->address));
  doc->Text(fmt::format("On {} this shows one follower and how far behind it is:", primary->name));
  doc->Code(
      "sudo -u postgres psql -c 'SELECT application_name, state, replay_lag FROM "
      "pg_stat_replication'\n");
  doc->Note(
      fmt::format("Outpost runs on {} only. On {} its service is installed but not enabled; two "
                  "servers on one database would answer phones differently.",
                  primary->name, standby->name));
}

void AddStart(const Environment& environment, Document* doc) {
  doc->Heading("Start");
  if (environment.topology == Topology::kCluster) {
    doc->Code("systemctl daemon-reload\nsystemctl enable --now 'outpost-*.service'\n");
  } else {
    doc->Code(
        "systemctl daemon-reload\n"
        "systemctl enable --now outpost.service outpost-backup.timer\n");
  }
  doc->Text(
      "The first start prints a link that makes the first administrator; it is good for 30 "
      "minutes and once only:");
  doc->Code("journalctl --unit outpost --since '5 minutes ago'\n");
  doc->Heading("Is it right?");
  doc->Code(
      fmt::format("curl -s https://{0}/serverup.txt    # success\n"
                  "curl -s https://{0}/ready           # every part, with its state\n"
                  "outpost doctor --config /etc/outpost/outpost.toml\n"
                  "outpost transition adopt --plan plan.toml --data {1} --by 'NAME'\n"
                  "outpost transition check --plan plan.toml --data {1}\n",
                  environment.host, environment.data_folder));
  doc->Text(
      "From here on the server keeps the tracker of the transition and looks at itself every day; "
      "who signs is one of its web users.");
}

}  // namespace

Document InstallationDocument(const Plan& plan) {
  Document doc("installation", "Installation");
  doc.Text("From empty machines to a server that answers. Answers Q3.1.1 to Q3.1.10.");
  doc.Heading("Before");
  doc.Items(
      {"Debian 12 with all updates, 64 bit, the clock kept by chrony.",
       "The data folder on a solid-state disk of its own, encrypted if the law asks for it, and "
       "in `/etc/fstab` so that it is mounted before the service starts.",
       "The names of the environment lead to the machine; ports 80 and 443 are reachable.",
       "SSH with keys only, from the networks named in the plan.",
       "A practice run: every engineer does all of this once on a machine that does not matter "
       "(C2.3.1)."});
  for (const auto& environment : plan.environments) {
    doc.Heading(fmt::format("Environment {}", environment.name));
    doc.Text("Install the package of Outpost on every machine that runs it, then:");
    for (const auto& machine : environment.machines) AddMachine(environment, machine, &doc);
    if (environment.topology == Topology::kPair) AddPair(environment, &doc);
    AddStart(environment, &doc);
  }
  doc.Heading("Who does it");
  sheets::Table people{"", {"Task", "Person"}, {}};
  people.rows.push_back({"Installs (Q3.1.1)", NamesWith(plan, "A2.2")});
  people.rows.push_back({"Looks after it (Q3.1.2)", NamesWith(plan, "on-call")});
  people.rows.push_back({"Deploys new versions (Q6.4)", NamesWith(plan, "A2.1")});
  doc.Table(std::move(people));
  return doc;
}

}  // namespace outpost::plan::detail
