#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>

#include <array>
#include <memory>
#include <set>

#include "operations/tracker/detail/facts.h"

namespace outpost::operations::detail {
namespace {

using doctor::Finding;
using doctor::Judgement;
using transition::Fact;
using transition::Verdict;

/// The self-test list needs its own command; until there is one, doctor's failures are the part of
/// it that a machine has seen.
Fact Examined(const std::vector<Finding>& findings) {
  std::string failed;
  int failures = 0, warnings = 0;
  for (const auto& finding : findings) {
    warnings += finding.judgement == Judgement::kWarning ? 1 : 0;
    if (finding.judgement != Judgement::kFailure) continue;
    ++failures;
    failed += fmt::format("{}{} ({})", failed.empty() ? "" : "; ", finding.check, finding.evidence);
  }
  Fact fact;
  fact.figures = {{"checks", std::to_string(findings.size())},
                  {"failures", std::to_string(failures)},
                  {"warnings", std::to_string(warnings)}};
  if (failures > 0) {
    fact.verdict = Verdict::kFails;
    fact.sentence =
        fmt::format("outpost doctor: {} of {} checks fail: {}", failures, findings.size(), failed);
  } else {
    fact.sentence = fmt::format(
        "not yet: needs the self test of a new server, which this release does not have; outpost "
        "doctor made {} checks, none failed, {} warn",
        findings.size(), warnings);
  }
  return fact;
}

Fact FactOf(const Finding& finding) {
  return {finding.judgement == Judgement::kFailure ? Verdict::kFails : Verdict::kHolds,
          finding.evidence,
          {{"doctor", std::string(NameOf(finding.judgement))}}};
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

std::set<std::string> AddressesOf(const std::string& host) {
  std::set<std::string> addresses;
  addrinfo* found = nullptr;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return addresses;
  const std::unique_ptr<addrinfo, FreeAddresses> list(found);
  for (const auto* one = found; one != nullptr; one = one->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) == 0) {
      addresses.emplace(text.data());
    }
  }
  return addresses;
}

Fact PublicAddress(const std::string& host) {
  const auto addresses = AddressesOf(host);
  if (addresses.empty()) return {Verdict::kFails, host + " has no address", {}};
  std::string text;
  for (const auto& address : addresses) text += (text.empty() ? "" : ", ") + address;
  return {Verdict::kHolds, fmt::format("{} leads to {}", host, text), {{"addresses", text}}};
}

}  // namespace

void AddDoctorFacts(const std::vector<Finding>& findings, const std::string& public_host,
                    bool may_ask_outside, Facts& facts) {
  facts["C3.1.1"] = Examined(findings);
  for (const auto& finding : findings) {
    if (finding.check == "disk kind") facts["K2.2"] = FactOf(finding);
    // Of several certificates the worst one counts.
    if (finding.check == "certificate") {
      const auto known = facts.find("T5.3");
      if (known == facts.end() || known->second.verdict == Verdict::kHolds) {
        facts["T5.3"] = FactOf(finding);
      }
    }
  }
  if (public_host.empty()) return;
  facts["Q3.1.4"] = {Verdict::kHolds, "configured: " + public_host, {{"host", public_host}}};
  if (may_ask_outside) facts["Q3.1.5"] = PublicAddress(public_host);
}

}  // namespace outpost::operations::detail
