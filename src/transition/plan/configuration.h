#pragma once

#include <string>
#include <vector>

#include "transition/plan/plan.h"

/// Configuration files for the machines of an environment. Each begins with a comment that says
/// what it is and where it goes; nothing in them is a secret: passwords are named by the file that
/// will hold them.
namespace outpost::plan {

struct GeneratedFile {
  std::string machine;
  std::string path;  // on that machine, beginning with '/'; the root of the options is not in it
  std::string text;
  bool executable = false;
  std::string purpose;  // half a sentence for the inventory
};

struct ConfigurationOptions {
  std::string root;  // put before every path in the files: to try them in a scratch folder
  int http_port = 80;
  int https_port = 443;
  int outpost_port = 8000;  // where Outpost listens on loopback behind the proxy
};

/// All files of all machines of the environment, in the order of the plan.
std::vector<GeneratedFile> ConfigurationOf(const Plan& plan, const Environment& environment,
                                           const ConfigurationOptions& options);

// The parts, for tests.
std::string NginxConfigurationOf(const Environment& environment, const Machine& machine,
                                 const ConfigurationOptions& options);
std::string FirewallOf(const Environment& environment, const Machine& machine,
                       const ConfigurationOptions& options);
std::string PostgresSettingsOf(const Plan& plan, const Environment& environment,
                               const Machine& machine, const ConfigurationOptions& options);
std::string PostgresAccessOf(const Environment& environment);

}  // namespace outpost::plan
