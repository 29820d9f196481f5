#include "store/sql/migrations.h"

#include <array>
#include <utility>

#include "store/sql/schema/administration.h"
#include "store/sql/schema/apps.h"
#include "store/sql/schema/case_external_ids.h"
#include "store/sql/schema/core.h"
#include "store/sql/schema/device_logs.h"
#include "store/sql/schema/field_setup.h"
#include "store/sql/schema/form_actions.h"
#include "store/sql/schema/forms.h"
#include "store/sql/schema/ledgers.h"
#include "store/sql/schema/people.h"
#include "store/sql/schema/sync.h"
#include "store/sql/schema/transition.h"
#include "store/sql/schema/usage.h"

namespace outpost::sql {
namespace {

constexpr std::array kSteps = {
    Migration{1, "core", schema::kCore},
    Migration{2, "people", schema::kPeople},
    Migration{3, "forms", schema::kForms},
    Migration{4, "ledgers", schema::kLedgers},
    Migration{5, "administration", schema::kAdministration},
    Migration{6, "device_logs", schema::kDeviceLogs},
    Migration{7, "usage", schema::kUsage},
    Migration{8, "transition", schema::kTransition},
    Migration{9, "case_external_ids", schema::kCaseExternalIds},
    Migration{10, "sync", schema::kSync},
    Migration{11, "field_setup", schema::kFieldSetup},
    Migration{12, "apps", schema::kApps},
    Migration{13, "form_actions", schema::kFormActions},
};

struct Word {
  std::string_view name;
  std::string_view sqlite;
  std::string_view postgresql;
};

constexpr std::array kWords = {
    Word{"{id}", "INTEGER PRIMARY KEY", "BIGINT PRIMARY KEY"},
    Word{"{int}", "INTEGER", "BIGINT"},
    Word{"{text}", "TEXT", "TEXT COLLATE \"C\""},
    Word{"{bytes}", "BLOB", "BYTEA"},
    Word{"{keyed}", "WITHOUT ROWID", ""},
};

}  // namespace

std::span<const Migration> AllMigrations() { return kSteps; }

std::string DdlFor(Engine engine, std::string_view ddl) {
  std::string out(ddl);
  for (const auto& word : kWords) {
    const auto with = engine == Engine::kSqlite ? word.sqlite : word.postgresql;
    for (auto at = out.find(word.name); at != std::string::npos; at = out.find(word.name, at)) {
      out.replace(at, word.name.size(), with);
      at += with.size();
    }
  }
  return out;
}

}  // namespace outpost::sql
