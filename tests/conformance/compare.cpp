#include "conformance/compare.h"

#include <boost/json.hpp>

namespace outpost::tests {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

void CompareObjects(std::string_view what, const object& expected, const object& found,
                    bool is_partial, std::vector<std::string>& findings) {
  for (const auto& [key, wanted] : expected) {
    Compare(std::string(what) + "." + std::string(key), wanted, found.if_contains(key), is_partial,
            findings);
  }
  if (is_partial) return;
  for (const auto& [key, extra] : found) {
    if (expected.contains(key)) continue;
    findings.push_back(std::string(what) + " has an unexpected member " + std::string(key));
  }
}

void CompareArrays(std::string_view what, const array& expected, const array& found,
                   bool is_partial, std::vector<std::string>& findings) {
  if (expected.size() != found.size()) {
    findings.push_back(std::string(what) + ": expected " + serialize(expected) + ", found " +
                       serialize(found));
    return;
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    Compare(std::string(what) + "[" + std::to_string(i) + "]", expected[i], &found[i], is_partial,
            findings);
  }
}

}  // namespace

bool IsDescription(const value& expected) {
  if (!expected.is_string()) return false;
  const auto& text = expected.get_string();
  return text.size() > 2 && text.front() == '*' && text.back() == '*';
}

void Compare(std::string_view what, const value& expected, const value* found, bool is_partial,
             std::vector<std::string>& findings) {
  if (found == nullptr) {
    findings.push_back(std::string(what) + " is missing, expected " + serialize(expected));
  } else if (IsDescription(expected)) {
    if (!found->is_string() || found->get_string().empty()) {
      findings.push_back(std::string(what) + ": expected " + serialize(expected) + ", found " +
                         serialize(*found));
    }
  } else if (expected.is_object() && found->is_object()) {
    CompareObjects(what, expected.get_object(), found->get_object(), is_partial, findings);
  } else if (expected.is_array() && found->is_array()) {
    CompareArrays(what, expected.get_array(), found->get_array(), is_partial, findings);
  } else if (expected != *found) {
    findings.push_back(std::string(what) + ": expected " + serialize(expected) + ", found " +
                       serialize(*found));
  }
}

}  // namespace outpost::tests
