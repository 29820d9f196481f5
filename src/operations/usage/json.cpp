#include <boost/json.hpp>

#include "base/problem.h"
#include "operations/usage/usage.h"

namespace outpost::usage {
namespace {

namespace json = boost::json;

json::object JsonOf(const MonthUsage& month) {
  return {{"month", month.month},
          {"workers", month.workers},
          {"forms", month.forms},
          {"form_bytes", month.form_bytes},
          {"attachments", month.attachments},
          {"attachment_bytes", month.attachment_bytes},
          {"file_bytes", month.file_bytes},
          {"new_cases", month.new_cases},
          {"case_changes", month.case_changes}};
}

json::object JsonOf(const AppUsage& app) {
  return {{"project", app.project},
          {"app_id", app.app_id},
          {"forms", app.forms},
          {"workers_last_month", app.workers_last_month},
          {"first_at", app.first_at.micros},
          {"last_at", app.last_at.micros}};
}

json::object JsonOf(const DiskSample& sample) {
  return {{"at", sample.at.micros},
          {"capacity_bytes", sample.capacity_bytes},
          {"free_bytes", sample.free_bytes},
          {"database_bytes", sample.database_bytes},
          {"log_bytes", sample.log_bytes}};
}

template <class Item>
json::array ListOf(const std::vector<Item>& items) {
  json::array list;
  for (const auto& item : items) list.push_back(JsonOf(item));
  return list;
}

std::int64_t Int(const json::object& object, std::string_view key) {
  return object.at(key).as_int64();
}

std::string Text(const json::object& object, std::string_view key) {
  return std::string(object.at(key).as_string());
}

double Real(const json::object& object, std::string_view key) {
  return object.at(key).to_number<double>();
}

MonthUsage MonthUsageOf(const json::object& object) {
  MonthUsage month;
  month.month = static_cast<int>(Int(object, "month"));
  month.workers = Int(object, "workers");
  month.forms = Int(object, "forms");
  month.form_bytes = Int(object, "form_bytes");
  month.attachments = Int(object, "attachments");
  month.attachment_bytes = Int(object, "attachment_bytes");
  month.file_bytes = Int(object, "file_bytes");
  month.new_cases = Int(object, "new_cases");
  month.case_changes = Int(object, "case_changes");
  return month;
}

AppUsage AppUsageOf(const json::object& object) {
  return {Text(object, "project"),           Text(object, "app_id"),    Int(object, "forms"),
          Int(object, "workers_last_month"), {Int(object, "first_at")}, {Int(object, "last_at")}};
}

DiskSample DiskSampleOf(const json::object& object) {
  return {{Int(object, "at")},
          Int(object, "capacity_bytes"),
          Int(object, "free_bytes"),
          Int(object, "database_bytes"),
          Int(object, "log_bytes")};
}

Usage ReadParts(const json::object& object) {
  Usage usage;
  usage.at = {Int(object, "at")};
  usage.projects = Int(object, "projects");
  usage.mobile_workers = Int(object, "mobile_workers");
  usage.web_users = Int(object, "web_users");
  for (const auto& month : object.at("months").as_array()) {
    usage.months.push_back(MonthUsageOf(month.as_object()));
  }
  for (const auto& app : object.at("apps").as_array()) {
    usage.apps.push_back(AppUsageOf(app.as_object()));
  }
  for (const auto& sample : object.at("disk").as_array()) {
    usage.disk.push_back(DiskSampleOf(sample.as_object()));
  }
  usage.case_bytes = Real(object, "case_bytes");
  usage.case_change_bytes = Real(object, "case_change_bytes");
  usage.database_bytes = Int(object, "database_bytes");
  usage.cores = static_cast<int>(Int(object, "cores"));
  usage.memory_bytes = Int(object, "memory_bytes");
  return usage;
}

}  // namespace

std::string JsonOf(const Usage& usage) {
  return json::serialize(json::object{{"at", usage.at.micros},
                                      {"projects", usage.projects},
                                      {"mobile_workers", usage.mobile_workers},
                                      {"web_users", usage.web_users},
                                      {"months", ListOf(usage.months)},
                                      {"apps", ListOf(usage.apps)},
                                      {"disk", ListOf(usage.disk)},
                                      {"case_bytes", usage.case_bytes},
                                      {"case_change_bytes", usage.case_change_bytes},
                                      {"database_bytes", usage.database_bytes},
                                      {"cores", usage.cores},
                                      {"memory_bytes", usage.memory_bytes}});
}

Usage UsageOf(std::string_view text) {
  try {
    return ReadParts(json::parse({text.data(), text.size()}).as_object());
  } catch (const std::exception& error) {
    throw Problem(ProblemKind::kMalformed,
                  "The server's figures cannot be read. Is it of the same release as this command?",
                  error.what());
  }
}

}  // namespace outpost::usage
