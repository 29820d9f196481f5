#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "support/raw_client.h"

/// Commands on the server's admin socket.
namespace outpost::tests {

/// Threads: one at a time. The server may be restarted between two calls.
class Admin {
 public:
  explicit Admin(std::string origin) : client_(std::move(origin)) {}

  /// @throws NetworkError, or std::runtime_error with the server's words when it refuses
  boost::json::value Run(std::string_view command, const boost::json::object& arguments = {});
  /// A command that takes bytes; `command` may have a query.
  boost::json::value Send(std::string_view command, const std::string& bytes);
  /// The same, but empty when there is no such thing (or no such command): 404.
  std::optional<boost::json::value> Find(std::string_view command,
                                         const boost::json::object& arguments);

 private:
  Answer Post(std::string_view command, const boost::json::object& arguments);
  RawClient client_;
};

}  // namespace outpost::tests
