#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What a phone does with the answers to claims and searches, and how it asks for a search (app
/// delivery document 12, 21). Pure.
namespace outpost::phones {

/// A string of the client's own; both empty: the phone syncs and the session goes on.
struct PostReaction {
  std::string string_id;
  std::string argument;

  bool is_success() const { return string_id.empty(); }
};
/// @param status 0: no answer came
PostReaction ReactToPost(int status);

struct QueryAnswer {
  std::string key;
  std::vector<std::string> values;  // several of a multiple choice; one empty: answered blank
  bool is_excluded = false;
};
/// Hidden values first, then what was answered, but not what holds the same already.
/// @param data keys and values in the order of the suite
std::string QueryAddress(std::string_view url,
                         const std::vector<std::pair<std::string, std::string>>& data,
                         const std::vector<QueryAnswer>& answers);

/// "2020-02-15 to 2021-03-18" as it is sent; anything else as it is.
std::string DateRange(std::string_view answer);

/// Empty: the result is taken. Else the client's string; the phone stays on the search screen.
std::string ReactToQuery(int status, std::string_view body);

}  // namespace outpost::phones
