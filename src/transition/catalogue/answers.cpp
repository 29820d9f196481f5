#include "transition/catalogue/item.h"

/// One row for each checkpoint: what this release does about it. "Not yet" stays until the command
/// that proves the opposite exists; a bid that promises more would be found out at the checkpoint.
namespace outpost::transition {
namespace {

constexpr Answer kAnswers[] = {
    {"C1.1", Coverage::kYes,
     "outpost plan draws it from the plan file, with environments, machines and integrations."},
    {"C1.2", Coverage::kPartly,
     "The plan lists apps, versions and users. The running server counts forms and people by app; "
     "which version each phone has follows with its app pages."},
    {"C1.3", Coverage::kYes, "outpost size evaluates the configuration; outpost plan keeps it."},
    {"C1.4", Coverage::kYes,
     "outpost size gives machines and disks for each date, on a running server from its own "
     "figures; "
     "outpost transition check compares them with the plan and with the machine under the server."},
    {"C2.2.1", Coverage::kPeople,
     "A contract or acceptance. The plan holds the answers to the questions about the data centre; "
     "outpost plan puts them into the request for proposals."},
    {"C2.3.1", Coverage::kPartly,
     "A practice server is one package and one command; the record is signed with outpost "
     "transition sign."},
    {"C2.4.1", Coverage::kNotYet,
     "Any host name is served. The list of phones that still call the old name is not there yet."},
    {"C3.1.1", Coverage::kNotYet,
     "outpost doctor examines machine, database and certificates, and a failure shows at the "
     "checkpoint; the self test of the list is not there yet and is done by hand."},
    {"C3.1.2", Coverage::kPartly,
     "The server judges a week of forms, restores, errors and active people by itself, and says "
     "what "
     "of it is missing."},
    {"C3.2.1", Coverage::kNotYet, "Linked projects are not there yet."},
    {"C3.3.1", Coverage::kNotYet, "The comparison of an app with its source is not there yet."},
    {"C3.3.2", Coverage::kNotYet, "Linked projects are not there yet."},
    {"C4.1.1", Coverage::kPartly,
     "outpost loadtest measures how many forms a second are taken in and verifies that each "
     "acknowledged one is there. A mix with restores and a stored report are not there yet; tests "
     "written for CommCare HQ speak the same protocol."},
    {"C4.2.1", Coverage::kPartly,
     "/metrics has figures in Prometheus form; the checkpoint goes through the metric list row by "
     "row and names what is missing."},
    {"C4.2.2", Coverage::kPartly,
     "Structured error lines go to the journal; sending them to an error collector is configured "
     "in the log shipper."},
    {"C4.2.3", Coverage::kYes, "outpost plan writes the monitoring procedure; a person owns it."},
    {"C4.3.1", Coverage::kPartly,
     "Generated timers make nightly backups and carry them to a second place; restores are "
     "rehearsed "
     "by hand. The online backup that proves its own restore is not there yet."},
    {"C4.3.2", Coverage::kPartly,
     "outpost plan writes the procedure and the timers; see C4.3.1 for what they can do today."},
    {"C5.1", Coverage::kPartly,
     "outpost plan writes the announcement's dates; the message itself is sent by hand."},
    {"C5.2", Coverage::kPeople, "A request to the old host; its date is recorded with the item."},
    {"C5.3", Coverage::kNotYet, "Bringing in an archive of the old host is not there yet."},
    {"C5.4", Coverage::kNotYet, "The comparison with the old host's figures is not there yet."},
    {"C6.1", Coverage::kPeople, "An agreement; outpost plan writes a draft from the plan file."},
    {"C6.2", Coverage::kPeople, "People; outpost plan writes the rota and the way of escalation."},
};

}  // namespace

std::span<const Answer> Answers() { return kAnswers; }

}  // namespace outpost::transition
