#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "operations/loadtest/form_source.h"

/// Gives each user of a load test cases of about 1.5 kB in a restore, before anything is measured:
/// by forms of many cases, the way an import would. The same user gets the same cases each time, so
/// that what is there already is answered as a duplicate.
namespace outpost::loadtest {

struct FillOptions {
  std::string address;  // numeric, of the server
  std::uint16_t port = 0;
  int connections = 8;
  FormPlan plan;
  int cases_per_user = 0;
};

/// Keeps one form well below what a server's writer may be held for.
inline constexpr int kCasesInForm = 50;

struct FillResult {
  std::uint64_t forms = 0;  // acknowledged
  std::map<std::string, std::uint64_t> errors;
  std::int64_t elapsed_micros = 0;
};

/// Blocks. `progress` is called about once a second with forms done and to do; false ends it early.
FillResult RunFill(const FillOptions& options,
                   const std::function<bool(std::uint64_t done, std::uint64_t all)>& progress);

/// The XML of the `number`-th form of a user's cases.
std::string FillForm(const LoadUser& user, int number, int cases_per_user);

}  // namespace outpost::loadtest
