#include "operations/upgrade/history.h"

#include <boost/json.hpp>
#include <fstream>

#include "base/problem.h"

namespace outpost::upgrade {
namespace {

namespace json = boost::json;

std::filesystem::path FileOf(const std::filesystem::path& data_folder) {
  return data_folder / "upgrades.jsonl";
}

}  // namespace

void AddSwitch(const std::filesystem::path& data_folder, const Switch& made) {
  std::ofstream file(FileOf(data_folder), std::ios::app);
  file << json::serialize(json::object{{"at", made.at.micros},
                                       {"from", made.from_version},
                                       {"to", made.to_version},
                                       {"seq", made.seq},
                                       {"refused_micros", made.refused_micros},
                                       {"outcome", made.outcome}})
       << '\n'
       << std::flush;
  if (!file) {
    throw Problem(ProblemKind::kInternal,
                  FileOf(data_folder).string() +
                      " could not be written. The switch itself: " + made.outcome + ".");
  }
}

std::vector<Switch> ReadSwitches(const std::filesystem::path& data_folder) {
  std::ifstream file(FileOf(data_folder));
  std::vector<Switch> switches;
  for (std::string line; std::getline(file, line);) {
    boost::system::error_code error;
    const auto value = json::parse(line, error);
    if (error || !value.is_object()) continue;
    const auto& object = value.get_object();
    const auto text = [&](const char* key) {
      const auto* found = object.if_contains(key);
      return found != nullptr && found->is_string() ? std::string(found->get_string())
                                                    : std::string();
    };
    const auto number = [&](const char* key) {
      const auto* found = object.if_contains(key);
      return found != nullptr && found->is_int64() ? found->get_int64() : std::int64_t{0};
    };
    switches.push_back({{number("at")},
                        text("from"),
                        text("to"),
                        number("seq"),
                        number("refused_micros"),
                        text("outcome")});
  }
  return switches;
}

}  // namespace outpost::upgrade
