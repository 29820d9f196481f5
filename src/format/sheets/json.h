#pragma once

#include <string>

#include "format/sheets/table.h"

namespace outpost::sheets {

/// {"sheets":[{"name":…,"tables":[{"title":…,"columns":[…],"rows":[[…]]}]}]}; empty cells are null.
std::string JsonOf(const Workbook& workbook);

}  // namespace outpost::sheets
