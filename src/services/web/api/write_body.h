#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The fields of a JSON object that a client sends to change something. Pure.
///
/// Each gives nothing for a field that is not there or null, and throws Problem kBadRequest for
/// one of another kind: "'name' must be a text."
namespace outpost::web {

/// A number becomes its text where `takes_numbers`: "-1.2921" for -1.2921.
std::optional<std::string> SentText(const boost::json::object& from, std::string_view key,
                                    bool takes_numbers = false);
std::optional<bool> SentFlag(const boost::json::object& from, std::string_view key);
std::optional<std::int64_t> SentNumber(const boost::json::object& from, std::string_view key);
std::optional<std::vector<std::string>> SentTextList(const boost::json::object& from,
                                                     std::string_view key);
/// Values that are numbers, true or false become their texts.
std::optional<std::map<std::string, std::string>> SentTextMap(const boost::json::object& from,
                                                              std::string_view key);
/// Null when it is not there. @throws as above
const boost::json::array* SentList(const boost::json::object& from, std::string_view key);
const boost::json::object* SentObject(const boost::json::object& from, std::string_view key);

}  // namespace outpost::web
