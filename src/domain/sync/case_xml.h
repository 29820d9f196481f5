#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "domain/sync/detail/property_xml.h"

/// A case as a restore shows it (restore document 6.5). Pure; appends, copies nothing twice.
namespace outpost::sync {

/// Two dialects: "2.0" and "3.0" are one.
enum class Version : std::uint8_t { kV1, kV2 };

struct SentIndex {
  std::string identifier, case_type;
  std::string target_id;  // "" tells the phone to drop the index
  bool is_extension = false;
};

/// A stored case. Texts are only looked at during the call.
struct CaseFields {
  std::string_view case_id, type, name, owner_id, external_id, modified_by;
  std::optional<Instant> opened_on;
  Instant modified_on;
  bool is_closed = false;
  std::string_view properties;   // JSON as stored
  std::string_view attachments;  // JSON as stored, "" none
};

/// The owner as the phone is told it, which refuses a case without one: who changed it last, or
/// nobody ("-").
std::string_view SentOwner(std::string_view owner_id, std::string_view modified_by);

/// Writes the cases of one restore, one after another.
class CaseWriter {
 public:
  explicit CaseWriter(Version version) : version_(version) {}

  /// `creates`: the phone does not hold the case. `attachment_address`: what comes before a name in
  /// the address of an attachment; "" sends none.
  void Append(std::string& out, const CaseFields& fields, const std::vector<SentIndex>& indices,
              bool creates, std::string_view attachment_address = {});

 private:
  void AppendVersion1(std::string& out, const CaseFields& fields, bool creates);
  void AppendVersion2(std::string& out, const CaseFields& fields,
                      const std::vector<SentIndex>& indices, bool creates,
                      std::string_view attachment_address);

  const Version version_;
  detail::PropertyNames names_;
};

}  // namespace outpost::sync
