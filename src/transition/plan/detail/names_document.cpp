#include <fmt/format.h>

#include "transition/plan/detail/documents.h"

namespace outpost::plan::detail {
namespace {

sheets::Table Records(const Plan& plan) {
  sheets::Table table{"", {"Name", "Type", "Value", "Lifetime", "When"}, {}};
  for (const auto& environment : plan.environments) {
    const auto address = OrOpen(environment.public_address);
    const char* type = environment.public_address.find(':') == std::string::npos ? "A" : "AAAA";
    table.rows.push_back({environment.host, type, address, "300 s", "before the installation"});
    for (const auto& host : environment.other_hosts) {
      if (host == plan.move.migration_host) {
        table.rows.push_back(
            {host, "CNAME", plan.move.from, "300 s", "now, until the day of the move"});
        table.rows.push_back({host, "CNAME", environment.host, "300 s", "on the day of the move"});
      } else {
        table.rows.push_back({host, "CNAME", environment.host, "300 s", "before the installation"});
      }
    }
  }
  return table;
}

void AddMigrationName(const Plan& plan, Document* doc) {
  if (plan.move.migration_host.empty()) return;
  doc->Heading("The migration name");
  doc->Text(fmt::format(
      "Phones remember the address of their server. `{}` belongs to {}; it first leads to `{}` and "
      "on the day of the move to the new server, so that no phone has to be touched twice.",
      plan.move.migration_host, plan.organisation, plan.move.from));
  doc->Steps(
      {fmt::format("Add the record of `{}` that leads to `{}`, with a lifetime of 300 seconds.",
                   plan.move.migration_host, plan.move.from),
       fmt::format(
           "Ask the operators of `{}` to answer to this name with a certificate for it; they "
           "may need one more record from you to prove that the name is yours.",
           plan.move.from),
       "In each app, set the custom base URL to the migration name, make a version, try a form and "
       "a "
       "sync with it, release it.",
       "Watch until every phone has the new version. Those that have not will fall silent on the "
       "day "
       "of the move.",
       "Keep the name for years: phones that were switched off for months still call it."});
  doc->Code(
      fmt::format("outpost transition check C2.4.1\ndig +short {}", plan.move.migration_host));
}

}  // namespace

Document NamesDocument(const Plan& plan) {
  Document doc("names-and-certificates", "Names and certificates");
  doc.Text("Answers Q2.4.2, Q3.1.4, Q3.1.5 and prepares T5.3.");
  doc.Heading("Records to add");
  doc.Table(Records(plan));
  doc.Text("Keep lifetimes at 300 seconds until two weeks after the move; then an hour is right.");
  AddMigrationName(plan, &doc);
  doc.Heading("Certificates");
  doc.Text(
      "One certificate for each name, in `/etc/outpost/certificates/<name>/` as "
      "`fullchain.pem` and `privkey.pem`. With the tool of Let's Encrypt, on the machine that the "
      "name leads to:");
  std::string commands;
  for (const auto& environment : plan.environments) {
    auto hosts = environment.other_hosts;
    hosts.insert(hosts.begin(), environment.host);
    for (const auto& host : hosts) {
      commands += fmt::format(
          "certbot certonly --webroot --webroot-path /var/www/outpost --domain {0} \\\n"
          "  --deploy-hook 'install -D -m 600 -t /etc/outpost/certificates/{0} "
          "$RENEWED_LINEAGE/fullchain.pem $RENEWED_LINEAGE/privkey.pem && systemctl reload "
          "nginx'\n",
          host);
    }
  }
  doc.Code(commands);
  doc.Items(
      {"A name that still leads elsewhere gets its certificate by a DNS record instead: "
       "`--preferred-challenges dns`.",
       "Renewal is automatic 30 days before the end; an alert at 28 days says that it did not "
       "happen, one at 14 days wakes somebody.",
       "On a pair, copy the folder to the standby: it must be able to answer at once.",
       "Until the first certificate exists, start nginx with a self-signed one at the same "
       "place."});
  doc.Heading("Check");
  std::string checks;
  for (const auto& environment : plan.environments) {
    checks += fmt::format("curl -s https://{}/serverup.txt   # success\n", environment.host);
  }
  doc.Code(checks);
  return doc;
}

}  // namespace outpost::plan::detail
