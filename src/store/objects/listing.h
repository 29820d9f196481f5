#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What an S3-compatible server says in XML. It comes from outside: limits on everything.
namespace outpost::objects {

struct ListedObject {
  std::string key;
  std::int64_t bytes = 0;
};

struct ListPage {
  std::vector<ListedObject> objects;
  std::string next;  // token of the next page; empty: this was the last one
};

/// A page has at most 1,000 objects with keys of at most 1,024 bytes.
inline constexpr std::size_t kListPageBytesMax = 8u << 20;

/// ListObjectsV2. @throws Problem kMalformed when it is no such answer, or contradicts itself
ListPage ReadListPage(std::string_view xml);

/// <Error>. Empty texts where it says nothing, or is something else.
struct ErrorWords {
  std::string code, message, region;
};
ErrorWords ReadErrorWords(std::string_view xml);

}  // namespace outpost::objects
