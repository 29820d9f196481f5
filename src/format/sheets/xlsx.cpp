#include "format/sheets/xlsx.h"

#include <fmt/format.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <memory>
#include <unordered_set>

#include "base/problem.h"
#include "base/text.h"

namespace outpost::sheets {
namespace {

std::string SheetName(std::string name, std::unordered_set<std::string>* used) {
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return std::string_view("[]:*?/\\").find(c) != std::string_view::npos; }, '-');
  auto cut = name.substr(0, kSheetNameMax);
  for (int i = 2; !used->insert(ToLower(cut)).second; ++i) {
    const auto suffix = fmt::format("~{}", i);
    cut = name.substr(0, kSheetNameMax - suffix.size()) + suffix;
  }
  return cut;
}

class Writer {
 public:
  explicit Writer(const std::filesystem::path& file)
      : file_(file.string()), book_(workbook_new(file_.c_str())) {
    if (book_ == nullptr) throw Problem(ProblemKind::kInternal, "No memory for the workbook.");
    title_ = workbook_add_format(book_);
    format_set_bold(title_);
    format_set_font_size(title_, 13);
    header_ = workbook_add_format(book_);
    format_set_bold(header_);
    format_set_bottom(header_, LXW_BORDER_THIN);
    format_set_text_wrap(header_);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() {
    if (book_ != nullptr) workbook_close(book_);
  }

  void Add(const Sheet& sheet) {
    auto* page = workbook_add_worksheet(book_, SheetName(sheet.name, &used_).c_str());
    if (page == nullptr) {
      throw Problem(ProblemKind::kInternal, fmt::format("Cannot add the sheet '{}'.", sheet.name));
    }
    worksheet_set_column(page, 0, 0, 30, nullptr);
    worksheet_set_column(page, 1, 40, 14, nullptr);
    lxw_row_t row = 0;
    for (const auto& table : sheet.tables) row = AddTable(page, row, table) + 1;
  }

  void Close() {
    auto* book = book_;
    book_ = nullptr;
    const auto error = workbook_close(book);
    if (error != LXW_NO_ERROR) {
      throw Problem(ProblemKind::kInternal,
                    fmt::format("Cannot write {}: {}.", file_, lxw_strerror(error)));
    }
  }

 private:
  lxw_row_t AddTable(lxw_worksheet* page, lxw_row_t row, const Table& table) {
    if (!table.title.empty()) {
      worksheet_write_string(page, row++, 0, table.title.c_str(), title_);
    }
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      worksheet_write_string(page, row, static_cast<lxw_col_t>(i), table.columns[i].c_str(),
                             header_);
    }
    ++row;
    for (const auto& cells : table.rows) {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto column = static_cast<lxw_col_t>(i);
        if (const auto* number = std::get_if<double>(&cells[i])) {
          worksheet_write_number(page, row, column, *number, nullptr);
        } else if (const auto* text = std::get_if<std::string>(&cells[i])) {
          worksheet_write_string(page, row, column, text->c_str(), nullptr);
        }
      }
      ++row;
    }
    return row;
  }

  std::string file_;
  lxw_workbook* book_;
  lxw_format* title_ = nullptr;
  lxw_format* header_ = nullptr;
  std::unordered_set<std::string> used_;
};

}  // namespace

void WriteXlsx(const Workbook& workbook, const std::filesystem::path& file) {
  Writer writer(file);
  for (const auto& sheet : workbook.sheets) writer.Add(sheet);
  writer.Close();
}

}  // namespace outpost::sheets
