#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "domain/intake/intake.h"
#include "domain/projects/projects.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

/// Changes of cases that no phone made: the case API, imports, rules. No case changes without a
/// form, so a request becomes one form of the server's own (submission document 21), which takes
/// effect as a whole or not at all.
///
///   CaseUpdates ─► which cases are meant? ─► form XML, parsed ─► writer: still meant? ─► intake
///                     ▲ reading connection                         │ no: look again
///                     └────────────────────────────────────────────┘
///
/// What an external id means is decided inside the writer, so two that "make or change" the case
/// of one external id at the same time make one case.
namespace outpost::intake {

/// Most updates that one form may carry.
inline constexpr std::size_t kCaseUpdatesMax = 100;
/// How often the cases that are meant may change between look-up and commit.
inline constexpr int kCaseUpdateAttemptsMax = 8;

/// How another case is named.
struct CaseReference {
  enum class By : std::uint8_t { kNothing, kCaseId, kExternalId, kTemporaryId };
  By by = By::kNothing;
  std::string id;
};

/// Sets an index; one that refers to nothing is removed.
struct IndexUpdate {
  std::string identifier;  // a valid XML name
  CaseReference to;
  std::string case_type;
  std::string relationship;  // "child" or "extension"
};

struct CaseUpdate {
  enum class Mode : std::uint8_t {
    kCreate,  // always a new case
    kUpdate,  // of the case with case_id, or, where that is empty, with external_id
    kUpsert,  // of the case with external_id, which is made when there is none
  };
  Mode mode = Mode::kCreate;
  std::string case_id;
  std::string temporary_id;  // by which other updates of the request name a new case
  std::optional<std::string> case_type, case_name, owner_id, external_id;  // empty: as they are
  std::vector<std::pair<std::string, std::string>> properties;  // names are valid XML names
  std::vector<IndexUpdate> indices;
  bool closes = false;
};

struct CaseUpdates {
  std::shared_ptr<const projects::Project> project;
  std::string xmlns, device_id;   // name the tool
  std::string user_id, username;  // on whose behalf
  std::vector<CaseUpdate> updates;
};

struct CaseUpdateResult {
  Receipt receipt;                    // of the form
  std::vector<std::string> case_ids;  // in the order of the updates
};

struct CaseUpdateStores {
  sql::Database& database;
  sql::Writer& writer;
  const blobs::BlobStore& blobs;
  const Clock& clock;
};

/// Waits until the form is on stable storage. Threads: any that may wait, never the writer's.
/// `reading` is for look-ups during the call. A form whose content is refused is stored as an error
/// form: see the receipt.
/// @throws Problem kBadRequest when a case that is meant does not exist or is not the only one, and
///         when a new one lacks name, type or owner; kTooLarge for a form over kFormXmlBytesMax;
///         kPaused unless the project is live; kBusy. Then nothing is stored.
CaseUpdateResult UpdateCases(const CaseUpdateStores& stores, sql::Connection& reading,
                             const CaseUpdates& request);

/// The case block that makes an update of a case that is known, for forms of the server's own; it
/// has no indices.
struct KnownCase {
  std::string case_id;
  bool is_new = false;
  std::string user_id;  // on whose behalf
};
std::string CaseBlockXml(const CaseUpdate& update, const KnownCase& known, Instant at);

/// Whether XML can carry the text: valid UTF-8 without control characters but tab and line ends.
bool IsXmlText(std::string_view text);

}  // namespace outpost::intake
