#pragma once

#include <filesystem>
#include <string>

#include "format/sheets/table.h"

/// How the commands of `outpost size` write what they found.
namespace outpost::cli {

/// @throws Problem kNotFound
std::string ReadWholeFile(const std::string& path);
/// @throws Problem kInternal when the file cannot be written
void WriteWholeFile(const std::filesystem::path& path, const std::string& text);

/// "xlsx" and the like: the format that was asked for, else that of the file name, else text for
/// the terminal and xlsx for a file.
std::string FormatFor(const std::string& format, const std::string& output);

/// One result in every form that somebody may ask for.
struct SizeOutput {
  sheets::Workbook workbook;  // XLSX, and for CSV a file per table
  std::string text, json, html;
};
/// Writes it as one file or, for CSV, as one folder; an empty output means the terminal.
void Emit(const std::string& format, const std::string& output, const SizeOutput& result);

}  // namespace outpost::cli
