#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/suite/text.h"

/// What an entry collects before it starts, and what it does when it ends. Sections 17.3, 17.7 to
/// 17.12.
namespace outpost::suite {

struct Instance {
  std::string id, src;
  Place place;
};

/// Parameters of a query or a post. Without nodeset one value, else one for each node.
struct QueryData {
  std::string key;
  Xpath ref;
  std::optional<Xpath> exclude, nodeset;
  Place place;
};

struct Itemset {
  Xpath nodeset, value, label;
  std::optional<Xpath> sort;
};

/// <required> or <validation> of a prompt.
struct PromptRule {
  Xpath test;
  std::optional<Text> message;
};

struct Prompt {
  std::string key;
  std::string input;                // "select1", "daterange", …; empty: text
  std::string appearance, receive;  // may be empty
  bool is_hidden = false;
  bool allows_blank = false;
  std::optional<Xpath> default_value, exclude;
  std::optional<PromptRule> required, validation;
  std::string group_key;  // may be empty
  Display display;
  std::optional<Itemset> itemset;
  Place place;
};

struct PromptGroup {
  std::string key;
  Display display;
};

struct Query {
  std::string url;
  std::string storage_instance;  // instance id of the result
  std::string result_template;   // "case" or empty
  bool runs_at_once = false;     // default_search: the screen is not shown
  bool searches_while_typing = false;
  bool searches_on_clear = false;
  std::optional<Text> title, description;
  std::vector<QueryData> data;
  std::vector<Prompt> prompts;
  std::vector<PromptGroup> groups;
};

/// At most so many entities of an <instance-datum> without max-select-value.
inline constexpr int kSelectedEntitiesMax = 100;

struct Datum {
  enum class Kind : std::uint8_t { kComputed, kEntity, kMultiEntity, kFormId, kQuery };
  Kind kind = Kind::kComputed;
  std::string id;             // kQuery: its storage instance; kFormId: empty
  Xpath function;             // kComputed, kFormId
  Xpath nodeset, value;       // kEntity, kMultiEntity
  std::string detail_select;  // names of details; each may be empty
  std::string detail_confirm;
  std::string detail_inline;
  std::string detail_persistent;
  bool is_auto_selected = false;
  int selected_max = kSelectedEntitiesMax;  // kMultiEntity
  std::optional<Query> query;               // kQuery
  Place place;
};

struct Post {
  std::string url;
  std::optional<Xpath> relevant;
  std::vector<QueryData> data;
  Place place;
};

struct Assertion {
  Xpath test;
  Text text;
  Place place;
};

struct StackStep {
  enum class Kind : std::uint8_t {
    kCommand,
    kDatum,
    kInstanceDatum,
    kQuery,
    kMark,
    kRewind,
    kJump,
  };
  Kind kind = Kind::kCommand;
  std::string id;                // kDatum, kInstanceDatum, kQuery, kJump
  std::optional<Xpath> value;    // where it is computed
  std::string literal;           // where value is absent
  std::string url;               // kQuery
  std::vector<QueryData> data;   // kQuery
  std::optional<Text> jump_url;  // kJump
  Place place;
};

struct StackOperation {
  enum class Kind : std::uint8_t { kCreate, kPush, kClear };
  Kind kind = Kind::kCreate;
  std::optional<Xpath> condition;
  std::vector<StackStep> steps;
  Place place;
};

struct EndpointArgument {
  std::string id, instance_id, instance_src;  // the last two may be empty, both or none
};

/// A door into the app for links.
struct Endpoint {
  std::string id;
  bool respects_relevancy = true;
  std::vector<EndpointArgument> arguments;
  std::vector<StackOperation> stack;
  Place place;
};

}  // namespace outpost::suite
