#include "base/settings.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <stdexcept>
#define TOML_EXCEPTIONS 1
#include "base/toml_assert.h"

#include <toml++/toml.h>

#include "base/problem.h"
#include "base/text.h"
#include "base/toml_door.h"

namespace outpost {
namespace {

/// Variables of the environment that are not settings.
constexpr std::array<std::string_view, 5> kOtherVariables = {
    "OUTPOST_CORPUS", "OUTPOST_FAULT", "OUTPOST_BINARY", "OUTPOST_LONG", "OUTPOST_FUZZ_SECONDS"};

std::string TextOf(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  if (const auto* array = node.as_array()) {
    std::string joined;
    for (const auto& item : *array) {
      if (!joined.empty()) joined += ',';
      joined += TextOf(item);
    }
    return joined;
  }
  throw Problem("Only texts, whole numbers, true, false and lists of these can be settings.",
                {node.source().begin.line, node.source().begin.column});
}

std::vector<std::string_view> NamesOf(std::span<const SettingKey> known) {
  std::vector<std::string_view> names;
  for (const auto& key : known) names.push_back(key.name);
  return names;
}

[[noreturn]] void ThrowUnknown(std::string_view name, std::string_view where,
                               std::span<const SettingKey> known) {
  std::string told = "Unknown setting \"" + std::string(name) + "\" " + std::string(where) + ".";
  if (const auto nearest = NearestWord(name, NamesOf(known))) {
    told += " Did you mean \"" + *nearest + "\"?";
  } else {
    told += " See: outpost serve --help";
  }
  throw Problem(ProblemKind::kUnknownSetting, told);
}

toml::table ReadToml(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) {
    throw Problem(ProblemKind::kNotFound,
                  "The configuration file " + file.string() + " cannot be read.");
  }
  std::stringstream text;
  text << in.rdbuf();
  try {
    return toml::parse(HarmlessToml(text.str()), file.string());
  } catch (const Problem& problem) {
    if (problem.kind() != ProblemKind::kMalformed) throw;
    throw Problem(file.string() + ": " + problem.told(), problem.position());
  } catch (const toml::parse_error& error) {
    const auto at = error.source().begin;
    throw Problem(file.string() + ": " + std::string(error.description()), {at.line, at.column});
  } catch (const std::logic_error& error) {
    throw Problem(ProblemKind::kMalformed, file.string() + " is not TOML.", error.what());
  }
}

/// "OUTPOST_SERVER_PUBLIC_URL" for "server.public_url".
std::string VariableOf(std::string_view key) {
  std::string name = "OUTPOST_";
  for (const char c : key) {
    name += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

}  // namespace

Settings Settings::Load(std::span<const SettingKey> known, const Sources& sources) {
  Settings settings;
  for (const auto& key : known) settings.values_.emplace(key.name, key.default_value);
  const auto set = [&](const std::string& name, std::string value, const std::string& where) {
    const auto at = settings.values_.find(name);
    if (at == settings.values_.end()) ThrowUnknown(name, where, known);
    at->second = std::move(value);
  };
  if (sources.file) {
    for (const auto& [section, node] : ReadToml(*sources.file)) {
      const auto* table = node.as_table();
      const std::string line = "in " + sources.file->string() + ", line ";
      if (table == nullptr) {
        ThrowUnknown(section.str(), line + std::to_string(node.source().begin.line), known);
      }
      for (const auto& [key, value] : *table) {
        set(std::string(section.str()) + '.' + std::string(key.str()), TextOf(value),
            line + std::to_string(value.source().begin.line));
      }
    }
  }
  std::map<std::string, std::string> by_variable;
  for (const auto& key : known) by_variable.emplace(VariableOf(key.name), key.name);
  for (const auto& entry : sources.environment) {
    const auto equals = entry.find('=');
    const std::string variable = entry.substr(0, equals);
    const auto& others = kOtherVariables;
    if (!variable.starts_with("OUTPOST_") || equals == std::string::npos ||
        std::find(others.begin(), others.end(), variable) != others.end()) {
      continue;
    }
    const auto at = by_variable.find(variable);
    const std::string name =
        at != by_variable.end() ? at->second : ToLower(std::string_view(variable).substr(8));
    set(name, entry.substr(equals + 1), "in the environment (" + variable + ")");
  }
  for (const auto& [name, value] : sources.command_line) set(name, value, "on the command line");
  return settings;
}

const std::string& Settings::Text(std::string_view key) const {
  const auto at = values_.find(key);
  OUTPOST_CHECK(at != values_.end());
  return at->second;
}

std::int64_t Settings::Int(std::string_view key) const {
  const auto value = ParseInt(Text(key));
  if (!value) {
    throw Problem(ProblemKind::kBadRequest, "The setting \"" + std::string(key) +
                                                "\" must be a whole number, not \"" + Text(key) +
                                                "\".");
  }
  return *value;
}

bool Settings::Bool(std::string_view key) const {
  const std::string text = ToLower(Text(key));
  if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
  if (text == "false" || text == "no" || text == "off" || text == "0") return false;
  throw Problem(
      ProblemKind::kBadRequest,
      "The setting \"" + std::string(key) + "\" must be true or false, not \"" + Text(key) + "\".");
}

std::vector<std::string> Settings::List(std::string_view key) const {
  std::vector<std::string> values;
  for (const auto part : Split(Text(key), ',')) {
    const auto value = Trim(part);
    if (!value.empty()) values.emplace_back(value);
  }
  return values;
}

std::vector<std::string> ProcessEnvironment() {
  std::vector<std::string> lines;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    lines.emplace_back(*entry);
  }
  return lines;
}

}  // namespace outpost
