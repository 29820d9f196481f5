#include "transition/plan/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

#include "base/text.h"
#include "format/sheets/text.h"
#include "format/tree/map_reader.h"
#include "transition/plan/detail/inventory.h"
#include "transition/plan/plan.h"

namespace outpost::plan {
namespace {

namespace fs = std::filesystem;

/// Queues that have to be run somewhere in every environment.
constexpr std::string_view kRequiredQueues[] = {"analytics_queue",
                                                "background_queue",
                                                "case_rule_queue",
                                                "case_import_queue",
                                                "celery",
                                                "email_queue",
                                                "export_download_queue",
                                                "flower",
                                                "reminder_case_update_queue",
                                                "reminder_rule_queue",
                                                "repeat_record_queue",
                                                "saved_exports_queue",
                                                "ucr_queue"};

std::optional<std::string> ReadFile(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return {};
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The tree of one YAML file of the folder; an absent file becomes a remark.
tree::Node ReadTree(const fs::path& folder, const char* name, HqEnvironment* environment) {
  const auto text = ReadFile(folder / name);
  if (!text) {
    environment->remarks.push_back(fmt::format("{} is absent.", name));
    return {};
  }
  try {
    return tree::ReadYaml(*text);
  } catch (const Problem& problem) {
    tree::Refuse(name, problem.position(), "YAML", problem.told());
  }
}

std::string TextAt(const tree::Node& node, std::string_view key) {
  const auto* found = node.Find(key);
  return found == nullptr ? "" : found->text;
}

int ProcessesOf(const tree::Node& options) {
  for (const char* key : {"num_workers", "num_processes"}) {
    const auto count = ParseInt(TextAt(options, key));
    if (count && *count > 0 && *count < 10'000) return static_cast<int>(*count);
  }
  return 1;
}

void ReadProcesses(const tree::Node& root, HqEnvironment* environment) {
  const struct {
    const char* section;
    const char* kind;
  } sections[] = {
      {"celery_processes", "celery"}, {"pillows", "pillow"}, {"management_commands", "command"}};
  for (const auto& section : sections) {
    const auto* hosts = root.Find(section.section);
    if (hosts == nullptr) continue;
    for (const auto& host : hosts->members) {
      for (const auto& entry : host.second.members) {
        for (const auto name : Split(entry.first, ',')) {
          environment->processes.push_back(
              {section.kind, std::string(Trim(name)), host.first, ProcessesOf(entry.second)});
        }
      }
    }
  }
  for (const auto queue : kRequiredQueues) {
    const bool run = std::any_of(environment->processes.begin(), environment->processes.end(),
                                 [queue](const HqProcess& process) {
                                   return process.name == queue && process.host != "None";
                                 });
    if (!run && !environment->processes.empty()) {
      environment->remarks.push_back(fmt::format("The queue {} is not run anywhere.", queue));
    }
  }
}

/// The databases that exist unless the file says otherwise.
void ReadDatabases(const tree::Node& root, HqEnvironment* environment) {
  const auto* databases = root.Find("dbs");
  const auto host_of = [&](const char* key) {
    const auto* entry = databases == nullptr ? nullptr : databases->Find(key);
    return entry == nullptr ? std::string() : TextAt(*entry, "host");
  };
  environment->databases.push_back({"commcarehq", host_of("main")});
  environment->databases.push_back({"formplayer", host_of("formplayer")});
  environment->databases.push_back({"commcarehq_ucr", host_of("ucr")});
  environment->databases.push_back({"commcarehq_synclogs", host_of("synclogs")});
  const auto* sharded = databases == nullptr ? nullptr : databases->Find("form_processing");
  const auto* partitions = sharded == nullptr ? nullptr : sharded->Find("partitions");
  if (partitions == nullptr) return;
  environment->databases.push_back({"commcarehq_proxy", ""});
  for (const auto& partition : partitions->members) {
    environment->databases.push_back(
        {"commcarehq_" + partition.first, TextAt(partition.second, "host")});
  }
}

void ReadPublic(const tree::Node& root, HqEnvironment* environment) {
  for (const char* key :
       {"server_email", "default_from_email", "support_email", "root_email", "return_path_email"}) {
    const auto value = TextAt(root, key);
    if (!value.empty()) environment->mail[key] = value;
  }
  if (const auto* hosts = root.Find("ALTERNATE_HOSTS")) {
    for (const auto& host : hosts->items) environment->alternate_hosts.push_back(host.text);
  }
  if (const auto* settings = root.Find("localsettings")) {
    for (const char* key : {"EMAIL_SMTP_HOST", "EMAIL_SMTP_PORT"}) {
      const auto value = TextAt(*settings, key);
      if (!value.empty()) environment->mail[key] = value;
    }
    environment->sms_gateway = TextAt(*settings, "SMS_GATEWAY_URL");
  }
}

/// Names in a plan are small letters, digits and dashes.
std::string PlanName(const std::string& name) {
  std::string out;
  for (const char c : ToLower(name)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    out += plain ? c : '-';
  }
  constexpr std::size_t kNameMax = 40;
  return out.substr(0, kNameMax);
}

std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + '"';
}

}  // namespace

HqEnvironment ReadHqEnvironment(const fs::path& folder) {
  HqEnvironment environment;
  const auto inventory = ReadFile(folder / "inventory.ini");
  if (!inventory) {
    throw Problem(
        ProblemKind::kNotFound,
        fmt::format("{} has no inventory.ini; a template of it has to be filled in first.",
                    folder.string()));
  }
  detail::ReadInventory(*inventory, "inventory.ini", &environment);
  const auto meta = ReadTree(folder, "meta.yml", &environment);
  environment.name = TextAt(meta, "deploy_env");
  if (environment.name.empty()) environment.name = folder.filename().string();
  environment.site_host = TextAt(ReadTree(folder, "proxy.yml", &environment), "SITE_HOST");
  if (environment.site_host.empty()) {
    environment.remarks.emplace_back("proxy.yml names no SITE_HOST.");
  }
  ReadPublic(ReadTree(folder, "public.yml", &environment), &environment);
  ReadDatabases(ReadTree(folder, "postgresql.yml", &environment), &environment);
  ReadProcesses(ReadTree(folder, "app-processes.yml", &environment), &environment);
  return environment;
}

std::string PlanDraftOf(const HqEnvironment& environment) {
  const auto host =
      IsHostName(environment.site_host) ? environment.site_host : "outpost.example.org";
  std::string out = fmt::format(
      "# Begun from the environment folder of {0}. Lines with a ? are for people to fill in.\n\n"
      "[plan]\norganisation = \"?\"\nprogramme = \"?\"\n\n"
      "[scale]\nusers = 1000           # ? mobile workers at the start\n"
      "start = \"2027-01\"       # ? first month of use\n\n"
      "[[environment]]\nname = {1}\nhost = {2}\ntopology = \"single\"      # ? single, pair or "
      "cluster\n",
      environment.name, Quoted(PlanName(environment.name)), Quoted(host));
  std::string others;
  for (const auto& other : environment.alternate_hosts) {
    if (IsHostName(other)) others += (others.empty() ? "" : ", ") + Quoted(other);
  }
  if (!others.empty()) out += fmt::format("other_hosts = [{}]\n", others);
  out += fmt::format(
      "\n[[machine]]\nname = {0}\nenvironment = {1}\nroles = [\"all\"]\naddress = \"10.0.0.1\"   "
      "# ?\ncores = 4               # ?\nram_gb = 8              # ?\ndisk_gb = 500           # "
      "?\n",
      Quoted(PlanName(environment.name) + "-1"), Quoted(PlanName(environment.name)));
  const auto integration = [&](const char* name, const char* kind, const std::string& address,
                               const char* purpose) {
    if (address.empty()) return;
    out += fmt::format(
        "\n[[integration]]\nname = \"{}\"\nkind = \"{}\"\naddress = {}\npurpose = \"{}\"\n", name,
        kind, Quoted(address), purpose);
  };
  const auto smtp = environment.mail.find("EMAIL_SMTP_HOST");
  integration("Mail server", "email", smtp == environment.mail.end() ? "" : smtp->second,
              "Outgoing mail");
  integration("Text message gateway", "sms", environment.sms_gateway, "Text messages");
  if (IsHostName(environment.site_host)) {
    out += fmt::format("\n[move]\nfrom = {}\n# migration_host = \"?\"\n",
                       Quoted(environment.site_host));
  }
  out += "\n# What stood where:\n";
  for (const auto& one : environment.hosts) {
    out += fmt::format("#   {} ({}): {}\n", one.name, one.address, fmt::join(one.groups, ", "));
  }
  return out;
}

std::string ReportOf(const HqEnvironment& environment) {
  sheets::Table hosts{"Hosts", {"Host", "Address", "Groups"}, {}};
  for (const auto& host : environment.hosts) {
    hosts.rows.push_back(
        {host.name, host.address, fmt::format("{}", fmt::join(host.groups, ", "))});
  }
  sheets::Table processes{"Processes", {"Kind", "Name", "Host", "Processes"}, {}};
  for (const auto& process : environment.processes) {
    processes.rows.push_back({process.kind, process.name,
                              process.host == "None" ? "not run" : process.host,
                              1.0 * process.processes});
  }
  sheets::Table databases{"Databases", {"Database", "Host"}, {}};
  for (const auto& database : environment.databases) {
    databases.rows.push_back({database.name, database.host.empty() ? "postgresql" : database.host});
  }
  std::string out = fmt::format("Environment {}, site {}\n\n", environment.name,
                                environment.site_host.empty() ? "?" : environment.site_host);
  for (const auto& table : {hosts, processes, databases}) out += sheets::TextOf(table) + "\n";
  for (const auto& remark : environment.remarks) out += "- " + remark + "\n";
  return out;
}

}  // namespace outpost::plan
