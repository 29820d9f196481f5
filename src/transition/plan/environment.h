#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// Reads a commcare-cloud environment folder (spec migration-and-operations 2.2, 2.3): who serves
/// what today, so that a plan can begin with it. The encrypted vault is never opened.
namespace outpost::plan {

struct HqHost {
  std::string name;
  std::string address;              // ansible_host, or the name
  std::vector<std::string> groups;  // all groups it belongs to, sorted
};

struct HqProcess {
  std::string kind;  // "celery", "pillow", "command"
  std::string name;
  std::string host;  // a host, a group, or "None": not run
  int processes = 1;
};

struct HqDatabase {
  std::string name;
  std::string host;  // empty: the group postgresql
};

struct HqEnvironment {
  std::string name;  // deploy_env
  std::string site_host;
  std::vector<std::string> alternate_hosts;
  std::vector<HqHost> hosts;
  std::map<std::string, std::vector<std::string>> groups;  // name -> hosts, children resolved
  std::vector<HqProcess> processes;
  std::vector<HqDatabase> databases;
  std::map<std::string, std::string> mail;  // addresses and server, by setting
  std::string sms_gateway;
  std::vector<std::string> remarks;  // files that are absent, queues that are not run
};

/// @throws Problem kNotFound when the folder has no inventory, kMalformed naming file and line for
///         files that cannot be read.
HqEnvironment ReadHqEnvironment(const std::filesystem::path& folder);

/// A plan file that begins with what was read; everything that only people know is a comment.
std::string PlanDraftOf(const HqEnvironment& environment);

/// A report for a terminal: hosts with groups, processes, databases, remarks.
std::string ReportOf(const HqEnvironment& environment);

}  // namespace outpost::plan
