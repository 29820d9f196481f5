#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "scenario/interpreter.h"
#include "scenario/script.h"
#include "scenario/world.h"

/// Runs one scenario against the real program:
///   scenario_runner PROGRAM FILE.scenario sqlite|postgresql
/// Ends with 0, with 1 and the line that is not so, or with 77 when it cannot run here.
namespace outpost::tests {
namespace {

constexpr int kSkipped = 77;

std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ScenarioError("cannot read " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

int RunScenario(const std::string& program, const std::filesystem::path& file,
                const std::string& engine) {
  const auto commands = ParseScript(ReadText(file));
  World world(program, engine == "postgresql" ? Engine::kPostgresql : Engine::kSqlite,
              file.parent_path().parent_path() / "fixtures");
  try {
    Interpreter(world, {}).Run(commands);
    if (world.has_server() && world.server().is_running()) world.server().Stop();
    return 0;
  } catch (const Skipped& skipped) {
    std::printf("skipped: %s\n", skipped.what());
    return kSkipped;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s:%s\n", file.c_str(), error.what());
    if (world.has_server())
      std::fprintf(stderr, "server log:\n%s\n", world.server().log_tail().c_str());
    return 1;
  }
}

}  // namespace
}  // namespace outpost::tests

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: scenario_runner PROGRAM FILE.scenario sqlite|postgresql\n", stderr);
    return 2;
  }
  try {
    return outpost::tests::RunScenario(argv[1], argv[2], argv[3]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s:%s\n", argv[2], error.what());
    return 1;
  }
}
