#include "services/web/api/write_body.h"

#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "base/problem.h"

namespace outpost::web {
namespace {

using boost::json::object;
using boost::json::value;

[[noreturn]] void Refuse(std::string_view key, std::string_view what) {
  throw Problem(ProblemKind::kBadRequest,
                "'" + std::string(key) + "' must be " + std::string(what) + ".");
}

/// Null where there is nothing.
const value* Find(const object& from, std::string_view key) {
  const auto* sent = from.if_contains(key);
  return sent == nullptr || sent->is_null() ? nullptr : sent;
}

/// A number as people write it, true and false by name.
std::string PlainText(const value& sent) {
  if (!sent.is_double()) return boost::json::serialize(sent);
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), sent.get_double());
  return {digits.data(), end.ptr};
}

std::string TextOf(const value& sent) { return std::string(std::string_view(sent.get_string())); }

}  // namespace

std::optional<std::string> SentText(const object& from, std::string_view key, bool takes_numbers) {
  const auto* sent = Find(from, key);
  if (sent == nullptr) return std::nullopt;
  if (sent->is_string()) return TextOf(*sent);
  if (takes_numbers && sent->is_number()) return PlainText(*sent);
  Refuse(key, "a text");
}

std::optional<bool> SentFlag(const object& from, std::string_view key) {
  const auto* sent = Find(from, key);
  if (sent == nullptr) return std::nullopt;
  if (!sent->is_bool()) Refuse(key, "true or false");
  return sent->get_bool();
}

std::optional<std::int64_t> SentNumber(const object& from, std::string_view key) {
  const auto* sent = Find(from, key);
  if (sent == nullptr) return std::nullopt;
  if (!sent->is_int64()) Refuse(key, "a whole number");
  return sent->get_int64();
}

std::optional<std::vector<std::string>> SentTextList(const object& from, std::string_view key) {
  const auto* sent = SentList(from, key);
  if (sent == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  for (const auto& one : *sent) {
    if (!one.is_string()) Refuse(key, "a list of texts");
    texts.push_back(TextOf(one));
  }
  return texts;
}

std::optional<std::map<std::string, std::string>> SentTextMap(const object& from,
                                                              std::string_view key) {
  const auto* sent = SentObject(from, key);
  if (sent == nullptr) return std::nullopt;
  std::map<std::string, std::string> texts;
  for (const auto& [name, one] : *sent) {
    if (one.is_object() || one.is_array()) Refuse(key, "an object of texts");
    texts[std::string(name)] = one.is_string() ? TextOf(one)
                               : one.is_null() ? std::string()
                                               : PlainText(one);
  }
  return texts;
}

const boost::json::array* SentList(const object& from, std::string_view key) {
  const auto* sent = Find(from, key);
  if (sent == nullptr) return nullptr;
  if (!sent->is_array()) Refuse(key, "a list");
  return &sent->get_array();
}

const object* SentObject(const object& from, std::string_view key) {
  const auto* sent = Find(from, key);
  if (sent == nullptr) return nullptr;
  if (!sent->is_object()) Refuse(key, "an object");
  return &sent->get_object();
}

}  // namespace outpost::web
