#include "transition/catalogue/detail/tables.h"

namespace outpost::transition::detail {
namespace {

constexpr Item kItems[] = {
    {"C5.1", ItemKind::kCheckpoint, "5", "5.1", true, Level::kPartial,
     "Users were told when the system will be away",
     "a record of the announcement with date and receivers", ""},
    {"C5.2", ItemKind::kCheckpoint, "5", "5.1", true, Level::kNone,
     "The old host was asked for the data", "date and reference of the request", "Q5.1 Q5.2"},
    {"C5.3", ItemKind::kCheckpoint, "5", "5.1", true, Level::kFull, "The data were brought in here",
     "an import record with checksum, counts, missing files and refused lines", "C5.2"},
    {"C5.4", ItemKind::kCheckpoint, "5", "5.1", true, Level::kPartial,
     "An administrator confirms that all data are here",
     "figures of old and new side by side, all equal, and samples compared; signed", "C5.3"},
    {"Q5.1", ItemKind::kQuestion, "5", "5.1", true, Level::kPartial,
     "Where can the old host put the data?", "a folder with enough room that only its owner reads",
     ""},
    {"Q5.2", ItemKind::kQuestion, "5", "5.1", true, Level::kNone,
     "Who moves the data: name, address, position?", "a person", ""},
    {"T5.1", ItemKind::kStep, "5", "5.1", true, Level::kFull,
     "Rehearsal: bring in a copy, mend what comes up, empty again",
     "an import marked as trial and a record of emptying", ""},
    {"T5.2", ItemKind::kStep, "5", "5.1", true, Level::kFull,
     "The move: stop, export, transfer, bring in, reopen",
     "times of the stop, import record, time of the switch of the name", ""},
    {"T5.3", ItemKind::kStep, "5", "5.1", true, Level::kFull,
     "The migration name has a certificate on the new server", "a valid certificate for that name",
     ""},
    {"C6.1", ItemKind::kCheckpoint, "6", "6.1", false, Level::kNone,
     "An agreement about continuing support is in force", "the agreement with its dates", "Q6.1"},
    {"C6.2", ItemKind::kCheckpoint, "6", "6.1", false, Level::kNone,
     "The people who can keep that agreement are there", "contacts and a rota; alerts reach them",
     "C6.1"},
    {"Q6.1", ItemKind::kQuestion, "6", "6.1", false, Level::kNone,
     "What was agreed about support for the infrastructure?", "the agreement", ""},
    {"Q6.2", ItemKind::kQuestion, "6", "6.1", false, Level::kNone,
     "Who reads the release notes and the forum?", "a person", ""},
    {"Q6.3", ItemKind::kQuestion, "6", "6.1", false, Level::kNone,
     "How soon are ordinary and urgent notices acted upon?", "two times", ""},
    {"Q6.4", ItemKind::kQuestion, "6", "6.1", false, Level::kNone, "Who installs new versions?",
     "a person", ""},
    {"Q6.5", ItemKind::kQuestion, "6", "6.1", false, Level::kPartial,
     "How often is the software updated?", "the schedule and the dates of the last updates", ""},
    {"Q6.6", ItemKind::kQuestion, "6", "6.1", false, Level::kNone, "What is done after a disaster?",
     "the recovery plan and the date of its last rehearsal", ""},
    {"Q6.7", ItemKind::kQuestion, "6", "6.1", false, Level::kNone,
     "What becomes of a problem that a user reports?", "the way of sorting and passing on reports",
     ""},
};

}  // namespace

std::span<const Item> RunningItems() { return kItems; }

}  // namespace outpost::transition::detail
