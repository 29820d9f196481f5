#include "transition/plan/document.h"

#include <fmt/format.h>

#include "base/problem.h"
#include "base/text.h"
#include "format/sheets/page.h"
#include "format/sheets/text.h"

namespace outpost::plan {
namespace {

/// Escaped, with `code` between backticks.
std::string Inline(std::string_view text) {
  std::string out;
  bool in_code = false;
  for (const auto piece : Split(text, '`')) {
    if (in_code) {
      out += "<code>" + EscapeMarkup(piece) + "</code>";
    } else {
      out += EscapeMarkup(piece);
    }
    in_code = !in_code;
  }
  return out;
}

std::string HtmlList(const std::vector<std::string>& items, const char* tag) {
  std::string out = fmt::format("<{}>", tag);
  for (const auto& item : items) out += "<li>" + Inline(item) + "</li>";
  return out + fmt::format("</{}>\n", tag);
}

/// The heading above it says what it is.
std::string TableWithoutTitle(sheets::Table table) {
  table.title.clear();
  return sheets::HtmlOf(table, Inline);
}

}  // namespace

void Document::Table(sheets::Table table) {
  Part part;
  part.kind = Part::kTable;
  part.table = std::move(table);
  parts_.push_back(std::move(part));
}

void Document::Picture(std::string file, std::string svg, Narrow narrow) {
  Part part;
  part.kind = Part::kPicture;
  part.narrow = narrow;
  part.text = std::move(file);
  part.svg = std::move(svg);
  parts_.push_back(std::move(part));
}

void Document::Add(Part::Kind kind, std::string text) {
  Part part;
  part.kind = kind;
  part.text = std::move(text);
  parts_.push_back(std::move(part));
}

void Document::AddList(Part::Kind kind, std::vector<std::string> items) {
  Part part;
  part.kind = kind;
  part.items = std::move(items);
  parts_.push_back(std::move(part));
}

std::string Document::MarkdownOf(const Part& part) {
  std::string out;
  switch (part.kind) {
    case Part::kHeading:
      return "## " + part.text + "\n";
    case Part::kSubHeading:
      return "### " + part.text + "\n";
    case Part::kText:
      return part.text + "\n";
    case Part::kNote:
      return "> " + part.text + "\n";
    case Part::kCode:
      return "```\n" + part.text + (part.text.ends_with('\n') ? "" : "\n") + "```\n";
    case Part::kItems:
      for (const auto& item : part.items) out += "- " + item + "\n";
      return out;
    case Part::kSteps:
      for (std::size_t i = 0; i < part.items.size(); ++i) {
        out += fmt::format("{}. {}\n", i + 1, part.items[i]);
      }
      return out;
    case Part::kTable:
      return sheets::MarkdownOf(part.table);
    case Part::kPicture:
      return fmt::format("![drawing]({})\n", part.text);
  }
  OUTPOST_CHECK(false);
}

std::string Document::HtmlOf(const Part& part) {
  switch (part.kind) {
    case Part::kHeading:
      return "<h2>" + Inline(part.text) + "</h2>\n";
    case Part::kSubHeading:
      return "<h3>" + Inline(part.text) + "</h3>\n";
    case Part::kText:
      return "<p>" + Inline(part.text) + "</p>\n";
    case Part::kNote:
      return "<p class='note'>" + Inline(part.text) + "</p>\n";
    case Part::kCode:
      return "<pre>" + EscapeMarkup(part.text) + "</pre>\n";
    case Part::kItems:
      return HtmlList(part.items, "ul");
    case Part::kSteps:
      return HtmlList(part.items, "ol");
    case Part::kTable:
      return TableWithoutTitle(part.table);
    case Part::kPicture:
      return fmt::format("<div class='wide{}'>{}</div>\n",
                         part.narrow == Narrow::kScrolls ? " scrolls" : "", part.svg);
  }
  OUTPOST_CHECK(false);
}

std::string Document::Markdown() const {
  std::string out = "# " + title_ + "\n";
  for (const auto& part : parts_) out += "\n" + MarkdownOf(part);
  return out;
}

std::vector<std::pair<std::string, std::string>> Document::Pictures() const {
  std::vector<std::pair<std::string, std::string>> pictures;
  for (const auto& part : parts_) {
    if (part.kind == Part::kPicture) pictures.emplace_back(part.text, part.svg);
  }
  return pictures;
}

std::string Document::Html() const {
  std::string body = "<h1>" + Inline(title_) + "</h1>\n";
  for (const auto& part : parts_) body += HtmlOf(part);
  // A drawing is read better on a wider page.
  return sheets::HtmlPage(title_, body, Pictures().empty() ? "" : "body{max-width:80rem}");
}

}  // namespace outpost::plan
