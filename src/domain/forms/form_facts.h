#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/instant.h"
#include "domain/forms/form_record.h"
#include "store/sql/connection.h"

/// What lists sort and filter stored forms by, without their XML: for readers of the change log.
namespace outpost::forms {

struct FormFacts {
  std::int64_t row = 0;
  std::int64_t project = 0;
  FormState state = FormState::kNormal;
  bool is_deleted = false;
  std::string xmlns, user_id, app_id;  // "" without one
  Instant received_on, server_modified_on, indexed_on;
};
using EachFormFacts = std::function<void(const FormFacts&)>;

/// The forms in these rows; rows that are gone are left out.
void ReadFacts(sql::Connection& connection, std::span<const std::int64_t> rows,
               const EachFormFacts& each);
/// At most `limit` forms in the rows after `after`, in order. @returns how many.
int ScanFacts(sql::Connection& connection, std::int64_t after, int limit,
              const EachFormFacts& each);

}  // namespace outpost::forms
