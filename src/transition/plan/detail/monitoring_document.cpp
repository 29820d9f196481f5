#include <fmt/format.h>

#include "transition/plan/detail/documents.h"

namespace outpost::plan::detail {
namespace {

struct Alert {
  const char* name;
  const char* warn;
  const char* wake;
  const char* act;
};

/// The thresholds are those that operators of CommCare HQ have worked with.
constexpr Alert kAlerts[] = {
    {"Site down", "", "5 of the last 6 checks of /serverup.txt fail",
     "Open /ready: it names the part. Restart that part. When nothing answers at all, look at "
     "power, "
     "line and the console of the machine, and think of the standby after 15 minutes."},
    {"Certificate ends soon", "28 days left", "14 days left",
     "Run the renewal by hand and read what it says; most often port 80 is closed or the name "
     "leads "
     "elsewhere."},
    {"Disk in use", "80 %", "90 %",
     "See what grew: data, backups or logs. Move old backups, then enlarge the disk. Never delete "
     "in "
     "the data folder by hand."},
    {"Disk full soon", "14 days at this growth", "5 days at this growth",
     "Order the enlargement today; the plan says how long it takes."},
    {"Memory in use", "", "90 % as a mean of 24 hours",
     "Find the process. A server that is short of memory for days is too small: size again."},
    {"Load by core", "", "4 as a mean of 24 hours",
     "Compare with the requests: more work, or the same work getting slower?"},
    {"Server errors", "", "8 % of requests answered 500 for 15 minutes",
     "Read the journal of Outpost at the time of the first one; take the request's id along when "
     "asking for help."},
    {"Phones refused", "1 % of forms or restores answered 429 or 503", "5 %",
     "Phones keep what they could not send. See whether a project is paused, the disk is full or "
     "the "
     "server is overloaded."},
    {"Slow answers", "", "mean above 25 s for 15 minutes",
     "Restores first: one very large one, or all phones at once after a release?"},
    {"Change lag", "10 minutes", "1 hour",
     "Lists and reports show old data; forms are safe. Look for a reader that is parked."},
    {"Follower behind", "60 s", "90 s for 5 minutes",
     "Look at line and disk of the standby. While it is behind, a failure of the first machine "
     "costs "
     "that much."},
    {"Backup missing", "", "no daily one for 2 days",
     "Start it by hand and read its output. Until it succeeds, nobody installs anything."},
    {"Proof of restore too old", "", "older than agreed",
     "Run the rehearsal of the backup procedure this week."},
    {"Clock", "30 ms off for 30 minutes", "not synchronised",
     "Restart chrony; see that UDP port 123 may go out."},
    {"Reboot, read-only disk, killed process", "", "any",
     "Find the cause before closing: it comes back at night."},
};

void AddJobs(const Plan& plan, Document* doc) {
  const auto& backup = plan.backup;
  const auto topology = Main(plan).topology;
  doc->Heading("What is made, when, and where it goes");
  sheets::Table jobs{"", {"What", "When", "Where", "Kept"}, {}};
  const auto kept = fmt::format("{} daily, {} weekly, {} monthly", backup.keep_daily,
                                backup.keep_weekly, backup.keep_monthly);
  if (topology == Topology::kSingle) {
    jobs.rows.push_back(
        {"All data of Outpost: by its backup command, or a copy while it stands still for seconds",
         "every night, " + backup.time, "`" + backup.folder + "`", kept});
  } else {
    jobs.rows.push_back({"Base backup of PostgreSQL", "every night, " + backup.time,
                         "`" + backup.folder + "/base`",
                         fmt::format("{} daily", backup.keep_daily)});
    jobs.rows.push_back(
        {"Log of PostgreSQL",
         "as it is written, at the latest every " + Minutes(plan.levels.rpo_minutes),
         "`" + backup.folder + "/wal`", "as long as the oldest base backup"});
  }
  if (topology == Topology::kPair) {
    jobs.rows.push_back({"Database of the standby", "continuously", "the standby", "the present"});
    jobs.rows.push_back({"Files of the standby", "every minute", "the standby", "the present"});
  }
  if (!backup.second_place.empty()) {
    jobs.rows.push_back({"Copies of all of it", "every quarter of an hour",
                         "`" + backup.second_place + "`",
                         "by the second place itself; this machine cannot delete there"});
  }
  doc->Table(std::move(jobs));
  if (backup.second_place.empty()) {
    doc->Note(
        "There is no second place yet. Until there is, a fire, a thief or a mistake of one hour "
        "takes data and backups together.");
  }
}

void AddPriorities(const Levels& levels, Document* doc) {
  doc->Heading("Priorities");
  const char* meanings[] = {"nobody can work, data are lost, or somebody broke in",
                            "something that is needed does not work and there is no way around it",
                            "something is wrong and a way around it exists, or much is late",
                            "a fault that hinders little", "a wish"};
  sheets::Table priorities{"", {"Priority", "Means", "Answer within", "Solved within"}, {}};
  for (int i = 0; i < 5; ++i) {
    priorities.rows.push_back({1.0 + i, meanings[i], Minutes(levels.respond_minutes[i]),
                               Minutes(levels.resolve_hours[i] * 60)});
  }
  doc->Table(std::move(priorities));
  doc->Text("The caller names the priority; the operations engineer may change it and says why.");
}

}  // namespace

Document MonitoringDocument(const Plan& plan) {
  Document doc("monitoring", "Monitoring procedure");
  const auto& main = Main(plan);
  doc.Text(
      fmt::format("Who looks at what, and what is done about each alert. Owner: {}. Read again "
                  "every six months. Answers C4.2.1 to C4.2.3.",
                  NamesWith(plan, "A2.3")));
  doc.Heading("Where to look");
  doc.Table({"",
             {"Place", "Shows"},
             {{fmt::format("`https://{}/serverup.txt`", main.host), "one word: success"},
              {fmt::format("`https://{}/ready`", main.host), "every part with its state"},
              {fmt::format("`https://{}/metrics`", main.host),
               "all figures, for Prometheus; only from the administrators' networks"},
              {fmt::format("`outpost size --from-server --data {}`", main.data_folder),
               "people, forms and cases by month; the day on which the disk is full; what the next "
               "years need"},
              {"`journalctl --unit outpost`", "one line per event, as JSON"},
              {"`/var/log/nginx/timing.log`", "every request with its duration"}}});
  doc.Heading("When to look");
  doc.Table({"",
             {"When", "Who", "What"},
             {{"Every minute", "the monitoring system", "serverup.txt from outside the building"},
              {"Every working day, 10 minutes", NamesWith(plan, "on-call"),
               "alerts of the night, disk forecast, last backup, share of phones refused"},
              {"Every Monday", NamesWith(plan, "A2.3"),
               "times of restores and forms against last week; errors by kind"},
              {"First of the month", NamesWith(plan, "A2.8"),
               "users and forms against the plan; size again when they differ by a fifth"}}});
  doc.Heading("What counts as good");
  doc.Items(
      {"Restores: the share answered 200, 202 or 412, among all but 401.",
       "Forms: the share answered 201, among all but 401.",
       "Less than 1 % of both may fail; phones that are refused try again by themselves.",
       "Late forms: received a day or more after they were filled in. Many of them mean trouble "
       "in the field that the server does not show."});
  doc.Heading("Alerts");
  sheets::Table alerts{"", {"Alert", "Warning", "Wakes somebody", "What to do"}, {}};
  for (const auto& alert : kAlerts) {
    alerts.rows.push_back({alert.name, alert.warn, alert.wake, alert.act});
  }
  doc.Table(std::move(alerts));
  doc.Heading("Errors");
  doc.Text(
      "Errors are lines of level error in the journal. Whoever has an error collector sends them "
      "there with the log shipper of the house; a test event is sent after every change of it.");
  return doc;
}

Document BackupDocument(const Plan& plan) {
  Document doc("backup", "Backup procedure");
  const auto topology = Main(plan).topology;
  doc.Text(
      fmt::format("Owner: {}. Answers C4.3.1, C4.3.2, Q4.3.1, Q4.3.2.", NamesWith(plan, "A2.9")));
  AddJobs(plan, &doc);
  doc.Text("A standby is no backup: it follows a mistaken deletion within a second.");
  doc.Heading("Every morning");
  doc.Code(
      "systemctl list-timers 'outpost-*'\n"
      "journalctl --unit outpost-backup --since yesterday | tail -n 1   # [OK] Last daily …\n");
  doc.Heading(fmt::format("Rehearsal, every {} days", plan.levels.drill_days));
  doc.Text(
      "A backup that was never restored is a hope. The rehearsal uses another machine without a "
      "way to mail, text messages and other systems, so that nobody out there is contacted.");
  if (topology == Topology::kSingle) {
    doc.Steps(
        {"Take the newest backup from the second place, not from the server.",
         "Bring it into an empty folder: with `outpost backup restore`, or by copying it there.",
         "Start it on the practice machine, log in, open ten cases, sync one phone.",
         "Compare forms, cases, users and files with the figures of that day.",
         "Write down start, end and differences; sign C4.3.1 with that record."});
  } else {
    doc.Steps(
        {"Take the newest base backup and the log after it from the second place.",
         "Unpack `base.tar.gz` into an empty data folder of PostgreSQL 15; set "
         "`restore_command` to the folder of the log; create `recovery.signal`; start it.",
         "Copy the files beside it; start Outpost on the practice machine against it.",
         "Log in, open ten cases, sync one phone. Compare forms, cases, users and files with the "
         "figures of that day.",
         "Write down start, end and differences; sign C4.3.1 with that record."});
  }
  doc.Code(
      "outpost transition answer Q4.3.1 --text 'backup.md' --by 'NAME'\n"
      "outpost transition sign C4.3.1 --by 'NAME' --function 'FUNCTION' --evidence rehearsal.md\n");
  doc.Heading("Before every risky change");
  doc.Text("An extra backup, checked, and a sentence in the ticket that says how to go back.");
  return doc;
}

Document MaintenanceDocument(const Plan& plan) {
  Document doc("maintenance", "Maintenance procedure");
  const auto& levels = plan.levels;
  doc.Text("What is done without being asked. Answers Q2.2.12, Q3.1.10, Q6.2 to Q6.5.");
  doc.Heading("Calendar");
  doc.Table({"",
             {"How often", "What", "Who"},
             {{"Every working day", "Alerts, backup, disk forecast (monitoring procedure)",
               NamesWith(plan, "on-call")},
              {"Every week", "Security updates of the operating system; is a reboot due?",
               NamesWith(plan, "A2.7")},
              {"Every two weeks", "Release notes of Outpost; update in the maintenance window",
               NamesWith(plan, "A2.1")},
              {"Every month", "Figures against the plan; size again when they differ",
               NamesWith(plan, "A2.8")},
              {"Every quarter", "Access review: who still needs it; remove the others",
               NamesWith(plan, "A2.7")},
              {fmt::format("Every {} days", levels.drill_days),
               "Rehearsal of restore and of taking over", NamesWith(plan, "A2.9")},
              {"Every half year",
               "Passwords of services, keys of the second place; read these procedures "
               "again",
               NamesWith(plan, "A2.7")},
              {"Every year", "Load test with next year's users; audit report; battery under load",
               NamesWith(plan, "A2.10")}}});
  doc.Heading("Updates");
  doc.Text(
      fmt::format("Urgent ones (security, loss of data) within {} days, others within {} days, "
                  "in the window {}. First on the practice server, then in production.",
                  levels.urgent_patch_days, levels.ordinary_patch_days, levels.maintenance_window));
  doc.Steps(
      {"Read the release notes between the running version and the new one; an entry that asks "
       "for something is done or planned.",
       "Make a backup and see that it is there.",
       "Update the practice server, run the check list of the installation, sync a phone.",
       "In the window: update the standby's package, then the working machine's; "
       "`systemctl restart outpost`. Phones that call in these seconds get 503 and try again.",
       "Look at /ready and at one restore; write the update down."});
  doc.Note(
      "Going back: install the previous package and start it. The previous release reads the data "
      "of the new one; if it refuses, restore the backup of step 2.");
  doc.Heading("After a reboot");
  doc.Steps({"Unlock encrypted disks.", "`systemctl --failed` shows nothing.",
             "`/ready` shows every part; the standby follows."});
  doc.Heading("People come and go");
  doc.Items(
      {"New: an account of their own, two-factor, a key from their own machine, a practice "
       "installation.",
       "Leaving: the same day, account closed, key removed, shared passwords changed.",
       "Nobody works with somebody else's account: the audit log is worth nothing then."});
  return doc;
}

Document LevelsDocument(const Plan& plan) {
  Document doc("service-levels", "Service levels");
  const auto& levels = plan.levels;
  doc.Text(
      fmt::format("Draft of an agreement between {} and whoever runs the service for \"{}\". "
                  "Answers C6.1, Q6.1, Q6.3. It is in force when both have signed it.",
                  plan.organisation, plan.programme));
  doc.Heading("What is promised");
  const double hours = (100 - levels.availability_percent) / 100 * 24 * 365;
  doc.Table(
      {"",
       {"Subject", "Level", "How it is measured"},
       {{"Hours of support", levels.hours, "tickets with their times"},
        {"Availability", fmt::format("{} % of a year", levels.availability_percent),
         fmt::format(
             "share of the minutes in which /serverup.txt said success, asked from outside; "
             "that is up to {:.0f} hours a year without it; windows do not count",
             hours)},
        {"Maintenance window", levels.maintenance_window, "announced 3 working days before"},
        {"Data that may be lost after a disaster", "up to " + Minutes(levels.rpo_minutes),
         "at every rehearsal"},
        {"Time until it runs again after a disaster", "up to " + Minutes(levels.rto_minutes),
         "at every rehearsal"},
        {"Rehearsal of restore", fmt::format("every {} days", levels.drill_days),
         "its signed record"},
        {"Urgent fixes installed", fmt::format("within {} days", levels.urgent_patch_days),
         "release date and installation date"},
        {"Ordinary fixes installed", fmt::format("within {} days", levels.ordinary_patch_days),
         "release date and installation date"},
        {"Capacity kept free", fmt::format("{} %", levels.headroom_percent),
         "disk, memory and processors, mean of the busiest week"}}});
  AddPriorities(levels, &doc);
  doc.Heading("Reports");
  doc.Text(
      "Every month: availability, incidents with their causes, times kept and missed, backups and "
      "rehearsals, updates, capacity and its forecast.");
  doc.Heading("When a level is missed");
  doc.Text(
      "Twice in a quarter: a written cause and a plan. Three times: the heads of both sides meet. "
      "Reductions of the price: to be agreed.");
  doc.Heading("The end of the agreement");
  doc.Items(
      {"All data are handed over as a full backup and as an export that any tool can read, within "
       "30 days, and nothing is charged for it.",
       "Names, certificates and accounts go to whom the organisation names.",
       "Copies are deleted after a written confirmation, with a record of it."});
  doc.Heading("Signatures");
  doc.Table({"",
             {"For", "Name", "Function", "Date", "Signature"},
             {{plan.organisation, "", "", "", ""}, {"Provider", "", "", "", ""}}});
  return doc;
}

}  // namespace outpost::plan::detail
