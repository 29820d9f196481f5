#include "domain/device_logs/report_view.h"

#include <algorithm>

#include "format/json/writer.h"

namespace outpost::device_logs {
namespace {

template <class Entry>
void DatedMembers(json::Writer& out, const Entry& entry) {
  out.Member("i", entry.number);
  out.Member("date", FormatT6(entry.date));
  out.Member("type", entry.type);
  out.Member("msg", entry.message);
}

void Members(json::Writer& out, const StoredReport&, const UserEntry& entry) {
  out.Member("i", entry.number);
  out.Member("username", entry.username);
  out.Member("user_id", entry.user_id);
  out.Member("sync_token", entry.sync_token);
}

void Members(json::Writer& out, const StoredReport& stored, const LogEntry& entry) {
  DatedMembers(out, entry);
  out.MemberOrNull("username", entry.username);
  out.MemberOrNull("user_id", entry.user_id);
  out.Member("device_id", stored.report.device_id);
  out.Member("app_version", stored.report.app_version);
  out.Member("server_date", FormatT6(stored.received_on));
}

void Members(json::Writer& out, const StoredReport&, const UserError& entry) {
  DatedMembers(out, entry);
  out.MemberOrNull("version_number", entry.version);
  out.Member("app_id", entry.app_id);
  out.Member("user_id", entry.user_id);
  out.Member("session", entry.session);
  out.Member("expr", entry.expression);
  out.Member("context_node", entry.context_node);
}

void Members(json::Writer& out, const StoredReport&, const ForceClose& entry) {
  DatedMembers(out, entry);
  out.MemberOrNull("version_number", entry.version);
  out.Member("app_id", entry.app_id);
  out.Member("user_id", entry.user_id);
  out.Member("android_version", entry.android_version);
  out.Member("device_model", entry.device_model);
  out.Member("session_readable", entry.session_readable);
  out.Member("session_serialized", entry.session_serialized);
}

template <class Entry>
void ListMember(json::Writer& out, std::string_view key, const StoredReport& stored,
                const std::vector<Entry>& entries) {
  out.Key(key);
  out.BeginArray();
  for (const auto& entry : entries) {
    out.BeginObject();
    Members(out, stored, entry);
    out.EndObject();
  }
  out.EndArray();
}

}  // namespace

void CompleteSignIns(Report& report, const UserIdOf& user_id_of) {
  for (auto& entry : report.logs) {
    if (entry.username && !entry.user_id) entry.user_id = user_id_of(*entry.username);
  }
}

bool Concerns(const StoredReport& stored, std::string_view user_id, std::string_view bare_name) {
  const Report& report = stored.report;
  const auto is_them = [&](std::string_view name, std::string_view id) {
    return (!id.empty() && id == user_id) || (!name.empty() && name == bare_name);
  };
  return stored.user_id == user_id ||
         std::any_of(report.users.begin(), report.users.end(),
                     [&](const auto& entry) { return is_them(entry.username, entry.user_id); }) ||
         std::any_of(report.logs.begin(), report.logs.end(), [&](const auto& entry) {
           return is_them(entry.username.value_or(""), entry.user_id.value_or(""));
         });
}

std::string RenderReport(const StoredReport& stored) {
  std::string text;
  json::Writer out(text);
  out.BeginObject();
  out.Member("report_id", stored.report_id);
  out.Member("received_on", FormatT6(stored.received_on));
  out.MemberOrNull("user_id", stored.user_id);
  out.Member("device_id", stored.report.device_id);
  out.Member("app_version", stored.report.app_version);
  out.Member("entries_skipped", stored.report.entries_skipped);
  ListMember(out, "user_entries", stored, stored.report.users);
  ListMember(out, "log_entries", stored, stored.report.logs);
  ListMember(out, "user_errors", stored, stored.report.errors);
  ListMember(out, "force_closes", stored, stored.report.closes);
  out.EndObject();
  return text;
}

}  // namespace outpost::device_logs
