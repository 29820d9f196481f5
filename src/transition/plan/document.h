#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/sheets/table.h"

namespace outpost::plan {

/// A text with headings, lists and tables that becomes Markdown or a printable page. Words between
/// `backticks` are set as code; everything else is plain text and escaped as the format needs.
class Document {
 public:
  Document(std::string stem, std::string title)
      : stem_(std::move(stem)), title_(std::move(title)) {}

  void Heading(std::string text) { Add(Part::kHeading, std::move(text)); }
  void SubHeading(std::string text) { Add(Part::kSubHeading, std::move(text)); }
  void Text(std::string text) { Add(Part::kText, std::move(text)); }
  void Note(std::string text) { Add(Part::kNote, std::move(text)); }
  void Code(std::string text) { Add(Part::kCode, std::move(text)); }
  void Items(std::vector<std::string> items) { AddList(Part::kItems, std::move(items)); }
  void Steps(std::vector<std::string> items) { AddList(Part::kSteps, std::move(items)); }
  void Table(sheets::Table table);
  /// A drawing: a link to the file in Markdown, the drawing itself on the page. On a narrow screen
  /// it shrinks, or keeps its size and scrolls where its texts would be too small.
  enum class Narrow : std::uint8_t { kShrinks, kScrolls };
  void Picture(std::string file, std::string svg, Narrow narrow);

  const std::string& stem() const { return stem_; }  // of the file name
  const std::string& title() const { return title_; }
  std::string Markdown() const;
  std::string Html() const;
  /// File name and drawing, for whoever writes the Markdown beside them.
  std::vector<std::pair<std::string, std::string>> Pictures() const;

 private:
  struct Part {
    enum Kind { kHeading, kSubHeading, kText, kNote, kCode, kItems, kSteps, kTable, kPicture };
    Kind kind = kText;
    std::string text;
    std::vector<std::string> items;
    sheets::Table table;
    std::string svg;
    Narrow narrow = Narrow::kShrinks;
  };
  void Add(Part::Kind kind, std::string text);
  void AddList(Part::Kind kind, std::vector<std::string> items);
  static std::string MarkdownOf(const Part& part);
  static std::string HtmlOf(const Part& part);

  std::string stem_;
  std::string title_;
  std::vector<Part> parts_;
};

}  // namespace outpost::plan
