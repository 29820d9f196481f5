#include <fmt/format.h>

#include <cmath>

#include "transition/catalogue/item.h"
#include "transition/plan/detail/documents.h"

namespace outpost::plan::detail {
namespace {

using transition::FindItem;
using transition::ItemKind;
using transition::ItemsOf;

/// Who usually does it; the organisation changes the marks before it publishes.
struct Duty {
  const char* id;
  const char* who;
};
constexpr Duty kDuties[] = {
    {"A1.scope.1", "provider"},  {"A1.scope.2", "provider"},  {"A1.scope.3", "both"},
    {"A1.scope.4a", "provider"}, {"A1.scope.4b", "provider"}, {"A1.scope.5", "client"},
    {"A1.scope.6", "client"},    {"A1.scope.7", "client"},    {"A1.scope.8", "both"},
    {"A1.scope.9", "provider"},  {"A1.scope.10", "both"},     {"A1.scope.11", "client"},
    {"A1.scope.12", "provider"}, {"A1.scope.13", "provider"}, {"A1.scope.14", "provider"},
};

void AddScope(Document* doc) {
  doc->Heading("3. Who does what");
  doc->Text("Bidders confirm each row or say what they would change.");
  sheets::Table table{"", {"No.", "Task", "Provider", "Client", "Bidder's remark"}, {}};
  for (const auto& duty : kDuties) {
    const std::string who(duty.who);
    const std::string id(duty.id);
    table.rows.push_back({id.substr(id.rfind('.') + 1), std::string(FindItem(duty.id)->text),
                          who == "client" ? "" : "x", who == "provider" ? "" : "x", ""});
  }
  doc->Table(std::move(table));
}

void AddDesign(const Plan& plan, Document* doc) {
  doc->Heading("4. The parts, and the load they carry");
  doc->Text(
      "Each part may be met by Outpost's built-in one or by the named engine; the bidder says "
      "which, and on which machine.");
  sheets::Table parts{"", {"Part", "Bidder: built in, or which engine", "Bidder: where"}, {}};
  for (const auto* item : ItemsOf(ItemKind::kHostingElement)) {
    parts.rows.push_back({std::string(item->text), "", ""});
  }
  doc->Table(std::move(parts));
  const auto& scale = plan.scale;
  constexpr double kWorkDays = 22;
  const double forms_a_day = std::nearbyint(scale.forms_per_user / kWorkDays * 10) / 10;
  doc->SubHeading("Estimates");
  doc->Table({"",
              {"Estimate", "At the start", fmt::format("After {} years", scale.years)},
              {{"Mobile users", 1.0 * scale.users, 1.0 * scale.users_target},
               {"New cases by user and month", scale.new_cases_per_user, scale.new_cases_per_user},
               {"Forms by user and working day", forms_a_day, forms_a_day},
               {"Forms a month", scale.users * scale.forms_per_user,
                scale.users_target * scale.forms_per_user},
               {"Photos: kB by form, on average", scale.attachment_kb_per_form,
                scale.attachment_kb_per_form}}});
  doc->Text(
      "Machines and disks that follow from it are in the document Sizing; bidders may propose "
      "others and then show their calculation.");
}

void AddCentre(const Plan& plan, Document* doc) {
  const auto& centre = plan.data_centre;
  doc->Heading("5. The place");
  doc->Text("What the client brings along, or the bidder answers for the place it proposes.");
  const auto number = [](int value, const char* unit) {
    return value == 0 ? std::string("to be filled in") : fmt::format("{} {}", value, unit);
  };
  doc->Table({"",
              {"Question", "Client's answer", "Bidder's answer"},
              {{"Hosting option", OrOpen(centre.option), ""},
               {"Provider", OrOpen(centre.provider), ""},
               {"Physical or virtual (Q2.2.2)",
                centre.virtual_machines ? "virtual machines" : "physical machines", ""},
               {"How disks grow (Q2.2.3)", OrOpen(centre.disk_growth), ""},
               {"Internet line (Q2.2.4)",
                fmt::format("{}; {} down, {} up, {} away", OrOpen(centre.internet_provider),
                            number(centre.down_mbps, "Mbit/s"), number(centre.up_mbps, "Mbit/s"),
                            number(centre.latency_ms, "ms")),
                ""},
               {"Support for the line (Q2.2.5)", OrOpen(centre.network_support), ""},
               {"Battery (Q2.2.7)", number(centre.ups_minutes, "minutes"), ""},
               {"Safe stop (Q2.2.8)", OrOpen(centre.ups_shutdown), ""},
               {"Certificates and audits (Q2.2.9)", OrOpen(centre.certificates), ""},
               {"Protection of the rooms (Q2.2.10)", OrOpen(centre.physical_security), ""},
               {"Security devices (Q2.2.11)", OrOpen(centre.appliances), ""},
               {"Maintenance (Q2.2.12)", OrOpen(centre.maintenance), ""}}});
}

void AddTradeOffs(Document* doc) {
  doc->Heading("6. What costs what");
  doc->Text(
      "Three ways of hosting, and what each tends to mean. Bidders price at least two of them.");
  doc->Table(
      {"",
       {"", "Global cloud", "Local cloud", "Own data centre"},
       {{"Speed", "far away: 100 ms and more for each request; size at will",
         "near; size by contract", "nearest; size by purchase"},
        {"Hours of availability", "several buildings, by configuration", "often one building: ask",
         "as good as power, line and people of the house"},
        {"Help", "by contract, in other time zones", "by contract, in the country", "own people"},
        {"Redundancy and way back", "bought by the hour", "bought by contract",
         "a second building and a second line"},
        {"Protection", "audited; data leave the country",
         "data stay in the country; ask for audits", "all in own hands"},
        {"Money", "no purchase; grows with use, in foreign currency", "monthly, in own currency",
         "purchase every five years; power, cooling, people"},
        {"Weight (client)", "", "", ""}}});
  doc->Text(
      "Prices are asked for set-up and for each of five years: machines, disks, line, backups and "
      "second place, licences (Outpost has none), people, support, rehearsals.");
}

void AddCriteria(Document* doc) {
  doc->Heading("7. How bids are judged");
  doc->Table(
      {"",
       {"Criterion", "Weight", "Full marks for"},
       {{"Answers to the checkpoints (annex)", "30 %",
         "every row answered, with an example that can be tried; honest gaps with a date"},
        {std::string(FindItem("A1.req.1")->text), "15 %",
         "two comparable systems run for two years, figures of their availability"},
        {std::string(FindItem("A1.req.2")->text), "15 %",
         "named people with their hours, and who stands in"},
        {std::string(FindItem("A1.req.3")->text), "10 %",
         "work that can be looked at; a way of taking part"},
        {std::string(FindItem("A1.req.4")->text), "10 %", "three references that answer"},
        {"Price over five years", "20 %", "the lowest price of a bid that passes the rest"}}});
  doc->Text("A bid without a rehearsal of restore in its plan is not considered.");
}

void AddSubmission(const Plan& plan, Document* doc) {
  const auto& proposal = plan.proposal;
  doc->Heading("8. What to send, and where");
  doc->Items(
      {std::string(FindItem("A1.deliv.1")->text) + ": the annex `answer-matrix.xlsx`, filled in",
       std::string(FindItem("A1.deliv.2")->text) + ", along the draft in service-levels",
       std::string(FindItem("A1.deliv.3")->text),
       "Names and curricula of the people, three references with telephone numbers",
       "Changes to the responsibilities of section 3"});
  doc->Table({"",
              {"", ""},
              {{"Number", OrOpen(proposal.number)},
               {"Published", OrOpen(proposal.issued)},
               {"Bids until", OrOpen(proposal.due)},
               {"Questions to", OrOpen(proposal.contact)},
               {"Bids to", OrOpen(proposal.address)},
               {"Budget", OrOpen(proposal.budget)}}});
  doc->Text("Questions and their answers are sent to all who asked for these documents.");
}

}  // namespace

Document ProposalDocument(const Plan& plan) {
  Document doc("request-for-proposals", "Request for proposals: hosting of " + plan.programme);
  doc.Heading("1. Who asks, and for what");
  doc.Text(fmt::format(
      "{} runs \"{}\"{}: {} mobile users today, {} expected within {} years. It asks "
      "for bids to host and run the server side of it, with the software Outpost.",
      plan.organisation, plan.programme, plan.country.empty() ? "" : " in " + plan.country,
      plan.scale.users, plan.scale.users_target, plan.scale.years));
  doc.Heading("2. What there is today");
  if (plan.move.from.empty()) {
    doc.Text("Nothing has to be moved.");
  } else {
    doc.Text(fmt::format("The hosted service `{}`. To be moved: {}. Planned day: {}.",
                         plan.move.from, OrOpen(plan.move.data), OrOpen(plan.move.cutover)));
  }
  std::vector<std::string> apps;
  for (const auto& app : plan.apps) {
    apps.push_back(fmt::format("{}: version {}, {} users, {} planned, in use since {}", app.name,
                               OrOpen(app.version), app.users, app.users_planned,
                               app.collecting_since.empty() ? "not yet" : app.collecting_since));
  }
  if (!apps.empty()) doc.Items(std::move(apps));
  AddScope(&doc);
  AddDesign(plan, &doc);
  AddCentre(plan, &doc);
  AddTradeOffs(&doc);
  AddCriteria(&doc);
  AddSubmission(plan, &doc);
  doc.Heading("Annex: answers to the checkpoints");
  doc.Text(
      "The column \"This software today\" says what Outpost itself brings in this release. Where "
      "it "
      "says \"not yet\", the bidder says how the checkpoint will be met without it.");
  sheets::Table table{
      "",
      {"Id", "Checkpoint", "This software today", "How", "Bidder confirms", "Bidder's example"},
      {}};
  for (const auto& answer : transition::Answers()) {
    const auto* item = FindItem(answer.id);
    table.rows.push_back({std::string(item->id), std::string(item->text),
                          std::string(NameOf(answer.coverage)), std::string(answer.text), "", ""});
  }
  doc.Table(std::move(table));
  return doc;
}

}  // namespace outpost::plan::detail
