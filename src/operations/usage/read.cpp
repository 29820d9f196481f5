#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "operations/usage/detail/sizes.h"
#include "operations/usage/usage.h"

namespace outpost::usage {
namespace {

struct Figure {
  std::string_view name;
  std::int64_t MonthUsage::*field;
};
constexpr Figure kFigures[] = {
    {"forms", &MonthUsage::forms},
    {"form_bytes", &MonthUsage::form_bytes},
    {"attachments", &MonthUsage::attachments},
    {"attachment_bytes", &MonthUsage::attachment_bytes},
    {"file_bytes", &MonthUsage::file_bytes},
    {"new_cases", &MonthUsage::new_cases},
    {"case_changes", &MonthUsage::case_changes},
};

std::int64_t Number(sql::Connection& reader, std::string_view sql, sql::Params params = {}) {
  const auto rows = reader.Query(sql, params);
  return rows->Next() ? rows->Int(0) : 0;
}

void ReadPeople(sql::Connection& reader, Usage& usage) {
  usage.projects = Number(reader, "SELECT COUNT(*) FROM projects");
  const auto rows = reader.Query(
      "SELECT kind, COUNT(*) FROM accounts WHERE state = 'active' AND is_practice = 0 "
      "GROUP BY kind");
  while (rows->Next()) {
    (rows->Text(0) == "mobile" ? usage.mobile_workers : usage.web_users) = rows->Int(1);
  }
}

/// Months from the first with anything to today's; what is older than kMonthsShown is added to the
/// first of them, so that the sums stay those of everything.
void ReadMonths(sql::Connection& reader, Usage& usage) {
  const int last = MonthOf(usage.at);
  int first = last;
  {
    const auto rows = reader.Query("SELECT MIN(month) FROM usage_months");
    if (rows->Next() && !rows->IsNull(0)) first = static_cast<int>(rows->Int(0));
  }
  first = std::clamp(first, last - kMonthsShown + 1, last);
  for (int month = first; month <= last; ++month) usage.months.emplace_back().month = month;
  const auto at = [&](std::int64_t month) -> MonthUsage& {
    // A clock that ran ahead puts forms into months to come; they count as today's.
    const auto shown = std::clamp<std::int64_t>(month, first, last);
    return usage.months[static_cast<std::size_t>(shown - first)];
  };
  const auto rows = reader.Query(
      "SELECT month, figure, CAST(SUM(value) AS BIGINT) FROM usage_months GROUP BY month, figure");
  while (rows->Next()) {
    for (const auto& figure : kFigures) {
      if (rows->Text(1) == figure.name) at(rows->Int(0)).*figure.field += rows->Int(2);
    }
  }
  const auto workers = reader.Query(
      "SELECT month, COUNT(*) FROM (SELECT DISTINCT month, project, user_id FROM usage_workers "
      "WHERE month >= $1 AND month <= $2) AS heard GROUP BY month",
      {std::int64_t{first}, std::int64_t{last}});
  while (workers->Next()) at(workers->Int(0)).workers = workers->Int(1);
}

void ReadApps(sql::Connection& reader, Usage& usage) {
  const auto rows = reader.Query(
      "SELECT projects.name, usage_apps.app_id, forms, first_at, last_at, "
      "(SELECT COUNT(*) FROM usage_workers WHERE month = $1 AND "
      "usage_workers.project = usage_apps.project AND usage_workers.app_id = usage_apps.app_id) "
      "FROM usage_apps JOIN projects ON projects.id = usage_apps.project "
      "ORDER BY forms DESC, projects.name, usage_apps.app_id LIMIT $2",
      {std::int64_t{MonthOf(usage.at)} - 1, static_cast<std::int64_t>(kAppsMax)});
  while (rows->Next()) {
    usage.apps.push_back({rows->String(0),
                          rows->String(1),
                          rows->Int(2),
                          rows->Int(5),
                          {rows->Int(3)},
                          {rows->Int(4)}});
  }
}

void ReadDisk(sql::Connection& reader, Usage& usage) {
  const auto rows = reader.Query(
      "SELECT at, capacity_bytes, free_bytes, database_bytes, log_bytes FROM usage_disk "
      "ORDER BY day");
  while (rows->Next()) {
    usage.disk.push_back({{rows->Int(0)}, rows->Int(1), rows->Int(2), rows->Int(3), rows->Int(4)});
  }
}

double Mean(sql::Connection& reader, std::string_view sql) {
  const auto rows = reader.Query(sql, {std::int64_t{kSampledRows}});
  if (!rows->Next() || rows->Int(0) == 0) return 0;
  return static_cast<double>(rows->Int(1)) / static_cast<double>(rows->Int(0));
}

/// What the columns hold; page headers and indexes show in the size of the whole database.
void ReadSizes(sql::Connection& reader, const DataPaths& paths, Usage& usage) {
  usage.case_bytes =
      Mean(reader,
           "SELECT COUNT(*), CAST(SUM(LENGTH(case_id) + LENGTH(type) + LENGTH(name) + "
           "LENGTH(owner_id) + "
           "LENGTH(external_id) + LENGTH(opened_by) + LENGTH(modified_by) + LENGTH(closed_by) + "
           "LENGTH(properties) + 60) AS BIGINT) FROM (SELECT * FROM cases ORDER BY id DESC LIMIT "
           "$1) AS newest");
  usage.case_change_bytes =
      Mean(reader,
           "SELECT COUNT(*), CAST(SUM(COALESCE(LENGTH(sync_log_id), 0) + "
           "COALESCE(LENGTH(details), 0) + 40) AS BIGINT) FROM (SELECT * FROM case_transactions "
           "ORDER BY case_row DESC LIMIT $1) AS newest");
  usage.database_bytes = detail::DatabaseBytes(reader, paths);
}

void ReadHost(Usage& usage) {
  usage.cores = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  usage.memory_bytes = std::int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE);
}

}  // namespace

Usage ReadUsage(sql::Database& database, const DataPaths& paths, Instant now) {
  Usage usage;
  usage.at = now;
  const auto reader = database.Read();
  ReadPeople(*reader, usage);
  ReadMonths(*reader, usage);
  ReadApps(*reader, usage);
  ReadDisk(*reader, usage);
  ReadSizes(*reader, paths, usage);
  ReadHost(usage);
  return usage;
}

}  // namespace outpost::usage
