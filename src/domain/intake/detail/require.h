#pragma once

#include <cstdint>
#include <string_view>

#include "domain/cases/case.h"
#include "domain/forms/form_record.h"
#include "store/sql/writer.h"

namespace outpost::intake {

/// As the batch has it. @throws Problem kNotFound
forms::FormRecord RequireForm(sql::Batch& batch, std::int64_t project, std::string_view form_id);
cases::Case RequireCase(sql::Batch& batch, std::int64_t project, std::string_view case_id);

}  // namespace outpost::intake
