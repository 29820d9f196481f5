#include "cli/size_output.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "base/problem.h"
#include "format/sheets/xlsx.h"
#include "transition/sizing/render.h"

namespace outpost::cli {

namespace fs = std::filesystem;

std::string ReadWholeFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) throw Problem(ProblemKind::kNotFound, fmt::format("Cannot read {}.", path));
  return text.str();
}

void WriteWholeFile(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw Problem(ProblemKind::kInternal, fmt::format("Cannot write {}.", path.string()));
}

std::string FormatFor(const std::string& format, const std::string& output) {
  if (!format.empty()) return format;
  const auto extension = fs::path(output).extension().string();
  if (extension == ".json" || extension == ".html" || extension == ".csv" || extension == ".xlsx") {
    return extension.substr(1);
  }
  return output.empty() ? "text" : "xlsx";
}

void Emit(const std::string& format, const std::string& output, const SizeOutput& result) {
  if (output.empty()) {
    if (format == "xlsx" || format == "csv") {
      throw Problem(ProblemKind::kBadRequest,
                    fmt::format("--format {} needs --output with a {}.", format,
                                format == "csv" ? "folder" : "file name"));
    }
    std::cout << (format == "json" ? result.json : format == "html" ? result.html : result.text);
    return;
  }
  std::cout << fmt::format("Writing output to {}\n", output);
  if (format == "xlsx") {
    sheets::WriteXlsx(result.workbook, output);
  } else if (format == "csv") {
    sizing::WriteCsvFiles(result.workbook, output);
  } else {
    WriteWholeFile(output, format == "json"   ? result.json
                           : format == "html" ? result.html
                                              : result.text);
  }
}

}  // namespace outpost::cli
