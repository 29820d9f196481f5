#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/serve/keys.h"
#include "cli/serve/server_process.h"
#include "cli/serve/succession.h"

namespace outpost::cli {
namespace {

struct ServeArguments {
  std::string data, listen, listen_tls, config, database, public_url;
  bool has_test_doors = false;
};

Settings LoadSettings(const ServeArguments& arguments) {
  Settings::Sources sources;
  if (!arguments.config.empty()) sources.file = arguments.config;
  sources.environment = ProcessEnvironment();
  const auto override_key = [&](const char* key, const std::string& value) {
    if (!value.empty()) sources.command_line[key] = value;
  };
  override_key("data.folder", arguments.data);
  override_key("server.listen", arguments.listen);
  override_key("server.listen_tls", arguments.listen_tls);
  override_key("server.public_url", arguments.public_url);
  override_key("database.location", arguments.database);
  return Settings::Load(kServeKeys, sources);
}

/// What is to run afterwards in this process.
std::optional<std::string> ServeOnce(const ServeArguments& arguments) {
  ServerProcess server({LoadSettings(arguments), arguments.has_test_doors});
  const std::string link = server.setup_link();
  if (!link.empty()) {
    std::cout << "There is no administrator yet. Within 30 minutes, open\n  " << link << '\n';
  }
  for (const auto& address : server.addresses()) std::cout << "Listening on " << address << '\n';
  std::cout << std::flush;
  server.RunUntilSignalled();
  return server.successor();
}

void Serve(const ServeArguments& arguments) {
  if (const auto successor = ServeOnce(arguments)) RunInstead(*successor);
}

std::string KeyList() {
  std::string text =
      "Example: outpost serve --data /var/lib/outpost --listen 0.0.0.0:8000\n\n"
      "Settings (file: [section] key = value; environment: OUTPOST_SECTION_KEY):\n";
  for (const auto& key : kServeKeys) {
    text += "  " + std::string(key.name) + " = \"" + std::string(key.default_value) + "\"  " +
            std::string(key.meaning) + '\n';
  }
  return text;
}

}  // namespace

void AddServeCommand(CLI::App& app) {
  auto arguments = std::make_shared<ServeArguments>();
  auto* serve = app.add_subcommand("serve", "Run the server");
  serve->add_option("--data", arguments->data, "Data folder (default: data)");
  serve->add_option("--listen", arguments->listen, "Address and port, several with commas");
  serve->add_option("--listen-tls", arguments->listen_tls, "The same with TLS");
  serve->add_option("--config", arguments->config, "TOML file with settings");
  serve->add_option("--database", arguments->database, "postgresql://… instead of SQLite");
  serve->add_option("--public-url", arguments->public_url, "Address that clients use");
  serve->add_flag("--test-doors", arguments->has_test_doors)->group("");
  serve->footer(KeyList());
  serve->callback([arguments] { Serve(*arguments); });
}

}  // namespace outpost::cli
