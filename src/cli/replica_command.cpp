#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json.hpp>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "base/data_folder.h"
#include "base/problem.h"
#include "cli/admin_client.h"
#include "cli/commands.h"
#include "cli/serve/replica_process.h"

namespace outpost::cli {
namespace {

namespace json = boost::json;

struct ReplicaArguments {
  std::string data, from, key, config, public_url;
  std::vector<std::string> listen;
  int pause = 250;
  bool as_json = false;
};

/// The same process becomes the server, under the same addresses: whoever supervises it sees no
/// change.
[[noreturn]] void BecomeServer(const ReplicaArguments& arguments) {
  std::vector<std::string> words{"outpost", "serve", "--data", arguments.data};
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {option, value});
  };
  std::string listen;
  for (const auto& address : arguments.listen) listen += (listen.empty() ? "" : ",") + address;
  add("--listen", listen);
  add("--config", arguments.config);
  add("--public-url", arguments.public_url);
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::cout << "Promoted: this process is the server now." << std::endl;
  ::execv("/proc/self/exe", argv.data());
  throw Problem(ProblemKind::kInternal,
                std::string("The server could not be started: ") + std::strerror(errno) +
                    ". Start it with outpost serve --data " + arguments.data + ".");
}

void Follow(const ReplicaArguments& arguments) {
  if (arguments.from.empty() || arguments.key.empty() || arguments.data.empty()) {
    throw Problem(ProblemKind::kBadRequest,
                  "Say what to follow: --from, the place that the other server ships to, --key, a "
                  "copy of its backup.key, and --data, the standby's own folder.");
  }
  ReplicaOptions options;
  options.data = arguments.data;
  options.from = arguments.from;
  options.key_file = arguments.key;
  options.listen = arguments.listen;
  options.pause = std::chrono::milliseconds(arguments.pause);
  ReplicaProcess replica(options);
  std::cout << "Following " << arguments.from << ". Take over: outpost replica promote --data "
            << arguments.data << '\n';
  for (const auto& address : replica.addresses()) {
    std::cout << "Listening on http://" << address << '\n';
  }
  std::cout << std::flush;
  if (replica.Run()) BecomeServer(arguments);
}

json::object Ask(const ReplicaArguments& arguments, const char* command) {
  const DataPaths paths{arguments.data};
  std::error_code ignored;
  if (!std::filesystem::exists(paths.admin_socket(), ignored)) {
    throw Problem(ProblemKind::kNotFound,
                  "No standby runs on " + arguments.data +
                      ". Start it: outpost replica --from PLACE --key FILE --data " +
                      arguments.data + ". It goes on from what is here.");
  }
  return json::parse(CallServer(paths.root, command, "{}")).as_object();
}

void ShowStatus(const ReplicaArguments& arguments) {
  const auto status = Ask(arguments, "replica.status");
  if (arguments.as_json) {
    std::cout << json::serialize(status) << '\n';
    return;
  }
  const auto text = [&](const char* key) { return std::string(status.at(key).as_string()); };
  std::cout << "Follows " << text("from") << '\n';
  if (status.at("is_whole").as_bool()) {
    std::cout << fmt::format("Position {}, newest commit {}; complete as of {}\n",
                             status.at("seq").as_int64(), text("newest_commit"),
                             text("complete_as_of"))
              << fmt::format("From commit to here {:.2f} s, at most {:.2f} s\n",
                             status.at("lag_seconds").as_double(),
                             status.at("longest_lag_seconds").as_double());
  } else {
    std::cout << fmt::format("Laying down the base: {} of {} bytes\n",
                             status.at("base_done_bytes").as_int64(),
                             status.at("base_all_bytes").as_int64());
  }
  if (!text("trouble").empty()) std::cout << "TROUBLE  " << text("trouble") << '\n';
  if (!text("trouble").empty() || !status.at("is_whole").as_bool()) throw ExitCode{1};
}

void Promote(const ReplicaArguments& arguments) {
  const auto promoted = Ask(arguments, "replica.promote");
  if (arguments.as_json) {
    std::cout << json::serialize(promoted) << '\n';
  } else {
    std::cout << fmt::format(
        "Took over at position {}, newest commit {}, in {:.2f} s. What the other server answered\n"
        "behind that is not here: at most about its last second. Phones whose last sync is not "
        "known\nhere sync anew by themselves. See that the other server stays off.\n",
        promoted.at("seq").as_int64(), std::string(promoted.at("newest_commit").as_string()),
        static_cast<double>(promoted.at("micros").as_int64()) / 1e6);
    const auto& warning = promoted.at("warning").as_string();
    if (!warning.empty()) std::cout << "WARNING  " << std::string(warning) << '\n';
    for (const auto& missing : promoted.at("missing_files").as_array()) {
      std::cout << "MISSING  " << std::string(missing.as_string()) << '\n';
    }
  }
  if (!promoted.at("missing_files").as_array().empty()) throw ExitCode{1};
}

}  // namespace

void AddReplicaCommand(CLI::App& app) {
  const auto arguments = std::make_shared<ReplicaArguments>();
  auto* family = app.add_subcommand("replica", "A standby: follow another server, take over");
  family->add_option("--from", arguments->from, "The place that the other server ships to");
  family->add_option("--key", arguments->key, "A copy of its backup.key, with the line \"open\"");
  family->add_option("--data", arguments->data, "Folder of the standby");
  family->add_option("--listen", arguments->listen,
                     "Addresses for monitors, and of the server after it took over");
  family->add_option("--config", arguments->config, "Settings of the server after it took over");
  family->add_option("--public-url", arguments->public_url, "The same");
  family
      ->add_option("--pause", arguments->pause,
                   "Milliseconds between two looks (250); where each look is paid, more")
      ->check(CLI::Range(10, 60'000));
  const auto add = [&](const char* name, const char* what, void (*run)(const ReplicaArguments&)) {
    auto* command = family->add_subcommand(name, what);
    command->add_option("--data", arguments->data, "Folder of the standby")->required();
    command->add_flag("--json", arguments->as_json, "Print the result as JSON");
    command->callback([arguments, run] { run(*arguments); });
  };
  add("status", "How far a running standby is", ShowStatus);
  add("promote", "Take over: the standby becomes the server", Promote);
  family->footer(
      "Example: outpost replica --from /mnt/backup/outpost --key backup.key --data "
      "/var/lib/outpost-standby --listen 0.0.0.0:8000\n"
      "         outpost replica promote --data /var/lib/outpost-standby\n"
      "Exit code 1: it does not follow, or files are missing; 2: the call was refused.");
  family->callback([arguments, family] {
    if (family->get_subcommands().empty()) Follow(*arguments);
  });
}

}  // namespace outpost::cli
