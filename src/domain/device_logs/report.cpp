#include "domain/device_logs/report.h"

#include "base/text.h"

namespace outpost::device_logs {
namespace {

std::string TextOf(const xml::Element& parent, std::string_view name) {
  const auto child = parent.child(name);
  return child ? std::string(child->text()) : std::string();
}

/// The text of the first of these children that is there.
std::string FirstOf(const xml::Element& parent, std::string_view name,
                    std::string_view older_name) {
  return TextOf(parent, parent.child(name) ? name : older_name);
}

std::optional<std::int64_t> NumberOf(std::string_view text) { return ParseInt(Trim(text)); }

/// Old phones: "PREFIX-USERNAME" under the type "login". Others: "login|USERNAME|USERID".
void ReadSignIn(LogEntry& entry) {
  const std::string_view message = entry.message;
  if (entry.type == "login") {
    const auto dash = message.find('-');
    if (dash != std::string_view::npos) entry.username = message.substr(dash + 1);
    return;
  }
  if (entry.type != "user" || !message.starts_with("login|")) return;
  const auto parts = Split(message, '|');
  entry.username = parts[1];
  if (parts.size() > 2) entry.user_id = parts[2];
}

bool ReadEntry(const xml::Element& element, const Report&, UserEntry& entry) {
  entry.username = TextOf(element, "username");
  entry.user_id = TextOf(element, "user_id");
  entry.sync_token = TextOf(element, "sync_token");
  return element.has_children();
}

/// What the other kinds have in common. False: the entry cannot be placed in time.
template <class Entry>
bool ReadDated(const xml::Element& element, Entry& entry) {
  const auto date = ParseDateOrDateTime(element.attribute("date").value_or(""));
  if (!date) return false;
  entry.date = *date;
  entry.type = TextOf(element, "type");
  entry.message = TextOf(element, "msg");
  return true;
}

bool ReadEntry(const xml::Element& element, const Report&, LogEntry& entry) {
  if (!ReadDated(element, entry)) return false;
  ReadSignIn(entry);
  return true;
}

bool ReadEntry(const xml::Element& element, const Report&, UserError& entry) {
  if (!ReadDated(element, entry)) return false;
  entry.version = NumberOf(FirstOf(element, "app_build", "version"));
  entry.app_id = TextOf(element, "app_id");
  entry.user_id = TextOf(element, "user_id");
  entry.session = TextOf(element, "session");
  entry.expression = TextOf(element, "expr");
  entry.context_node = TextOf(element, "context_node");
  return true;
}

bool ReadEntry(const xml::Element& element, const Report& report, ForceClose& entry) {
  if (!ReadDated(element, entry)) return false;
  entry.version = NumberOf(FirstOf(element, "app_build", "build_number"));
  entry.app_id = TextOf(element, "app_id");
  entry.user_id = TextOf(element, "user_id");
  // Current phones say these once for the whole report.
  const auto own_or = [&](std::string_view name, const std::string& of_report) {
    return element.child(name) ? TextOf(element, name) : of_report;
  };
  entry.android_version = own_or("android_version", report.android_version);
  entry.device_model = own_or("device_model", report.device_model);
  entry.session_readable = TextOf(element, "session_readable");
  entry.session_serialized = TextOf(element, "session_serialized");
  return true;
}

template <class Entry>
void ReadSubreport(const xml::Element& subreport, std::string_view name, Report& report,
                   std::vector<Entry>& entries, std::int64_t& next_number) {
  for (auto child = subreport.first_child(); child; child = child->next_sibling()) {
    if (child->name() != name) continue;
    Entry entry;
    entry.number = next_number++;
    if (ReadEntry(*child, report, entry)) {
      entries.push_back(std::move(entry));
    } else {
      ++report.entries_skipped;
    }
  }
}

}  // namespace

std::int64_t Report::kinds() const {
  std::int64_t kinds = 0;
  if (!users.empty()) kinds |= kUserEntries;
  if (!logs.empty()) kinds |= kLogEntries;
  if (!errors.empty()) kinds |= kUserErrors;
  if (!closes.empty()) kinds |= kForceCloses;
  return kinds;
}

Report ReadReport(const xml::Document& document) {
  const auto root = document.root();
  Report report;
  report.device_id = TextOf(root, "device_id");
  report.app_version = TextOf(root, "app_version");
  report.device_model = TextOf(root, "device_model");
  report.android_version = TextOf(root, "android_version");
  std::int64_t users = 0, logs = 0, errors = 0, closes = 0;
  for (auto child = root.first_child(); child; child = child->next_sibling()) {
    const auto name = child->name();
    if (name == "user_subreport") ReadSubreport(*child, "user", report, report.users, users);
    if (name == "log_subreport") ReadSubreport(*child, "log", report, report.logs, logs);
    if (name == "user_error_subreport") {
      ReadSubreport(*child, "user_error", report, report.errors, errors);
    }
    if (name == "force_close_subreport") {
      ReadSubreport(*child, "force_close", report, report.closes, closes);
    }
  }
  return report;
}

}  // namespace outpost::device_logs
