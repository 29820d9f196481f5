#include "support/admin.h"

#include <boost/json.hpp>
#include <stdexcept>

namespace outpost::tests {
namespace {

boost::json::value ParseAnswer(std::string_view command, const Answer& answer) {
  if (answer.status < 200 || answer.status > 299) {
    throw std::runtime_error("admin command " + std::string(command) + ": " +
                             std::to_string(answer.status) + " " + answer.body);
  }
  if (answer.body.empty()) return boost::json::object();
  return boost::json::parse(answer.body);
}

}  // namespace

Answer Admin::Post(std::string_view command, const boost::json::object& arguments) {
  Call call;
  call.method = "POST";
  call.target = "/admin/" + std::string(command);
  call.headers = {{"Content-Type", "application/json"}};
  call.body = boost::json::serialize(arguments);
  return client_.Send(call);
}

boost::json::value Admin::Run(std::string_view command, const boost::json::object& arguments) {
  return ParseAnswer(command, Post(command, arguments));
}

boost::json::value Admin::Send(std::string_view command, const std::string& bytes) {
  Call call;
  call.method = "POST";
  call.target = "/admin/" + std::string(command);
  call.body = bytes;
  return ParseAnswer(command, client_.Send(call));
}

std::optional<boost::json::value> Admin::Find(std::string_view command,
                                              const boost::json::object& arguments) {
  const auto answer = Post(command, arguments);
  if (answer.status == 404) return std::nullopt;
  return ParseAnswer(command, answer);
}

}  // namespace outpost::tests
