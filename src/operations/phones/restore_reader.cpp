#include "operations/phones/restore_reader.h"

#include "base/problem.h"
#include "base/text.h"
#include "operations/phones/detail/payload.h"

namespace outpost::phones {
namespace detail {

void Refuse(const xml::Element& where, std::string why) {
  throw Refusal{std::move(why), where.position()};
}

std::string TextOf(const xml::Element& element) {
  if (element.has_children()) {
    Refuse(element, std::string(element.name()) + " holds elements where text is expected");
  }
  return std::string(element.text());
}

std::string TrimmedTextOf(const xml::Element& element) {
  return std::string(Trim(TextOf(element)));
}

std::string RequiredAttribute(const xml::Element& element, std::string_view name) {
  const auto value = element.attribute(name);
  if (!value || value->empty()) {
    Refuse(element, std::string(element.name()) + " has no " + std::string(name));
  }
  return std::string(*value);
}

bool IsNamed(const xml::Element& element, std::string_view name) {
  return EqualsIgnoreCase(element.name(), name);
}

}  // namespace detail

namespace {

using detail::IsNamed;
using xml::Element;

constexpr std::string_view kLedgerNamespace = "http://commcarehq.org/ledger/v1";
constexpr std::string_view kSyncNamespace = "http://commcarehq.org/sync";

/// Gives each known element below `parent` to its parser; unknown ones are looked into.
void ReadChildren(const Element& parent, detail::Payload& payload) {
  for (auto child = parent.first_child(); child; child = child->next_sibling()) {
    if (child->uri() == kLedgerNamespace) {
      ReadLedger(*child, payload);
    } else if (IsNamed(*child, "case")) {
      ReadCase(*child, payload);
    } else if (IsNamed(*child, "registration")) {
      ReadRegistration(*child, payload);
    } else if (IsNamed(*child, "schema")) {
      ReadSchema(*child, payload);
    } else if (IsNamed(*child, "fixture")) {
      ReadFixture(*child, payload);
    } else if (IsNamed(*child, "sync") && child->uri() == kSyncNamespace) {
      ReadSync(*child, payload);
    } else {
      ReadChildren(*child, payload);
    }
  }
}

std::string WithLine(const std::string& why, Position at) {
  return why + " (line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ")";
}

/// What reads a document and says in words why it does not like it.
template <typename Read>
std::string Try(std::string_view bytes, const xml::Limits& limits, const Read& read) {
  try {
    const auto document = xml::Document::Parse(bytes, limits);
    read(document.root());
    return {};
  } catch (const detail::Refusal& refusal) {
    return WithLine(refusal.why, refusal.at);
  } catch (const Problem& problem) {
    return WithLine(problem.told(), problem.position());
  }
}

void ReadSearchCase(const Element& element, SearchOutcome& outcome) {
  if (element.name() != "case") detail::Refuse(element, "search results hold another element");
  for (const char* name : {"case_type", "owner_id", "status"}) {
    detail::RequiredAttribute(element, name);
  }
  for (const char* name : {"case_name", "last_modified"}) {
    const auto child = element.child(name);
    if (!child || Trim(child->text()).empty()) {
      detail::Refuse(element, std::string(name) + " is missing");
    }
  }
  outcome.case_ids.push_back(detail::RequiredAttribute(element, "case_id"));
}

}  // namespace

RestoreOutcome ApplyRestore(std::string_view bytes, PhoneStore& store, const ReadOptions& options) {
  RestoreOutcome outcome;
  auto copy = store;
  if (options.replaces_cases) {
    copy.cases.clear();
    copy.ledgers.clear();
  }
  outcome.refusal = Try(bytes, options.limits, [&](const Element& root) {
    if (const auto items = root.attribute("items")) outcome.items = ParseInt(*items);
    for (auto child = root.first_child(); child; child = child->next_sibling()) {
      ++outcome.items_counted;
    }
    detail::Payload payload{copy, options, outcome, {}, {}};
    ReadChildren(root, payload);
  });
  if (!outcome.refusal.empty()) {
    RestoreOutcome refused;
    refused.refusal = std::move(outcome.refusal);
    return refused;
  }
  outcome.is_accepted = true;
  copy.sync_token = outcome.token;
  store = std::move(copy);
  return outcome;
}

std::optional<PendingRestore> ReadPending(std::string_view bytes) {
  PendingRestore pending;
  int messages = 0, progresses = 0;
  const auto refusal = Try(bytes, {}, [&](const Element& root) {
    for (auto child = root.first_child(); child; child = child->next_sibling()) {
      if (child->name() == "message") {
        ++messages;
        pending.message = child->text();
      } else if (IsNamed(*child, "sync")) {
        for (auto part = child->first_child(); part; part = part->next_sibling()) {
          if (part->name() != "progress") continue;
          ++progresses;
          const auto done = ParseInt(part->attribute("done").value_or(""));
          const auto total = ParseInt(part->attribute("total").value_or(""));
          if (!done || !total) detail::Refuse(*part, "done or total is no number");
          pending.done = *done;
          pending.total = *total;
        }
      }
    }
  });
  if (!refusal.empty() || messages != 1 || progresses != 1) return std::nullopt;
  return pending;
}

SearchOutcome ReadSearchResults(std::string_view bytes) {
  SearchOutcome outcome;
  outcome.refusal = Try(bytes, kRestoreLimits, [&](const Element& root) {
    if (root.name() != "results" || !root.attribute("id")) {
      detail::Refuse(root, "these are no search results");
    }
    for (auto child = root.first_child(); child; child = child->next_sibling()) {
      ReadSearchCase(*child, outcome);
    }
  });
  outcome.is_accepted = outcome.refusal.empty();
  if (!outcome.is_accepted) outcome.case_ids.clear();
  return outcome;
}

std::optional<std::string> MessageOfNature(std::string_view bytes, std::string_view nature) {
  std::optional<std::string> message;
  Try(bytes, {}, [&](const Element& root) {
    const auto first = root.first_child();
    if (root.name() != "OpenRosaResponse" || !first || first->name() != "message") return;
    if (first->attribute("nature") == nature) message = std::string(first->text());
  });
  return message;
}

}  // namespace outpost::phones
