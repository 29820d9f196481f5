#include <fmt/format.h>

#include "transition/plan/detail/documents.h"

namespace outpost::plan::detail {
namespace {

void AddTakeOver(const Environment& environment, Document* doc) {
  const auto* primary = environment.WithRole("primary");
  const auto* standby = environment.WithRole("standby");
  doc->Heading(fmt::format("{} takes over from {}", standby->name, primary->name));
  doc->Note(
      fmt::format("First make sure that {} is off or cut from the network. Two machines that "
                  "both believe they work lose data.",
                  primary->name));
  doc->Code(fmt::format(
      "# on {1}\n"
      "sudo -u postgres psql -c 'SELECT now() - pg_last_xact_replay_timestamp()'   # what is lost\n"
      "sudo -u postgres pg_ctlcluster 15 main promote\n"
      "systemctl enable --now outpost.service outpost-backup.timer\n"
      "curl -s http://127.0.0.1:8000/ready\n"
      "# then the names: lead {2} to the address of {1}, or move the floating address\n"
      "curl -s https://{2}/serverup.txt\n",
      primary->name, standby->name, environment.host));
  doc->Text(
      "Phones notice a pause. What the first machine had answered and the standby had not yet "
      "received is on the disk of the first machine only: keep that disk, and fetch those forms "
      "from it before it is emptied.");
  doc->Heading(fmt::format("{} comes back", primary->name));
  doc->Steps(
      {fmt::format("It comes back as follower of {}: empty its database folder and copy it anew "
                   "with `pg_basebackup`, as in the installation.",
                   standby->name),
       "Copy the files back in the other direction, then wait until it is not behind.",
       "Change the roles back in the maintenance window, or leave them: both machines are "
       "equal."});
}

/// What may happen, who decides, and what it costs.
void AddScenarios(const Plan& plan, Document* doc) {
  const auto& levels = plan.levels;
  const bool pair = Main(plan).topology == Topology::kPair;
  doc->Heading("What may happen, and what is done");
  doc->Table(
      {"",
       {"What happened", "Decides", "What is done", "Expected loss", "Expected time"},
       {{"The service stopped", NamesWith(plan, "on-call"),
         "systemd starts it again; look for the cause", "none", "seconds"},
        {"The machine failed", NamesWith(plan, "on-call"),
         pair ? "the standby takes over" : "restore the backup on a new machine",
         !pair                     ? "since the last backup"
         : levels.rpo_minutes == 0 ? "none"
                                   : "seconds of forms",
         pair ? "under 30 minutes" : Minutes(levels.rto_minutes)},
        {"The building is gone", NamesWith(plan, "escalation"),
         pair ? "the standby in the other building takes over" : "restore from the second place",
         "up to " + Minutes(levels.rpo_minutes), Minutes(levels.rto_minutes)},
        {"Data were deleted by mistake", NamesWith(plan, "on-call"),
         "pause the project, restore a copy of the moment before beside it, bring back what is "
         "missing",
         "none, if noticed in time", "hours"},
        {"Somebody broke in", NamesWith(plan, "escalation"),
         "cut the network, keep the disks for examination, restore on clean machines, change every "
         "secret",
         "up to " + Minutes(levels.rpo_minutes), "a day"},
        {"The disk is full", NamesWith(plan, "on-call"),
         "phones are told to keep their forms; enlarge the disk", "none", "an hour"},
        {"The name or line is gone", NamesWith(plan, "on-call"),
         "call the provider; lead the name to the other site", "none", "an hour"}}});
}

void AddRota(const Plan& plan, Document* doc) {
  doc->Heading("Rota");
  const auto on_call = plan.PeopleWith("on-call");
  sheets::Table rota{"", {"Week", "First", "Second"}, {}};
  for (std::size_t week = 0; week < on_call.size(); ++week) {
    rota.rows.push_back({fmt::format("{} of {}", week + 1, on_call.size()), on_call[week]->name,
                         on_call[(week + 1) % on_call.size()]->name});
  }
  if (on_call.size() < 2) {
    doc->Note("Fewer than two people are on call: an illness is an outage.");
  }
  if (!rota.rows.empty()) doc->Table(std::move(rota));
  doc->Text(
      "The week changes on Monday at 09:00, with ten minutes of talk about what is open. Whoever "
      "is "
      "on call has a charged telephone, a computer and a line.");
}

}  // namespace

Document RecoveryDocument(const Plan& plan) {
  Document doc("disaster-recovery", "Disaster recovery plan");
  const auto& main = Main(plan);
  const auto& levels = plan.levels;
  doc.Text(fmt::format(
      "Aims: at most {} of data lost, running again within {}. Who decides: {}. "
      "Answers Q6.6.",
      Minutes(levels.rpo_minutes), Minutes(levels.rto_minutes), NamesWith(plan, "escalation")));
  doc.Text(
      "Work in the field goes on without the server: phones keep forms for days. Pages, reminders "
      "and connected systems stand still at once.");
  AddScenarios(plan, &doc);
  if (main.topology == Topology::kPair) {
    AddTakeOver(main, &doc);
  } else if (main.topology == Topology::kSingle) {
    doc.Heading("A new machine");
    doc.Steps({"Set the machine up as in the installation, without starting the service.",
               fmt::format("Fetch the newest backup from {}.", OrOpen(plan.backup.second_place)),
               "Bring it to `" + main.data_folder +
                   "`: with `outpost backup restore`, or by copying it there, owned by outpost.",
               "Start it; sending of messages stays off until somebody has looked and allowed it.",
               "Lead the name to the new machine."});
  } else {
    doc.Heading("The database machine is gone");
    doc.Steps(
        {"Make sure that it is off.", "Promote the standby: `pg_ctlcluster 15 main promote`.",
         "Set `database.location` of every Outpost machine to it and restart them one by one.",
         "Build a new standby before the week is over."});
  }
  doc.Heading("In every case");
  doc.Steps(
      {"Write down the time and what is seen, before touching anything.",
       "Tell the users by the agreed way: what does not work, what to do meanwhile, when the next "
       "news come.",
       "After it: check the last forms of some users, see that connected systems caught up.",
       "Within a week: cause, what helped, what hindered, what is changed."});
  doc.Heading(fmt::format("Rehearsals, every {} days", levels.drill_days));
  doc.Table({"",
             {"Date", "What was rehearsed", "Data lost", "Time taken", "Person", "Remarks"},
             {{"", "", "", "", "", ""}, {"", "", "", "", "", ""}}});
  doc.Heading("Whom to call");
  sheets::Table people{"", {"Name", "Function", "Telephone", "Mail"}, {}};
  for (const auto& person : plan.people) {
    people.rows.push_back({person.name, person.role, person.phone, person.email});
  }
  people.rows.push_back({OrOpen(plan.data_centre.internet_provider), "internet line",
                         OrOpen(plan.data_centre.network_support), ""});
  doc.Table(std::move(people));
  return doc;
}

Document OnCallDocument(const Plan& plan) {
  Document doc("on-call", "On-call and escalation");
  doc.Text("Who is reached, in which order, and what becomes of a report. Answers C6.2, Q6.7.");
  doc.Heading("People");
  sheets::Table people{
      "", {"Name", "Function", "Organisation", "Telephone", "Mail", "Stands in", "Duties"}, {}};
  for (const auto& person : plan.people) {
    people.rows.push_back({person.name, person.role, person.organisation, person.phone,
                           person.email, person.stands_in,
                           fmt::format("{}", fmt::join(person.duties, ", "))});
  }
  if (people.rows.empty()) {
    doc.Note("Nobody is named yet. Without names there is no service level.");
  } else {
    doc.Table(std::move(people));
  }
  AddRota(plan, &doc);
  doc.Heading("Escalation");
  const auto& levels = plan.levels;
  doc.Table({"",
             {"After", "Priority 1", "Priority 2"},
             {{"at once", "first on call", "first on call"},
              {Minutes(levels.respond_minutes[0]), "second on call", ""},
              {Minutes(levels.respond_minutes[1]), NamesWith(plan, "escalation"), "second on call"},
              {Minutes(levels.resolve_hours[0] * 60), "disaster recovery plan",
               NamesWith(plan, "escalation")}}});
  doc.Heading("From a report to its end");
  doc.Steps(
      {fmt::format("Health workers tell their supervisor, supervisors tell {}: who, which app, "
                   "what was seen, since when, how many have it.",
                   NamesWith(plan, "users")),
       "A ticket with title, description, state, person and priority.",
       "Sort: is it the phone, the app, the data or the server? The first two are solved by the "
       "application administrator, the others go to whoever is on call.",
       "Priorities 1 and 2: one person leads, one writes down, one talks to the users; news every "
       "hour.",
       "Closed when the one who reported it agrees. Priorities 1 and 2 get a review."});
  doc.Heading("Skills");
  sheets::Table skills{"", {"Skill", "Person", "Stands in"}, {}};
  for (const char* id :
       {"A2.1", "A2.2", "A2.3", "A2.4", "A2.5", "A2.6", "A2.7", "A2.8", "A2.9", "A2.10", "A2.11"}) {
    const auto with = plan.PeopleWith(id);
    skills.rows.push_back({std::string(id), with.empty() ? "to be named" : with[0]->name,
                           with.empty() ? "" : OrOpen(with[0]->stands_in)});
  }
  doc.Table(std::move(skills));
  return doc;
}

Document MoveDocument(const Plan& plan) {
  Document doc("move", "The move");
  const auto& move = plan.move;
  doc.Text(fmt::format("From `{}` to `{}`, planned for {}. Answers I1.4 and prepares C5.1 to C5.4.",
                       move.from, Main(plan).host, OrOpen(move.cutover)));
  doc.Text("What comes along: " + OrOpen(move.data) + ".");
  doc.Heading("Weeks before");
  doc.Steps(
      {"Ask the old host for an export, and agree on a rehearsal and a day (C5.2).",
       "The migration name leads to the old server; every phone has an app version that calls it "
       "(C2.4.1).",
       "Room on the new server: three times the files and ten times the packed data (Q5.1).",
       "Rehearsal with a copy: bring in, compare figures, try old data in lists and exports, mend "
       "what comes up, empty again (T5.1).",
       "Tell the users the day, twice: four weeks and three days before (C5.1)."});
  doc.Heading("The day");
  doc.Table(
      {"",
       {"Step", "Where", "What", "Proof"},
       {{"1", "old server", "pause the project; phones keep their forms", "time"},
        {"2", "old server", "save the figures of the project", "file"},
        {"3", "old server", "export data and files", "names and checksums"},
        {"4", "between", "transfer; compare checksums", "checksums"},
        {"5", "new server", "bring in data, then files", "import record (C5.3)"},
        {"6", "new server", "figures side by side, ten samples", "comparison (C5.4)"},
        {"7", "new server", "a test user installs, sends, syncs; sees old data", "ticked list"},
        {"8", "names", "lead the migration name to the new server", "time (T5.2)"},
        {"9", "new server", "certificate of the migration name is valid", "T5.3"},
        {"10", "new server", "open the project; watch the first phones", "time"},
        {"11", "old server", "stays paused for four weeks, then it may be deleted", "date"}}});
  doc.Heading("When to turn back");
  doc.Text(
      "Until step 8 nothing is lost by turning back: open the old project and try another day. "
      "Decide before step 8: figures that differ without an explanation mean turning back.");
  doc.Heading("Commands");
  doc.Code(
      "outpost transition status --phase 5\n"
      "outpost transition sign C5.4 --by 'NAME' --function 'FUNCTION' --evidence comparison.csv\n");
  return doc;
}

}  // namespace outpost::plan::detail
