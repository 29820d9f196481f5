#include "transition/plan/detail/read_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "base/instant.h"
#include "base/text.h"

namespace outpost::plan::detail {
namespace {

using tree::MapReader;
using tree::Refuse;

std::vector<std::string> Texts(MapReader& reader, std::string_view key) {
  std::vector<std::string> texts;
  const auto* list = reader.Optional(key);
  if (list == nullptr) return texts;
  if (list->kind != tree::Kind::kList) {
    Refuse(reader.file(), list->at, reader.PathOf(key), "a list in [brackets] is expected");
  }
  for (const auto& item : list->items) {
    texts.push_back(tree::TextOf(item, reader.file(), reader.PathOf(key)));
  }
  return texts;
}

/// Runs `read` for every [[key]] table, or for none.
void ForEach(MapReader& reader, std::string_view key,
             const std::function<void(MapReader&, Position)>& read) {
  const auto* list = reader.Optional(key);
  if (list == nullptr) return;
  if (list->kind != tree::Kind::kList) {
    Refuse(reader.file(), list->at, reader.PathOf(key), fmt::format("write [[{}]]", key));
  }
  for (const auto& item : list->items) {
    MapReader entry(item, std::string(key), reader.file());
    read(entry, item.at);
    entry.RefuseUnread();
  }
}

void In(MapReader& reader, std::string_view key, const std::function<void(MapReader&)>& read) {
  const auto* table = reader.Optional(key);
  if (table == nullptr) return;
  MapReader entry(*table, std::string(key), reader.file());
  read(entry);
  entry.RefuseUnread();
}

/// Names become parts of file names and of configuration files.
std::string Name(MapReader& reader, std::string_view key) {
  const auto name = reader.Text(key);
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  if (!plain || name.size() > 40) {
    Refuse(reader.file(), reader.Required(key).at, reader.PathOf(key),
           fmt::format("'{}': use up to 40 small letters, digits and dashes", name));
  }
  return name;
}

std::string OneOf(MapReader& reader, std::string_view key, std::vector<std::string_view> values,
                  std::string_view fallback) {
  const auto text = reader.TextOr(key, std::string(fallback));
  if (std::find(values.begin(), values.end(), text) != values.end()) return text;
  Refuse(reader.file(), reader.Required(key).at, reader.PathOf(key),
         fmt::format("'{}' is not one of: {}", text, fmt::join(values, ", ")));
}

std::string Host(MapReader& reader, std::string_view key, bool required) {
  const auto host = required ? reader.Text(key) : reader.TextOr(key, "");
  if (!host.empty() && !IsHostName(host)) {
    Refuse(reader.file(), reader.Required(key).at, reader.PathOf(key),
           fmt::format("'{}' is not a host name", host));
  }
  return host;
}

std::string Address(MapReader& reader, std::string_view key) {
  const auto address = reader.TextOr(key, "");
  if (!address.empty() &&
      (!IsAddressOrNetwork(address) || address.find('/') != std::string::npos)) {
    Refuse(reader.file(), reader.Required(key).at, reader.PathOf(key),
           fmt::format("'{}' is not an IP address", address));
  }
  return address;
}

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("/-_.@:").find(c) != std::string_view::npos;
}

/// An absolute path without characters that would need quoting in a configuration file.
std::string Path(MapReader& reader, std::string_view key, const std::string& fallback) {
  const auto path = reader.TextOr(key, fallback);
  const bool plain =
      !path.empty() && path[0] == '/' && std::all_of(path.begin(), path.end(), IsPlain);
  if (!plain) {
    Refuse(reader.file(), reader.Required(key).at, reader.PathOf(key),
           fmt::format("'{}' is not an absolute path of letters, digits and / - _ . @ :", path));
  }
  return path;
}

void ReadEnvironment(MapReader& reader, Position at, Plan* plan) {
  Environment environment;
  environment.at = at;
  environment.name = Name(reader, "name");
  environment.purpose = reader.TextOr("purpose", "");
  environment.host = Host(reader, "host", true);
  environment.other_hosts = Texts(reader, "other_hosts");
  for (const auto& host : environment.other_hosts) {
    if (!IsHostName(host)) {
      Refuse(reader.file(), at, "environment.other_hosts",
             fmt::format("'{}' is not a host name", host));
    }
  }
  const auto topology = OneOf(reader, "topology", {"single", "pair", "cluster"}, "single");
  environment.topology = topology == "pair"      ? Topology::kPair
                         : topology == "cluster" ? Topology::kCluster
                                                 : Topology::kSingle;
  environment.admin_networks = Texts(reader, "admin_networks");
  for (const auto& network : environment.admin_networks) {
    if (!IsAddressOrNetwork(network)) {
      Refuse(reader.file(), at, "environment.admin_networks",
             fmt::format("'{}' is not an address or network", network));
    }
  }
  environment.public_address = Address(reader, "public_address");
  environment.data_folder = Path(reader, "data_folder", "/var/lib/outpost");
  for (const auto& other : plan->environments) {
    if (other.name == environment.name) {
      Refuse(reader.file(), at, "environment.name",
             fmt::format("two environments are called '{}'", other.name));
    }
  }
  plan->environments.push_back(std::move(environment));
}

void ReadMachine(MapReader& reader, Position at, Plan* plan) {
  Machine machine;
  machine.at = at;
  machine.name = Name(reader, "name");
  const auto environment = reader.Text("environment");
  machine.roles = Texts(reader, "roles");
  machine.address = Address(reader, "address");
  machine.cores = reader.IntegerOr("cores", 0);
  machine.ram_gb = reader.IntegerOr("ram_gb", 0);
  machine.disk_gb = reader.IntegerOr("disk_gb", 0);
  machine.disk = OneOf(reader, "disk", {"ssd", "hdd"}, "ssd");
  machine.system = reader.TextOr("system", "Debian 12");
  machine.site = reader.TextOr("site", "");
  if (machine.address.empty()) {
    Refuse(reader.file(), at, "machine.address", "every machine needs an IP address");
  }
  if (machine.roles.empty()) Refuse(reader.file(), at, "machine.roles", "a role is needed");
  for (auto& one : plan->environments) {
    if (one.name == environment) {
      one.machines.push_back(std::move(machine));
      return;
    }
  }
  Refuse(reader.file(), at, "machine.environment",
         fmt::format("there is no environment '{}'", environment));
}

void ReadApp(MapReader& reader, Plan* plan) {
  App app;
  app.name = reader.Text("name");
  app.project = reader.TextOr("project", "");
  app.version = reader.TextOr("version", "");
  app.users = reader.IntegerOr("users", 0);
  app.users_planned = reader.IntegerOr("users_planned", app.users);
  app.collecting_since = reader.TextOr("collecting_since", "");
  plan->apps.push_back(std::move(app));
}

void ReadIntegration(MapReader& reader, Plan* plan) {
  Integration one;
  one.name = reader.Text("name");
  one.kind = OneOf(reader, "kind",
                   {"dhis2", "warehouse", "sms", "email", "records", "identity", "other"}, "other");
  one.direction = OneOf(reader, "direction", {"out", "in", "both"}, "out");
  one.protocol = reader.TextOr("protocol", "HTTPS");
  one.address = reader.TextOr("address", "");
  one.owner = reader.TextOr("owner", "");
  one.purpose = reader.TextOr("purpose", "");
  plan->integrations.push_back(std::move(one));
}

void ReadDataCentre(MapReader& reader, DataCentre* centre) {
  centre->option = OneOf(reader, "option", {"own", "local cloud", "global cloud"}, "own");
  centre->provider = reader.TextOr("provider", "");
  centre->virtual_machines = reader.BoolOr("virtual_machines", true);
  centre->disk_growth = reader.TextOr("disk_growth", "");
  centre->internet_provider = reader.TextOr("internet_provider", "");
  centre->down_mbps = reader.IntegerOr("down_mbps", 0);
  centre->up_mbps = reader.IntegerOr("up_mbps", 0);
  centre->latency_ms = reader.IntegerOr("latency_ms", 0);
  centre->network_support = reader.TextOr("network_support", "");
  centre->ups_minutes = reader.IntegerOr("ups_minutes", 0);
  centre->ups_shutdown = reader.TextOr("ups_shutdown", "");
  centre->certificates = reader.TextOr("certificates", "");
  centre->physical_security = reader.TextOr("physical_security", "");
  centre->appliances = reader.TextOr("appliances", "");
  centre->maintenance = reader.TextOr("maintenance", "");
}

void ReadPerson(MapReader& reader, Position at, Plan* plan) {
  Person person;
  person.at = at;
  person.name = reader.Text("name");
  person.role = reader.TextOr("role", "");
  person.organisation = reader.TextOr("organisation", "");
  person.email = reader.TextOr("email", "");
  person.phone = reader.TextOr("phone", "");
  person.stands_in = reader.TextOr("stands_in", "");
  person.duties = Texts(reader, "duties");
  plan->people.push_back(std::move(person));
}

void ReadFive(MapReader& reader, std::string_view key, int (&values)[5]) {
  const auto* list = reader.Optional(key);
  if (list == nullptr) return;
  if (list->kind != tree::Kind::kList || list->items.size() != 5) {
    Refuse(reader.file(), list->at, reader.PathOf(key),
           "five numbers are expected, for priorities 1 to 5");
  }
  for (std::size_t i = 0; i < 5; ++i) {
    values[i] = tree::IntegerOf(list->items[i], reader.file(), reader.PathOf(key));
  }
}

void ReadLevels(MapReader& reader, Levels* levels) {
  levels->hours = reader.TextOr("hours", "working days, 08:00 to 17:00");
  levels->availability_percent =
      reader.DecimalOr("availability_percent", levels->availability_percent);
  if (levels->availability_percent <= 0 || levels->availability_percent > 100) {
    Refuse(reader.file(), reader.Required("availability_percent").at, "levels.availability_percent",
           "a share above 0 and up to 100 is expected");
  }
  ReadFive(reader, "respond_minutes", levels->respond_minutes);
  ReadFive(reader, "resolve_hours", levels->resolve_hours);
  levels->maintenance_window = reader.TextOr("maintenance_window", "Sunday, 20:00 to 22:00");
  levels->rpo_minutes = reader.IntegerOr("rpo_minutes", levels->rpo_minutes);
  levels->rto_minutes = reader.IntegerOr("rto_minutes", levels->rto_minutes);
  levels->drill_days = reader.IntegerOr("drill_days", levels->drill_days);
  levels->urgent_patch_days = reader.IntegerOr("urgent_patch_days", levels->urgent_patch_days);
  levels->ordinary_patch_days =
      reader.IntegerOr("ordinary_patch_days", levels->ordinary_patch_days);
  levels->headroom_percent = reader.IntegerOr("headroom_percent", levels->headroom_percent);
}

void ReadBackup(MapReader& reader, Backup* backup) {
  backup->folder = Path(reader, "folder", backup->folder);
  backup->second_place = reader.TextOr("second_place", "");
  if (!std::all_of(backup->second_place.begin(), backup->second_place.end(), IsPlain)) {
    Refuse(reader.file(), reader.Required("second_place").at, "backup.second_place",
           "only letters, digits and @ : / - _ . can stand in an address: it goes into a script");
  }
  backup->time = reader.TextOr("time", backup->time);
  const auto parts = Split(backup->time, ':');
  const auto hour = parts.size() == 2 ? ParseInt(parts[0]) : std::nullopt;
  const auto minute = parts.size() == 2 ? ParseInt(parts[1]) : std::nullopt;
  if (!hour || !minute || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59 ||
      backup->time.size() != 5) {
    Refuse(reader.file(), reader.Required("time").at, "backup.time",
           fmt::format("'{}' is not a time; write HH:MM", backup->time));
  }
  backup->keep_daily = reader.IntegerOr("keep_daily", backup->keep_daily);
  backup->keep_weekly = reader.IntegerOr("keep_weekly", backup->keep_weekly);
  backup->keep_monthly = reader.IntegerOr("keep_monthly", backup->keep_monthly);
}

void ReadScale(MapReader& reader, Scale* scale) {
  scale->users = reader.Integer("users");
  scale->users_target = reader.IntegerOr("users_target", scale->users);
  scale->start = reader.Text("start");
  if (!ParseDate(scale->start + "-01")) {
    Refuse(reader.file(), reader.Required("start").at, "scale.start",
           fmt::format("'{}' is not a month; write YYYY-MM", scale->start));
  }
  scale->years = reader.IntegerOr("years", scale->years);
  scale->forms_per_user = reader.DecimalOr("forms_per_user", scale->forms_per_user);
  scale->new_cases_per_user = reader.DecimalOr("new_cases_per_user", scale->new_cases_per_user);
  scale->attachment_kb_per_form =
      reader.DecimalOr("attachment_kb_per_form", scale->attachment_kb_per_form);
  scale->sizing_file = reader.TextOr("sizing_file", "");
}

void ReadMove(MapReader& reader, Move* move) {
  move->from = Host(reader, "from", true);
  move->migration_host = Host(reader, "migration_host", false);
  move->cutover = reader.TextOr("cutover", "");
  move->data = reader.TextOr("data", "");
}

void ReadProposal(MapReader& reader, Proposal* proposal) {
  proposal->number = reader.TextOr("number", "");
  proposal->issued = reader.TextOr("issued", "");
  proposal->due = reader.TextOr("due", "");
  proposal->contact = reader.TextOr("contact", "");
  proposal->address = reader.TextOr("address", "");
  proposal->budget = reader.TextOr("budget", "");
}

}  // namespace

void ReadParts(MapReader& reader, Plan* plan) {
  const auto& head = reader.Required("plan");
  MapReader about(head, "plan", reader.file());
  plan->organisation = about.Text("organisation");
  plan->programme = about.Text("programme");
  plan->country = about.TextOr("country", "");
  about.RefuseUnread();
  const auto& scale = reader.Required("scale");
  MapReader figures(scale, "scale", reader.file());
  ReadScale(figures, &plan->scale);
  figures.RefuseUnread();
  reader.Required("environment");
  ForEach(reader, "environment",
          [&](MapReader& one, Position at) { ReadEnvironment(one, at, plan); });
  ForEach(reader, "machine", [&](MapReader& one, Position at) { ReadMachine(one, at, plan); });
  ForEach(reader, "app", [&](MapReader& one, Position) { ReadApp(one, plan); });
  ForEach(reader, "integration", [&](MapReader& one, Position) { ReadIntegration(one, plan); });
  ForEach(reader, "person", [&](MapReader& one, Position at) { ReadPerson(one, at, plan); });
  In(reader, "data_centre", [&](MapReader& one) { ReadDataCentre(one, &plan->data_centre); });
  In(reader, "levels", [&](MapReader& one) { ReadLevels(one, &plan->levels); });
  In(reader, "backup", [&](MapReader& one) { ReadBackup(one, &plan->backup); });
  In(reader, "move", [&](MapReader& one) { ReadMove(one, &plan->move); });
  In(reader, "proposal", [&](MapReader& one) { ReadProposal(one, &plan->proposal); });
}

}  // namespace outpost::plan::detail
