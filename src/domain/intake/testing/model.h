#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// A small in-memory model of forms, cases and ledgers: the rules of the submission document (10,
/// 13, 16, 17, 20, 23) said once more, as simply as can be, to hold the program against.
namespace outpost::intake_testing {

struct Block {
  std::string case_id;
  std::int64_t date = 0;  // microseconds
  bool creates = false;
  std::string type, name, owner;
  std::map<std::string, std::string> update;
  bool closes = false;
  std::map<std::string, std::string> indices;  // identifier -> referenced case, "" removes
};

struct Line {
  bool is_transfer = false;
  std::string case_id, entry;
  std::int64_t quantity = 0;
  std::int64_t date = 0;
};

struct Content {
  std::string user;
  std::vector<Block> blocks;
  std::vector<Line> lines;
};

enum class State { kNormal, kArchived, kError, kDeprecated };

struct Form {
  std::string id;
  State state = State::kNormal;
  std::int64_t received_on = 0;
  Content content;
  std::optional<Content> in_effect;  // an earlier one when an edit was refused
};

struct Touch {
  std::size_t form = 0;
  bool is_revoked = false;
};

struct Case {
  bool is_deleted = false, is_closed = false;
  std::string type, name, owner, opened_by, modified_by, closed_by;
  std::optional<std::int64_t> opened_on, modified_on, closed_on;
  std::int64_t server_modified_on = 0;
  std::map<std::string, std::string> properties, indices;
  std::vector<Touch> touches;  // forms that have a transaction, in the order they came to it
};

struct LedgerLine {
  std::size_t form = 0;
  std::size_t step = 0;
  bool is_transfer = false;
  std::int64_t date = 0, delta = 0, balance = 0;
};

struct Ledger {
  std::optional<std::int64_t> balance;
  std::vector<LedgerLine> lines;
};

class Model {
 public:
  /// A form, or new bytes under a known id. @returns whether it took effect.
  bool Submit(const std::string& id, const Content& content, std::int64_t now);
  bool Reprocess(const std::string& id, std::int64_t now);
  void Archive(const std::string& id, std::int64_t now);
  void Unarchive(const std::string& id, std::int64_t now);
  void TurnCase(const std::string& id, bool is_deleted, std::int64_t now);
  void Rebuild(const std::string& id, std::int64_t now);

  const std::map<std::string, Case>& cases() const { return cases_; }
  const std::map<std::pair<std::string, std::string>, Ledger>& ledgers() const { return ledgers_; }
  /// Forms by id that are in this state.
  std::vector<std::string> FormsIn(State state) const;
  const Form& form(const std::string& id) const { return forms_[by_id_.at(id)]; }

 private:
  bool IsRefused(const Content& content) const;
  void Apply(std::size_t form);
  bool Edit(std::size_t form, const Content& content, std::int64_t now);
  void Turn(const std::string& id, bool is_archived, std::int64_t now);
  void RebuildCase(const std::string& id, std::int64_t now, std::optional<std::size_t> restored);
  void ReviseLedgers(std::size_t form, const Content& removed, const Content& added, bool keeps);
  void ReviseLedger(const std::pair<std::string, std::string>& key, std::size_t form,
                    const Content& added, bool keeps);

  std::vector<Form> forms_;  // in the order they came
  std::map<std::string, std::size_t> by_id_;
  std::map<std::string, Case> cases_;
  std::map<std::pair<std::string, std::string>, Ledger> ledgers_;
};

}  // namespace outpost::intake_testing
