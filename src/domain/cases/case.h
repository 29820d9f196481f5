#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "domain/cases/case_block.h"
#include "domain/forms/form_record.h"

/// A case and the rules that change it (submission document 16 to 20). Pure functions on data.
namespace outpost::cases {

inline constexpr std::size_t kFieldCharactersMax = 255;

struct Index {
  std::string identifier;
  std::string referenced_id;
  std::string referenced_type;
  std::string relationship;
  friend bool operator==(const Index&, const Index&) = default;
};
struct ByIdentifier {
  bool operator()(const Index& a, const Index& b) const { return a.identifier < b.identifier; }
};
/// By identifier, which is unique in a case. A form may bring tens of thousands.
using Indices = std::set<Index, ByIdentifier>;

/// A file of a form that a case keeps under a name of its own.
struct CaseAttachment {
  std::string content_type;
  std::int64_t length = 0;
  std::string blob;
  friend bool operator==(const CaseAttachment&, const CaseAttachment&) = default;
};

/// Bits of a transaction's type (20.1).
enum TransactionType : std::int64_t {
  kFormTransaction = 1,
  kRebuildWithReason = 2,
  kUserRequestedRebuild = 4,
  kUserArchivedRebuild = 8,
  kFormArchiveRebuild = 16,
  kFormEditRebuild = 32,
  kLedgerTransaction = 64,
  kCreateTransaction = 128,
  kCloseTransaction = 256,
  kIndexTransaction = 512,
  kAttachmentTransaction = 1024,
  kFormReprocessRebuild = 2048,
};

struct Transaction {
  std::int64_t seq = 0;       // position; order of insertion
  std::int64_t form_row = 0;  // 0 for rebuilds
  std::int64_t type = 0;
  Instant server_date;
  std::optional<Instant> client_date;
  std::optional<std::string> sync_log_id;
  bool is_revoked = false;
  std::string details;  // JSON, "" none
};

struct Case {
  std::int64_t row = 0;  // 0: not stored yet
  std::string case_id;
  std::string type, name, owner_id, external_id;
  std::optional<std::string> location_id;
  std::optional<Instant> opened_on;
  std::string opened_by;
  std::optional<Instant> modified_on;
  std::string modified_by;
  Instant server_modified_on;
  Instant indexed_on;
  bool is_closed = false;
  std::optional<Instant> closed_on;
  std::string closed_by;
  bool is_deleted = false;
  std::optional<Instant> deleted_on;
  std::map<std::string, PropertyValue, std::less<>> properties;
  Indices indices;
  std::map<std::string, CaseAttachment, std::less<>> attachments;
};

/// Properties as stored and as `case_json`: one JSON object, keys in order.
std::string RenderProperties(const Case& c);
/// @throws Problem kInternal when the stored text is not what RenderProperties makes.
std::map<std::string, PropertyValue, std::less<>> ParseProperties(std::string_view json);

/// Attachments as stored, "" for none. @throws Problem kInternal when the text is damaged.
std::string RenderAttachments(const Case& c);
std::map<std::string, CaseAttachment, std::less<>> ParseAttachments(std::string_view json);

/// What a block needs to know of its form.
struct FormContext {
  std::string user_id;  // "" when the form has none
  Instant now;          // stands in for a missing date_modified
  std::string form_id = {};
  /// The form's files; null where the project keeps no case attachments: such actions then only
  /// mark the transaction.
  const std::vector<forms::Attachment>* files = nullptr;
};

/// Applies one block in the order create, update, close, index, attachment and the rules of 16.3.
/// Adds the transaction bits of the actions to `type_bits`. When it returns an error the case may
/// be half changed: throw it away.
std::optional<ContentError> ApplyBlock(Case& c, const CaseBlock& block, const FormContext& form,
                                       std::int64_t& type_bits);

/// Back to the defaults of 16.1 before a rebuild (20.2 step 2); location_id, ids and row stay.
void ResetForRebuild(Case& c);

}  // namespace outpost::cases
