#include "cli/question.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>

#include "base/problem.h"
#include "cli/admin_client.h"

namespace outpost::cli {

using boost::json::object;

QuestionCommand::QuestionCommand(CLI::App* family, const char* name, const char* what,
                                 const char* example)
    : app_(family->add_subcommand(name, what)), asked_(std::make_shared<Question>()) {
  app_->add_option("--data", asked_->data, "Data folder of the server")->capture_default_str();
  app_->add_flag("--json", asked_->as_json, "Print the answer as JSON");
  app_->footer(std::string("Example: ") + example);
  Text("--project", "project", "Name of the project space", true);
}

QuestionCommand& QuestionCommand::Text(const char* flag, const char* key, const char* what,
                                       bool is_required) {
  const auto put = [asked = asked_, key](const std::string& text) { asked->arguments[key] = text; };
  app_->add_option_function<std::string>(flag, put, what)->required(is_required);
  return *this;
}

QuestionCommand& QuestionCommand::Texts(const char* flag, const char* key, const char* what,
                                        bool is_required) {
  const auto put = [asked = asked_, key](const std::vector<std::string>& texts) {
    asked->arguments[key] = boost::json::array(texts.begin(), texts.end());
  };
  auto* option = app_->add_option_function<std::vector<std::string>>(flag, put, what);
  option->required(is_required);
  // One value for each time it is said: what follows may be something else.
  if (*flag == '-') option->allow_extra_args(false);
  return *this;
}

QuestionCommand& QuestionCommand::Switch(const char* name, const char* key, const char* what) {
  const auto flags = "--" + std::string(name) + ",!--no-" + name;
  const auto put = [asked = asked_, key](std::int64_t count) { asked->arguments[key] = count > 0; };
  app_->add_flag_function(flags, put, what);
  return *this;
}

QuestionCommand& QuestionCommand::Pairs(const char* flag, const char* key, const char* what) {
  const auto put = [asked = asked_, key](const std::vector<std::string>& pairs) {
    object values;
    for (const auto& pair : pairs) PutPair(values, pair);
    asked->arguments[key] = std::move(values);
  };
  app_->add_option_function<std::vector<std::string>>(flag, put, what)->allow_extra_args(false);
  return *this;
}

QuestionCommand& QuestionCommand::Always(const char* key, boost::json::value value) {
  asked_->arguments[key] = std::move(value);
  return *this;
}

void QuestionCommand::Asks(const char* command, Print print) {
  app_->callback([asked = asked_, command, print = std::move(print)] {
    const auto answer = Ask(*asked, command, asked->arguments);
    if (asked->as_json) {
      std::cout << boost::json::serialize(answer) << '\n';
    } else {
      print(answer);
    }
  });
}

void QuestionCommand::AsksPages(const char* command, const char* items, const char* after,
                                Print print_item) {
  app_->callback([asked = asked_, command, items, after, print_item = std::move(print_item)] {
    auto arguments = asked->arguments;
    boost::json::array all;
    while (true) {
      const auto page = Ask(*asked, command, arguments);
      for (const auto& item : page.at(items).as_array()) {
        if (asked->as_json) {
          all.push_back(item);
        } else {
          print_item(item.as_object());
        }
      }
      const auto* next = page.if_contains("next");
      if (next == nullptr || next->is_null()) break;
      arguments[after] = *next;
    }
    if (asked->as_json)
      std::cout << boost::json::serialize(object{{items, std::move(all)}}) << '\n';
  });
}

object Ask(const Question& question, std::string_view command, const object& arguments) {
  const auto answer = CallServer(question.data, command, boost::json::serialize(arguments));
  return boost::json::parse(answer).as_object();
}

std::string TextOf(const object& answer, const char* key) {
  const auto* value = answer.if_contains(key);
  return value == nullptr || !value->is_string() ? "" : std::string(value->get_string().c_str());
}

std::string If(const object& answer, const char* key, const char* word) {
  const auto* value = answer.if_contains(key);
  const bool is_on = value != nullptr && value->is_bool() && value->get_bool();
  return is_on ? std::string(", ") + word : "";
}

void PutPair(object& into, const std::string& pair) {
  const auto at = pair.find('=');
  if (at == std::string::npos || at == 0) {
    throw Problem(ProblemKind::kBadRequest, "'" + pair + "' is not of the form NAME=VALUE.");
  }
  into[pair.substr(0, at)] = pair.substr(at + 1);
}

}  // namespace outpost::cli
