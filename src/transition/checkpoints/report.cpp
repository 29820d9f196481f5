#include "transition/checkpoints/report.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <functional>

#include "base/problem.h"
#include "base/text.h"
#include "format/sheets/page.h"
#include "format/sheets/text.h"
#include "transition/checkpoints/collectors.h"
#include "transition/checkpoints/tracker.h"

namespace outpost::transition {
namespace {

using sheets::Table;

std::string SeenText(const Record* record, Instant now) {
  if (record == nullptr || !record->evidence) return {};
  const auto& evidence = *record->evidence;
  const bool is_seen = evidence.collector != NotYetCollector().name();
  return fmt::format("{}{} ({}{})", evidence.IsStaleAt(now) ? "stale: " : "", evidence.sentence,
                     FormatDate(evidence.at), is_seen ? ", " + evidence.collector : "");
}

/// For a line of a terminal; the whole text is shown with the item.
std::string Shortened(const std::string& text) {
  constexpr std::size_t kShown = 110;
  if (text.size() <= kShown) return text;
  const auto blank = text.rfind(' ', kShown);
  return text.substr(0, blank == std::string::npos ? kShown : blank) + " …";
}

std::string SignedText(const Record* record) {
  if (record == nullptr) return {};
  if (record->waived_at) {
    return fmt::format("waived by {}: {}", record->waived_by, record->waived_because);
  }
  if (!record->signature) return {};
  const auto& signature = *record->signature;
  return fmt::format("{}, {}, {}{}", signature.name, signature.function, FormatDate(signature.at),
                     signature.document.empty() ? "" : ": " + signature.document);
}

std::vector<sheets::Cell> RowOf(const Tracker& tracker, const Item& item, Instant now) {
  const auto* record = tracker.Find(item.id);
  const auto text = [&](std::string Record::*field) {
    return record == nullptr ? std::string() : record->*field;
  };
  return {std::string(item.id),
          std::string(item.text),
          std::string(NameOf(StateOf(tracker, item.id, now))),
          text(&Record::answer),
          SeenText(record, now),
          text(&Record::owner),
          text(&Record::due),
          SignedText(record)};
}

Table ItemTable(const Tracker& tracker, Instant now, const std::string& title,
                const std::function<bool(const Item&)>& wanted) {
  Table table{
      title, {"Id", "Item", "State", "Answer", "What was seen", "Owner", "Due", "Signed"}, {}};
  for (const auto& item : Items()) {
    if (wanted(item)) table.rows.push_back(RowOf(tracker, item, now));
  }
  return table;
}

Table PhaseTable(const Tracker& tracker, Instant now) {
  Table table{"Progress", {"Phase", "Title", "Checkpoints", "Closed", "Overdue", "Passed"}, {}};
  for (const auto& one : ProgressOf(tracker, now)) {
    table.rows.push_back({std::string(one.phase), std::string(TitleOfPhase(one.phase)),
                          1.0 * one.checkpoints, 1.0 * one.closed, 1.0 * one.overdue,
                          one.passed ? "yes" : "no"});
  }
  return table;
}

Table AuditTable(const Tracker& tracker) {
  Table table{"Audit trail", {"Time", "Who", "What", "Item", "Detail", "Hash"}, {}};
  for (const auto& entry : tracker.audit) {
    constexpr std::size_t kShown = 12;
    table.rows.push_back({FormatT6(entry.at).substr(0, 19) + "Z", entry.who, entry.what, entry.id,
                          entry.detail, entry.hash.substr(0, kShown)});
  }
  return table;
}

/// The state of an item with a sign that is also seen in black and white.
std::string StateMarkup(std::string_view text) {
  static constexpr struct {
    State state;
    const char* sign;
    const char* look;
  } kLooks[] = {{State::kOpen, "○", "open"},         {State::kAnswered, "●", "good"},
                {State::kEvidenceOk, "●", "good"},   {State::kEvidenceFailed, "✗", "bad"},
                {State::kSigned, "✓", "closed"},     {State::kWaived, "✓", "closed"},
                {State::kNotApplicable, "–", "open"}};
  for (const auto& [state, sign, look] : kLooks) {
    if (text == NameOf(state)) {
      return fmt::format("<span class='{}'>{} {}</span>", look, sign, text);
    }
  }
  return EscapeMarkup(text);
}

constexpr std::string_view kStateStyle =
    "span.open{color:#5a6675}span.good{color:#0b5cab}span.closed{color:#1d6b4f;font-weight:600}"
    "span.bad{color:#b3261e;font-weight:600}td span{white-space:nowrap}"
    "td:first-child{white-space:nowrap}th:nth-child(2),td:nth-child(2){min-width:16rem}"
    "@media screen and (max-width:44rem){td:nth-child(2){min-width:0}}";

bool IsCheckpoint(const Item& item) { return item.kind == ItemKind::kCheckpoint; }
bool IsQuestion(const Item& item) { return item.kind == ItemKind::kQuestion; }
bool IsOther(const Item& item) { return !IsCheckpoint(item) && !IsQuestion(item); }

boost::json::object ItemJson(const Tracker& tracker, const Item& item, Instant now) {
  namespace json = boost::json;
  json::object object = {{"id", item.id},
                         {"kind", NameOf(item.kind)},
                         {"phase", item.phase},
                         {"section", item.section},
                         {"optional", item.optional},
                         {"level", NameOf(item.level)},
                         {"text", item.text},
                         {"state", NameOf(StateOf(tracker, item.id, now))}};
  const auto* record = tracker.Find(item.id);
  if (record != nullptr) {
    object["answer"] = record->answer;
    object["owner"] = record->owner;
    object["due"] = record->due;
    if (record->evidence) {
      const auto& evidence = *record->evidence;
      json::object figures;
      for (const auto& figure : evidence.figures) figures[figure.first] = figure.second;
      object["evidence"] = {{"verdict", NameOf(evidence.verdict)},
                            {"sentence", evidence.sentence},
                            {"at", FormatT6(evidence.at)},
                            {"stale", evidence.IsStaleAt(now)},
                            {"collector", evidence.collector},
                            {"figures", figures},
                            {"hash", evidence.hash}};
    }
    if (record->signature) object["signed"] = SignedText(record);
  }
  if (IsCheckpoint(item)) {
    json::array blockers;
    for (const auto& blocker : BlockersOf(tracker, item, now)) {
      blockers.push_back(json::string(blocker.why));
    }
    object["blockers"] = blockers;
  }
  return object;
}

}  // namespace

sheets::Workbook ProgressWorkbook(const Tracker& tracker, Instant now, const std::string& title) {
  sheets::Workbook book;
  book.sheets.push_back(
      {"Progress", {{title, {"As of"}, {{FormatDate(now)}}}, PhaseTable(tracker, now)}});
  book.sheets.push_back({"Checkpoints", {ItemTable(tracker, now, "", IsCheckpoint)}});
  book.sheets.push_back({"Questions", {ItemTable(tracker, now, "", IsQuestion)}});
  book.sheets.push_back({"Other items", {ItemTable(tracker, now, "", IsOther)}});
  book.sheets.push_back({"Audit trail", {AuditTable(tracker)}});
  return book;
}

std::string ReportText(const Tracker& tracker, Instant now, const std::string& only_phase) {
  std::string out = sheets::TextOf(PhaseTable(tracker, now)) + "\n";
  Table table{"", {"Id", "State", "Item", "What is missing or was seen"}, {}};
  for (const auto& item : Items()) {
    if (!IsCheckpoint(item) || (!only_phase.empty() && item.phase != only_phase)) continue;
    const auto state = StateOf(tracker, item.id, now);
    const auto blockers = BlockersOf(tracker, item, now);
    std::string note = SignedText(tracker.Find(item.id));
    if (state != State::kSigned && state != State::kWaived) {
      note = !blockers.empty()             ? blockers[0].why
             : state == State::kEvidenceOk ? "ready to be signed"
                                           : "to be signed with a document";
      note = Shortened(note);
      if (blockers.size() > 1) note += fmt::format(" (and {} more)", blockers.size() - 1);
    }
    if (state == State::kNotApplicable) note.clear();
    table.rows.push_back(
        {std::string(item.id), std::string(NameOf(state)), std::string(item.text), note});
  }
  return out + sheets::TextOf(table);
}

std::string ReportMarkdown(const Tracker& tracker, Instant now, const std::string& title) {
  std::string out = fmt::format("# {}\n\nAs of {}.\n", title, FormatDate(now));
  for (const auto& sheet : ProgressWorkbook(tracker, now, title).sheets) {
    out += "\n## " + sheet.name + "\n\n" + sheets::MarkdownOf(sheet.tables.back());
  }
  return out;
}

std::string ReportHtml(const Tracker& tracker, Instant now, const std::string& title) {
  auto body = fmt::format("<h1>{}</h1><p>As of {}.</p>\n", EscapeMarkup(title), FormatDate(now));
  for (const auto& sheet : ProgressWorkbook(tracker, now, title).sheets) {
    body += "<h2>" + EscapeMarkup(sheet.name) + "</h2>\n";
    auto table = sheet.tables.back();
    table.title.clear();
    body += sheets::HtmlOf(table, StateMarkup);
  }
  return sheets::HtmlPage(title, body, std::string(sheets::kWidePage).append(kStateStyle));
}

std::string ReportJson(const Tracker& tracker, Instant now) {
  namespace json = boost::json;
  json::array phases;
  for (const auto& one : ProgressOf(tracker, now)) {
    phases.push_back(json::object{{"phase", one.phase},
                                  {"checkpoints", one.checkpoints},
                                  {"closed", one.closed},
                                  {"overdue", one.overdue},
                                  {"passed", one.passed}});
  }
  json::array items;
  for (const auto& item : Items()) items.push_back(ItemJson(tracker, item, now));
  return json::serialize(
             json::object{{"at", FormatT6(now)}, {"phases", phases}, {"items", items}}) +
         "\n";
}

std::string ItemText(const Tracker& tracker, std::string_view id, Instant now) {
  const auto* item = FindItem(id);
  if (item == nullptr) {
    throw Problem(ProblemKind::kNotFound, fmt::format("There is no item '{}'.", id));
  }
  const auto* record = tracker.Find(id);
  std::string out = fmt::format("{} ({}, phase {}, {})\n{}\n\nState:    {}\nShown by: {}\n",
                                item->id, NameOf(item->kind), item->phase, NameOf(item->level),
                                item->text, NameOf(StateOf(tracker, id, now)), item->proof);
  if (record != nullptr) {
    if (!record->answer.empty()) {
      out += fmt::format("Answer:   {} ({})\n", record->answer, record->answered_by);
    }
    if (!record->owner.empty())
      out += fmt::format("Owner:    {} until {}\n", record->owner, record->due);
    if (record->evidence) {
      out += fmt::format("Seen:     {}\n", SeenText(record, now));
      for (const auto& figure : record->evidence->figures) {
        out += fmt::format("            {} = {}\n", figure.first, figure.second);
      }
      out += fmt::format("            hash {}\n", record->evidence->hash);
    }
    const auto signed_text = SignedText(record);
    if (!signed_text.empty()) out += fmt::format("Signed:   {}\n", signed_text);
  }
  for (const auto& blocker : BlockersOf(tracker, *item, now)) {
    out += fmt::format("Missing:  {}\n", blocker.why);
  }
  return out;
}

}  // namespace outpost::transition
