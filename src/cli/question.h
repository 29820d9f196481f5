#pragma once

#include <CLI/App.hpp>
#include <boost/json.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

/// Sub-commands that are one question to the server each: options become arguments of an admin
/// command, the answer is printed as it is (--json) or as lines.
namespace outpost::cli {

struct Question {
  std::string data = "data";
  bool as_json = false;
  boost::json::object arguments;
};
using Asked = std::shared_ptr<Question>;
using Print = std::function<void(const boost::json::object& answer)>;

/// One sub-command. Options are added by chaining.
class QuestionCommand {
 public:
  /// Adds `name` to `family`, with --data, --json and --project.
  QuestionCommand(CLI::App* family, const char* name, const char* what, const char* example);

  /// `flag`: a name as CLI11 takes it ("--name", or "name" for a positional); `key`: the argument.
  QuestionCommand& Text(const char* flag, const char* key, const char* what,
                        bool is_required = false);
  /// Several: an option is said again for each, a positional takes all that follow.
  QuestionCommand& Texts(const char* flag, const char* key, const char* what,
                         bool is_required = false);
  /// --name / --no-name
  QuestionCommand& Switch(const char* name, const char* key, const char* what);
  /// KEY=VALUE, said again for each
  QuestionCommand& Pairs(const char* flag, const char* key, const char* what);
  /// An argument that is always there.
  QuestionCommand& Always(const char* key, boost::json::value value);

  /// What the sub-command does: asks `command` and prints the answer.
  void Asks(const char* command, Print print);
  /// The same for a list that comes in pages: the array `items` of each page is printed by item;
  /// "next" of a page becomes the argument `after` of the next question.
  void AsksPages(const char* command, const char* items, const char* after, Print print_item);

  CLI::App* app() const { return app_; }
  const Asked& asked() const { return asked_; }

 private:
  CLI::App* app_;
  Asked asked_;
};

boost::json::object Ask(const Question& question, std::string_view command,
                        const boost::json::object& arguments);
/// A text of an answer; "" when it is none.
std::string TextOf(const boost::json::object& answer, const char* key);
/// ", word" when the answer says so.
std::string If(const boost::json::object& answer, const char* key, const char* word);
/// KEY=VALUE. @throws Problem kBadRequest without a '='
void PutPair(boost::json::object& into, const std::string& pair);

}  // namespace outpost::cli
