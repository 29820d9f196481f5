#include <fmt/format.h>

#include <iostream>

#include "cli/commands.h"
#include "cli/question.h"

namespace outpost::cli {
namespace {

using boost::json::object;

void PrintCase(const object& answer) {
  const bool belongs = answer.at("belongs").as_bool();
  std::cout << (belongs ? "The case belongs on this user's phones.\n"
                        : "The case does not belong on this user's phones.\n");
  for (const auto& reason : answer.at("reasons").as_array()) {
    std::cout << "  " << reason.as_string().c_str() << '\n';
  }
  const auto& devices = answer.at("devices").as_array();
  if (devices.empty()) std::cout << "The user has never synced.\n";
  for (const auto& entry : devices) {
    const auto& device = entry.as_object();
    const auto name = TextOf(device, "device_id");
    const bool holds = device.at("holds").as_bool();
    std::cout << "Phone " << (name.empty() ? "(unknown)" : name) << ", synced "
              << TextOf(device, "synced_on") << ": "
              << (holds == belongs ? "" : "until its next sync it ")
              << (holds ? "holds the case" : "does not hold the case") << '\n';
  }
}

double MillisOf(const object& answer, const char* key) {
  constexpr double kMicrosPerMilli = 1'000;
  return static_cast<double>(answer.at(key).as_int64()) / kMicrosPerMilli;
}

void PrintRestore(const object& answer) {
  fmt::print("A first restore of this user now: {} cases, {} bytes of XML.\n",
             answer.at("cases").as_int64(), answer.at("bytes").as_int64());
  fmt::print(
      "Milliseconds: {:.1f} to see what is asked, {:.1f} to find the cases, {:.1f} to write "
      "them.\n",
      MillisOf(answer, "find_micros"), MillisOf(answer, "plan_micros"),
      MillisOf(answer, "render_micros"));
  fmt::print("{:>12} {:>8}  {}\n", "bytes", "count", "part");
  for (const auto& entry : answer.at("parts").as_array()) {
    const auto& part = entry.as_object();
    fmt::print("{:>12} {:>8}  {} {}\n", part.at("bytes").as_int64(), part.at("count").as_int64(),
               TextOf(part, "kind"), TextOf(part, "name"));
  }
}

}  // namespace

void AddExplainCommand(CLI::App& app) {
  auto* family = app.add_subcommand("explain", "Why something is as it is");
  family->require_subcommand(1);
  QuestionCommand(family, "case", "Why a case is, or is not, on a user's phones",
                  "outpost explain case 3f0c --user asha --project nutrition")
      .Text("id", "case_id", "Id of the case", true)
      .Text("--user", "username", "A mobile worker or web user", true)
      .Asks("explain.case", PrintCase);
  QuestionCommand(family, "restore", "What a user's restore consists of, and where its time goes",
                  "outpost explain restore --user asha --project nutrition")
      .Text("--user", "username", "A mobile worker or web user", true)
      .Asks("explain.restore", PrintRestore);
}

}  // namespace outpost::cli
