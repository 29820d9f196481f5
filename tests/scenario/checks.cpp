#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "scenario/bodies.h"
#include "scenario/interpreter.h"
#include "support/credentials.h"
#include "support/pattern.h"

namespace outpost::tests {
namespace {

using boost::json::object;
using boost::json::value;

constexpr std::size_t kShownBytes = 600;
/// With a sanitizer everything is larger and slower.
constexpr int kSanitizedFactor = 4;

bool Contains(std::string_view text, std::string_view piece) {
  return text.find(piece) != std::string_view::npos;
}

std::string Shown(std::string_view text) { return std::string(text.substr(0, kShownBytes)); }

/// The value at a JSON pointer; null when there is none.
const value* ValueAt(const value& document, std::string_view pointer) {
  boost::json::error_code error;
  return document.find_pointer({pointer.data(), pointer.size()}, error);
}

/// What a scenario writes: JSON where it is JSON, else text.
value Wanted(const std::string& text) {
  boost::json::error_code error;
  auto parsed = boost::json::parse(text, error);
  return error ? value(text) : parsed;
}

/// A text is equal as text too, so that numbers in quotes need no quotes in a scenario.
bool IsEqual(const value& found, const std::string& wanted) {
  if (found.is_string()) return found.get_string() == wanted;
  return found == Wanted(wanted);
}

void CheckPointer(const value& document, const std::string& pointer, const std::string& wanted) {
  const auto* found = ValueAt(document, pointer);
  if (wanted == "absent") {
    if (found != nullptr) throw ScenarioError(pointer + " is there: " + serialize(*found));
    return;
  }
  if (found == nullptr)
    throw ScenarioError(pointer + " is missing in " + Shown(serialize(document)));
  if (wanted == "present" || IsEqual(*found, wanted)) return;
  throw ScenarioError(pointer + " is " + Shown(serialize(*found)) + ", expected " + wanted);
}

}  // namespace

void Interpreter::DoStatus(const Command& command) {
  const auto arguments = Read(command);
  const bool is_cut = !network_error_.empty();
  for (const auto& word : arguments.words) {
    if (is_cut ? word == "cut" : word == std::to_string(answer_.status)) return;
  }
  throw ScenarioError(is_cut ? "no answer: " + network_error_
                             : "is " + std::to_string(answer_.status) + ": " + Shown(answer_.body));
}

void Interpreter::DoHeader(const Command& command) {
  const auto arguments = Read(command, false);
  const auto& name = arguments.At(0);
  const auto& how = arguments.At(1);
  const auto wanted = arguments.Rest(2);
  const auto found = answer_.Header(name);
  const bool is_good = how == "present"    ? found.has_value()
                       : how == "absent"   ? !found.has_value()
                       : how == "is"       ? found == wanted
                       : how == "contains" ? found && Contains(*found, wanted)
                       : how == "matches"  ? found && MatchesWhole(*found, wanted)
                                           : throw ScenarioError("cannot check " + how);
  if (!is_good) throw ScenarioError(name + " is " + (found ? "\"" + *found + "\"" : "absent"));
}

void Interpreter::DoBody(const Command& command) {
  const auto arguments = Read(command, false);
  const auto& how = arguments.At(0);
  const auto wanted = arguments.Rest(1);
  const auto& body = answer_.body;
  if (how == "json") {
    return CheckPointer(boost::json::parse(body), arguments.At(1), arguments.Rest(2));
  }
  const auto envelope = ReadEnvelope(body);
  const bool is_good =
      how == "contains"      ? Contains(body, wanted)
      : how == "lacks"       ? !Contains(body, wanted)
      : how == "is"          ? body == wanted
      : how == "empty"       ? body.empty()
      : how == "nature"      ? envelope.nature == wanted
      : how == "message"     ? envelope.message == wanted
      : how == "equals-file" ? body == MakeBody(world_.fixtures(), arguments.At(1),
                                                arguments.words.size() > 2 ? arguments.At(2) : "")
      : how == "json-equal"  ? boost::json::parse(body) == boost::json::parse(wanted)
                             : throw ScenarioError("cannot check " + how);
  if (!is_good) throw ScenarioError(how + " " + Shown(wanted) + " is not so: " + Shown(body));
}

void Interpreter::DoBodyNever(const Command& command) {
  for (const auto& text : Read(command, false).words) world_.NeverAgain(text);
}

void Interpreter::DoLogNever(const Command& command) {
  const auto log = world_.server().log_text();
  for (const auto& text : Read(command, false).words) {
    if (Contains(log, text)) throw ScenarioError("the log holds \"" + text + "\"");
  }
}

void Interpreter::DoCount(const Command& command) {
  const auto arguments = Read(command);
  object wanted = {{"table", arguments.At(0)}};
  if (arguments.Has("project")) wanted["project"] = arguments.Option("project");
  if (arguments.Has("state")) wanted["state"] = ParseInt(arguments.Option("state")).value_or(0);
  const auto found = RunAdmin("test.count", wanted).at("count");
  if (serialize(found) != arguments.At(1)) throw ScenarioError("is " + serialize(found));
}

/// form PROJECT ID absent | form PROJECT ID /pointer VALUE
void Interpreter::CheckStored(const Command& command, std::string_view door,
                              std::string_view id_key) {
  const auto arguments = Read(command, false);
  std::optional<value> found;
  {
    const std::lock_guard lock(world_.admin_mutex());
    found = world_.admin().Find(door, {{"project", arguments.At(0)}, {id_key, arguments.At(1)}});
  }
  if (arguments.At(2) == "absent") {
    if (found) throw ScenarioError(arguments.At(1) + " exists");
    return;
  }
  if (!found) throw ScenarioError(arguments.At(1) + " does not exist");
  CheckPointer(*found, arguments.At(2), arguments.Rest(3));
}

void Interpreter::DoForm(const Command& command) { CheckStored(command, "test.form", "form_id"); }
void Interpreter::DoCase(const Command& command) { CheckStored(command, "test.case", "case_id"); }

/// save NAME header H | save NAME json /pointer
void Interpreter::DoSave(const Command& command) {
  const auto arguments = Read(command, false);
  auto& variable = variables_[arguments.At(0)];
  if (arguments.At(1) == "header") {
    const auto found = answer_.Header(arguments.At(2));
    if (!found) throw ScenarioError("there is no header " + arguments.At(2));
    variable = *found;
    return;
  }
  if (arguments.At(1) == "element") {
    const std::string start = "<" + arguments.At(2) + ">";
    const auto at = answer_.body.find(start);
    if (at == std::string::npos) throw ScenarioError("there is no " + start);
    const auto text = answer_.body.substr(at + start.size());
    variable = text.substr(0, text.find('<'));
    return;
  }
  const auto document = boost::json::parse(answer_.body);
  const auto* found = ValueAt(document, arguments.At(2));
  if (found == nullptr) throw ScenarioError("there is no " + arguments.At(2));
  variable = found->is_string() ? std::string(found->get_string()) : serialize(*found);
}

/// less A B: in the order of bytes, which is that of times too
void Interpreter::DoLess(const Command& command) {
  const auto arguments = Read(command, false);
  if (arguments.At(0) < arguments.At(1)) return;
  throw ScenarioError(arguments.At(0) + " is not less than " + arguments.At(1));
}

/// took below 5s
void Interpreter::DoTook(const Command& command) {
  const auto limit = ParseTime(Read(command).At(1)) * (IsSanitized() ? kSanitizedFactor : 1);
  if (took_ <= limit) return;
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(took_);
  throw ScenarioError("it took " + std::to_string(took.count()) + " ms");
}

/// memory mark | memory grew-below 60MB: the peak since the mark against what was used then
void Interpreter::DoMemory(const Command& command) {
  const auto arguments = Read(command);
  if (arguments.At(0) == "mark") {
    world_.server().ResetPeak();
    marked_bytes_ = world_.server().resident_bytes();
    return;
  }
  const auto limit = ParseSize(arguments.At(1)) * (IsSanitized() ? kSanitizedFactor : 1);
  const auto grown = world_.server().peak_bytes() - marked_bytes_;
  if (grown > limit) throw ScenarioError("grew by " + std::to_string(grown / 1024) + " kB");
}

void Interpreter::DoIntegrity(const Command& /*command*/) {
  const auto problems = RunAdmin("test.integrity", {}).at("problems");
  if (!problems.as_string().empty()) throw ScenarioError(serialize(problems));
}

}  // namespace outpost::tests
