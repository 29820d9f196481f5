#include <fmt/format.h>

#include <set>

#include "transition/plan/configuration.h"

namespace outpost::plan {
namespace {

bool IsSix(const std::string& address) { return address.find(':') != std::string::npos; }

std::string Accept(const std::string& from, int port, const std::string& why) {
  return fmt::format("        {} saddr {} tcp dport {} accept comment \"{}\"\n",
                     IsSix(from) ? "ip6" : "ip", from, port, why);
}

constexpr int kPostgresPort = 5432;
constexpr int kSshPort = 22;

bool FacesTheWorld(const Environment& environment, const Machine& machine) {
  return environment.topology != Topology::kCluster || machine.Has("proxy");
}

/// What other machines of the environment may ask of this one.
std::string Inside(const Environment& environment, const Machine& machine,
                   const ConfigurationOptions& options) {
  std::string rules;
  const bool serves = machine.Has("web") || machine.Has("mobile") || machine.Has("entry");
  const bool database = machine.Has("database") || machine.Has("database-standby") ||
                        environment.topology == Topology::kPair;
  struct Service {
    const char* role;
    int port;
  };
  for (const auto& other : environment.machines) {
    if (other.name == machine.name) continue;
    if (serves && other.Has("proxy")) {
      rules += Accept(other.address, options.outpost_port, "requests from " + other.name);
    }
    if (database) {
      rules += Accept(other.address, kPostgresPort, "database for " + other.name);
    }
    if (environment.topology == Topology::kPair) {
      rules += Accept(other.address, kSshPort, "copies of files, " + other.name);
    }
    for (const auto& service :
         {Service{"objects", 9000}, Service{"search", 9200}, Service{"cache", 6379},
          Service{"queue", 5672}, Service{"changelog", 9092}}) {
      if (machine.Has(service.role)) {
        rules +=
            Accept(other.address, service.port, fmt::format("{} for {}", service.role, other.name));
      }
    }
  }
  return rules;
}

}  // namespace

std::string FirewallOf(const Environment& environment, const Machine& machine,
                       const ConfigurationOptions& options) {
  std::string out = fmt::format(
      R"(#!/usr/sbin/nft -f
# Firewall of {0} ({1}): /etc/nftables.conf. Written by outpost plan; check with: nft -c -f
# What is not named here does not come in. Everything may go out.
flush ruleset

table inet outpost {{
    chain input {{
        type filter hook input priority filter; policy drop;
        ct state established,related accept
        ct state invalid drop
        iif "lo" accept
        ip protocol icmp icmp type echo-request limit rate 10/second accept
        meta l4proto ipv6-icmp accept
)",
      machine.name, environment.name);
  for (const auto& network : environment.admin_networks) {
    out += Accept(network, kSshPort, "administrators");
  }
  if (environment.admin_networks.empty()) {
    out += "        # No SSH: name the administrators' networks in the plan (admin_networks).\n";
  }
  if (FacesTheWorld(environment, machine)) {
    out += fmt::format(
        "        tcp dport {0} accept comment \"pages and phones\"\n"
        "        tcp dport {1} accept comment \"certificates, and pages sent on to TLS\"\n",
        options.https_port, options.http_port);
  }
  out += Inside(environment, machine, options);
  return out + R"(        limit rate 5/minute log prefix "refused: "
    }
    chain forward {
        type filter hook forward priority filter; policy drop;
    }
    chain output {
        type filter hook output priority filter; policy accept;
    }
}
)";
}

}  // namespace outpost::plan
