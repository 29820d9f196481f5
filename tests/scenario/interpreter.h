#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/script.h"
#include "scenario/world.h"
#include "support/raw_client.h"

/// Runs the commands of a scenario. README.md lists the verbs.
namespace outpost::tests {

/// One client's view: its connection, its variables, the answer it saw last. `parallel` makes one
/// for each of its threads.
class Interpreter {
 public:
  Interpreter(World& world, Variables variables)
      : world_(world), variables_(std::move(variables)) {}

  /// @throws ScenarioError beginning with the line; Skipped
  void Run(const std::vector<Command>& commands);

 private:
  using Verb = void (Interpreter::*)(const Command& command);
  static Verb FindVerb(std::string_view name);
  Arguments Read(const Command& command, bool has_options = true) const {
    return ReadArguments(command, variables_, has_options);
  }

  // flow.cpp: the server and what is in it before requests come, loops
  void DoServer(const Command& command);
  void DoEngine(const Command& command);
  void DoConfig(const Command& command);
  void DoStart(const Command& command);
  void DoStop(const Command& command);
  void DoKill(const Command& command);
  void DoRepeat(const Command& command);
  void DoParallel(const Command& command);
  void DoClock(const Command& command);
  void DoFault(const Command& command);
  void DoDiskFull(const Command& command);
  void DoSet(const Command& command);
  void DoWait(const Command& command);
  void DoProject(const Command& command);
  void DoStage(const Command& command);
  void DoUser(const Command& command);
  void DoRole(const Command& command);
  void DoKey(const Command& command);
  void DoAdmin(const Command& command);
  boost::json::value RunAdmin(std::string_view name, const boost::json::object& arguments);

  // requests.cpp
  void DoRequest(const Command& command);
  void DoNet(const Command& command);
  void DoSend(const Command& command);
  void DoLoris(const Command& command);
  Call MakeCall(const Command& command) const;
  void SetBody(Call& call, const Arguments& arguments) const;
  void SignIn(Call& call, const Arguments& arguments);
  void Exchange(const Call& call);
  RawClient& client();

  // checks.cpp
  void DoStatus(const Command& command);
  void DoHeader(const Command& command);
  void DoBody(const Command& command);
  void DoBodyNever(const Command& command);
  void DoLogNever(const Command& command);
  void DoCount(const Command& command);
  void DoForm(const Command& command);
  void DoCase(const Command& command);
  void DoSave(const Command& command);
  void DoLess(const Command& command);
  void DoTook(const Command& command);
  void DoMemory(const Command& command);
  void DoIntegrity(const Command& command);
  void CheckStored(const Command& command, std::string_view door, std::string_view id_key);

  World& world_;
  Variables variables_;
  std::unique_ptr<RawClient> client_;
  std::string client_origin_;
  std::vector<std::unique_ptr<RawClient>> loris_;
  Answer answer_;
  std::string network_error_;
  std::chrono::steady_clock::duration took_{};
  std::int64_t marked_bytes_ = 0;
  std::int64_t pace_ = 0;                 // of the next request, bytes per second
  std::optional<std::size_t> cut_after_;  // of the next request
};

/// "5s", "200ms". @throws ScenarioError
std::chrono::milliseconds ParseTime(std::string_view text);

}  // namespace outpost::tests
