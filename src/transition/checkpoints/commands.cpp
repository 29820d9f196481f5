#include "transition/checkpoints/commands.h"

#include <array>
#include <boost/json.hpp>
#include <optional>

#include "base/problem.h"

namespace outpost::transition {
namespace {

namespace json = boost::json;

Verdict VerdictNamed(std::string_view name) {
  for (const auto verdict : {Verdict::kHolds, Verdict::kFails, Verdict::kNotYet}) {
    if (NameOf(verdict) == name) return verdict;
  }
  throw Problem(ProblemKind::kMalformed, "There is no such verdict.");
}

json::object JsonOfFacts(const Facts& facts) {
  json::object object;
  for (const auto& [id, fact] : facts) {
    json::object figures;
    for (const auto& [name, value] : fact.figures) figures[name] = value;
    object[id] = {{"verdict", NameOf(fact.verdict)},
                  {"sentence", fact.sentence},
                  {"figures", std::move(figures)}};
  }
  return object;
}

Facts FactsOfJson(const json::object& object) {
  Facts facts;
  for (const auto& member : object) {
    const auto& from = member.value().as_object();
    Fact fact;
    fact.verdict = VerdictNamed(std::string_view(from.at("verdict").as_string()));
    fact.sentence = from.at("sentence").as_string();
    for (const auto& figure : from.at("figures").as_object()) {
      fact.figures[std::string(figure.key())] = figure.value().as_string();
    }
    facts[std::string(member.key())] = std::move(fact);
  }
  return facts;
}

/// The arguments of all commands; each looks at its own.
struct Given {
  std::string id, text, by, owner, due, function, document, because, section;
  bool on = false, host = false, outside = false;
  Facts plan;
  Tracker tracker;
};

void ReadMember(std::string_view key, const json::value& value, Given& given) {
  static constexpr std::pair<std::string_view, std::string Given::*> kTexts[] = {
      {"id", &Given::id},
      {"text", &Given::text},
      {"by", &Given::by},
      {"owner", &Given::owner},
      {"due", &Given::due},
      {"function", &Given::function},
      {"document", &Given::document},
      {"because", &Given::because},
      {"section", &Given::section}};
  static constexpr std::pair<std::string_view, bool Given::*> kFlags[] = {
      {"on", &Given::on}, {"host", &Given::host}, {"outside", &Given::outside}};
  for (const auto& [name, field] : kTexts) {
    if (name == key) return void(given.*field = value.as_string());
  }
  for (const auto& [name, field] : kFlags) {
    if (name == key) return void(given.*field = value.as_bool());
  }
  if (key == "plan") {
    given.plan = FactsOfJson(value.as_object());
  } else if (key == "tracker") {
    given.tracker = ReadTracker(json::serialize(value));
  } else {
    throw Problem(ProblemKind::kBadRequest, "There is no argument '" + std::string(key) + "'.");
  }
}

Given ReadGiven(std::string_view text) {
  try {
    Given given;
    const auto root = json::parse({text.data(), text.size()});
    for (const auto& member : root.as_object()) ReadMember(member.key(), member.value(), given);
    return given;
  } catch (const Problem&) {
    throw;
  } catch (const std::exception& error) {
    throw Problem(ProblemKind::kMalformed, "The arguments are not those of a tracker's command.",
                  error.what());
  }
}

using Act = void (*)(TransitionDesk& desk, const Given& given);

struct Command {
  std::string_view name;
  Act act;
};

constexpr std::array kActs = {
    Command{"transition.answer",
            [](TransitionDesk& desk, const Given& given) {
              desk.AnswerItem(given.id, given.text, given.by);
            }},
    Command{"transition.assign",
            [](TransitionDesk& desk, const Given& given) {
              desk.Assign(given.id, given.owner, given.due, given.by);
            }},
    Command{"transition.sign",
            [](TransitionDesk& desk, const Given& given) {
              Signature signature;
              signature.name = given.by;
              signature.function = given.function;
              signature.document = given.document;
              desk.Sign(given.id, signature);
            }},
    Command{"transition.waive",
            [](TransitionDesk& desk, const Given& given) {
              desk.Waive(given.id, given.because, given.by);
            }},
    Command{"transition.reopen",
            [](TransitionDesk& desk, const Given& given) {
              desk.Reopen(given.id, given.because, given.by);
            }},
    Command{"transition.section",
            [](TransitionDesk& desk, const Given& given) {
              desk.SwitchSection(given.section, given.on, given.by);
            }},
    Command{"transition.adopt",
            [](TransitionDesk& desk, const Given& given) { desk.Adopt(given.tracker, given.by); }},
};

/// What was seen at the place counts before what a plan says about it.
std::string Check(TransitionDesk& desk, const TrackerCommands::Collectors& make, Given given) {
  const auto own = make({given.host, given.outside});
  const FactCollector of_plan("plan 1", std::move(given.plan));
  const HostCollector host("/");
  const HostFitCollector fit(&of_plan, &host);
  const NotYetCollector nothing;
  std::vector<const Collector*> all;
  if (given.host) all.push_back(&fit);
  for (const auto& collector : own) all.push_back(collector.get());
  if (given.host) all.push_back(&host);
  all.push_back(&of_plan);
  all.push_back(&nothing);
  return json::serialize(json::object{{"looked", desk.Check(all, given.id)}});
}

}  // namespace

std::vector<std::string_view> TrackerCommandNames() {
  std::vector<std::string_view> names = {"transition.load", "transition.check"};
  for (const auto& command : kActs) names.push_back(command.name);
  return names;
}

std::string TrackerCommands::Run(std::string_view command, std::string_view text) {
  if (command == "transition.load") return WriteTracker(desk_.Load());
  auto given = ReadGiven(text);
  if (command == "transition.check") return Check(desk_, collectors_, std::move(given));
  for (const auto& known : kActs) {
    if (known.name != command) continue;
    known.act(desk_, given);
    return "{}";
  }
  throw Problem(ProblemKind::kNotFound, "There is no command '" + std::string(command) + "'.");
}

std::string JsonOf(const Facts& facts) { return json::serialize(JsonOfFacts(facts)); }

}  // namespace outpost::transition
