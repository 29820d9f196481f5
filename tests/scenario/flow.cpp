#include <boost/json.hpp>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "scenario/bodies.h"
#include "scenario/interpreter.h"

namespace outpost::tests {
namespace {

using boost::json::array;
using boost::json::object;

constexpr std::int64_t kRepeatMax = 100'000;
constexpr std::int64_t kParallelMax = 64;

std::int64_t CountOf(const std::string& text, std::int64_t most) {
  const auto count = ParseInt(text);
  if (!count || *count < 1 || *count > most) throw ScenarioError("not a usable count: " + text);
  return *count;
}

}  // namespace

std::chrono::milliseconds ParseTime(std::string_view text) {
  const bool is_milliseconds = text.ends_with("ms");
  if (!is_milliseconds && !text.ends_with("s"))
    throw ScenarioError("not a time: " + std::string(text));
  const auto number = ParseInt(text.substr(0, text.size() - (is_milliseconds ? 2 : 1)));
  if (!number) throw ScenarioError("not a time: " + std::string(text));
  return std::chrono::milliseconds(*number * (is_milliseconds ? 1 : 1000));
}

Interpreter::Verb Interpreter::FindVerb(std::string_view name) {
  static const std::map<std::string_view, Verb> kVerbs = {
      {"admin", &Interpreter::DoAdmin},
      {"body", &Interpreter::DoBody},
      {"body-never", &Interpreter::DoBodyNever},
      {"case", &Interpreter::DoCase},
      {"clock", &Interpreter::DoClock},
      {"config", &Interpreter::DoConfig},
      {"count", &Interpreter::DoCount},
      {"delete", &Interpreter::DoRequest},
      {"disk-full", &Interpreter::DoDiskFull},
      {"engine", &Interpreter::DoEngine},
      {"fault", &Interpreter::DoFault},
      {"form", &Interpreter::DoForm},
      {"get", &Interpreter::DoRequest},
      {"head", &Interpreter::DoRequest},
      {"header", &Interpreter::DoHeader},
      {"integrity", &Interpreter::DoIntegrity},
      {"key", &Interpreter::DoKey},
      {"kill", &Interpreter::DoKill},
      {"less", &Interpreter::DoLess},
      {"log-never", &Interpreter::DoLogNever},
      {"loris", &Interpreter::DoLoris},
      {"memory", &Interpreter::DoMemory},
      {"net", &Interpreter::DoNet},
      {"parallel", &Interpreter::DoParallel},
      {"patch", &Interpreter::DoRequest},
      {"post", &Interpreter::DoRequest},
      {"project", &Interpreter::DoProject},
      {"put", &Interpreter::DoRequest},
      {"repeat", &Interpreter::DoRepeat},
      {"role", &Interpreter::DoRole},
      {"save", &Interpreter::DoSave},
      {"send", &Interpreter::DoSend},
      {"server", &Interpreter::DoServer},
      {"set", &Interpreter::DoSet},
      {"stage", &Interpreter::DoStage},
      {"start", &Interpreter::DoStart},
      {"status", &Interpreter::DoStatus},
      {"stop", &Interpreter::DoStop},
      {"took", &Interpreter::DoTook},
      {"user", &Interpreter::DoUser},
      {"wait", &Interpreter::DoWait},
  };
  const auto found = kVerbs.find(name);
  if (found == kVerbs.end()) throw ScenarioError("there is no verb " + std::string(name));
  return found->second;
}

void Interpreter::Run(const std::vector<Command>& commands) {
  for (const auto& command : commands) {
    try {
      (this->*FindVerb(command.verb))(command);
    } catch (const Skipped&) {
      throw;
    } catch (const std::exception& error) {
      const std::string told = error.what();
      const bool has_line = !told.empty() &&
                            std::isdigit(static_cast<unsigned char>(told[0])) != 0 &&
                            dynamic_cast<const ScenarioError*>(&error) != nullptr;
      throw ScenarioError(
          has_line ? told : std::to_string(command.line) + ": " + command.verb + ": " + told);
    }
  }
}

void Interpreter::DoServer(const Command& command) {
  if (Read(command).At(0) != "fresh") throw ScenarioError("only: server fresh");
  world_.StartFresh();
}

void Interpreter::DoEngine(const Command& command) {
  const auto wanted = Read(command).At(0);
  const bool is_sqlite = world_.engine() == Engine::kSqlite;
  if (wanted != (is_sqlite ? "sqlite" : "postgresql")) {
    throw Skipped("this scenario is about " + wanted);
  }
}

void Interpreter::DoConfig(const Command& command) {
  for (const auto& word : command.words) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) throw ScenarioError("not key=value: " + word);
    world_.SetSetting(word.substr(0, equals), word.substr(equals + 1));
  }
}

void Interpreter::DoStart(const Command& /*command*/) { world_.server().Start(); }
void Interpreter::DoStop(const Command& /*command*/) { world_.server().Stop(); }
void Interpreter::DoKill(const Command& /*command*/) { world_.server().Kill(); }

void Interpreter::DoRepeat(const Command& command) {
  const auto arguments = Read(command);
  const auto times = CountOf(arguments.At(0), kRepeatMax);
  const auto name = arguments.words.size() > 1 ? arguments.words[1] : std::string("i");
  for (std::int64_t i = 1; i <= times; ++i) {
    variables_[name] = std::to_string(i);
    Run(command.body);
  }
}

void Interpreter::DoParallel(const Command& command) {
  const auto arguments = Read(command);
  const auto clients = CountOf(arguments.At(0), kParallelMax);
  std::mutex mutex;
  std::exception_ptr first;
  std::vector<std::thread> threads;
  for (std::int64_t i = 1; i <= clients; ++i) {
    auto variables = variables_;
    variables["client"] = std::to_string(i);
    threads.emplace_back([this, &command, &mutex, &first, variables = std::move(variables)] {
      try {
        Interpreter(world_, variables).Run(command.body);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!first) first = std::current_exception();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  if (first) std::rethrow_exception(first);
}

boost::json::value Interpreter::RunAdmin(std::string_view name, const object& arguments) {
  const std::lock_guard lock(world_.admin_mutex());
  return world_.admin().Run(name, arguments);
}

void Interpreter::DoClock(const Command& command) {
  RunAdmin("test.clock", {{"at", Read(command).At(0)}});
}

void Interpreter::DoFault(const Command& command) { world_.SetFault(Read(command).At(0)); }

void Interpreter::DoDiskFull(const Command& command) {
  world_.SetFault(Read(command).At(0) == "on" ? "full:0" : "none");
}

void Interpreter::DoSet(const Command& command) {
  const auto arguments = Read(command, false);
  variables_[arguments.At(0)] = arguments.Rest(1);
}

void Interpreter::DoWait(const Command& command) {
  std::this_thread::sleep_for(ParseTime(Read(command).At(0)));
}

void Interpreter::DoProject(const Command& command) {
  const auto arguments = Read(command);
  const auto& name = arguments.At(0);
  RunAdmin("project.create", {{"name", name}});
  if (arguments.Has("secure")) {
    RunAdmin("project.secure", {{"name", name}, {"on", arguments.Option("secure") == "on"}});
  }
}

void Interpreter::DoStage(const Command& command) {
  const auto arguments = Read(command);
  RunAdmin("project.stage", {{"name", arguments.At(0)}, {"stage", arguments.At(1)}});
}

/// user NAME PASSWORD project=P [kind=web] [role=R] [superuser=yes] [api=yes]; or, of one that is
/// there: user NAME state=deactivated, user NAME join=P role=R
void Interpreter::DoUser(const Command& command) {
  const auto arguments = Read(command);
  const auto& name = arguments.At(0);
  if (arguments.Has("state")) {
    RunAdmin("user.state", {{"username", name}, {"state", arguments.Option("state")}});
    return;
  }
  if (arguments.Has("join")) {
    RunAdmin("user.member", {{"username", name},
                             {"project", arguments.Option("join")},
                             {"role", arguments.Option("role")}});
    return;
  }
  object user = {{"username", name},
                 {"password", arguments.At(1)},
                 {"kind", arguments.Option("kind", "mobile")}};
  if (arguments.Has("project")) user["project"] = arguments.Option("project");
  if (arguments.Has("role")) user["role"] = arguments.Option("role");
  if (arguments.Has("superuser")) user["superuser"] = true;
  if (arguments.Has("api")) user["api"] = true;
  RunAdmin("user.create", user);
  world_.KnowPassword(name, arguments.At(1));
}

void Interpreter::DoRole(const Command& command) {
  const auto arguments = Read(command);
  array permissions;
  for (std::size_t i = 2; i < arguments.words.size(); ++i) {
    permissions.emplace_back(arguments.words[i]);
  }
  RunAdmin("role.put", {{"project", arguments.At(0)},
                        {"name", arguments.At(1)},
                        {"permissions", std::move(permissions)}});
}

void Interpreter::DoKey(const Command& command) {
  const auto arguments = Read(command);
  const auto& user = arguments.At(0);
  object wanted = {{"username", user}, {"name", arguments.Option("name", "scenario")}};
  if (arguments.Has("project")) wanted["project"] = arguments.Option("project");
  const auto made = RunAdmin("user.api_key", wanted);
  world_.KnowKey(user, std::string(made.at("key").as_string()));
}

/// admin COMMAND {"json": "object"}
void Interpreter::DoAdmin(const Command& command) {
  const auto arguments = Read(command, false);
  const auto text = arguments.Rest(1);
  const auto given = text.empty() ? object() : boost::json::parse(text).as_object();
  answer_ = {200, {}, serialize(RunAdmin(arguments.At(0), given))};
}

}  // namespace outpost::tests
