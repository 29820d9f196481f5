#include "transition/plan/generate.h"

#include <fmt/format.h>

#include <fstream>

#include "base/text.h"
#include "format/sheets/page.h"
#include "format/sheets/xlsx.h"
#include "transition/plan/documents.h"
#include "transition/plan/scale.h"
#include "transition/sizing/quick.h"

namespace outpost::plan {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  explicit Folder(fs::path root) : root_(std::move(root)) {}

  void Write(const std::string& path, const std::string& text, bool executable = false) {
    const auto file = Prepared(path);
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) throw Problem(ProblemKind::kInternal, fmt::format("Cannot write {}.", file.string()));
    if (executable) {
      fs::permissions(file, fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                      fs::perm_options::add);
    }
  }
  fs::path Prepared(const std::string& path) {
    const auto file = root_ / path;
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    written_.push_back(path);
    return file;
  }
  std::vector<std::string> written() && { return std::move(written_); }

 private:
  fs::path root_;
  std::vector<std::string> written_;
};

std::string IndexPage(const Plan& plan, const std::vector<Document>& documents) {
  auto body = fmt::format("<h1>{}: {}</h1>\n<ol>\n", EscapeMarkup(plan.organisation),
                          EscapeMarkup(plan.programme));
  for (const auto& document : documents) {
    body += fmt::format("<li><a href='{0}.html'>{1}</a> (<a href='{0}.md'>text</a>)</li>\n",
                        document.stem(), EscapeMarkup(document.title()));
  }
  body +=
      "<li><a href='answer-matrix.xlsx'>Answer matrix for bidders</a></li>\n"
      "<li><a href='sizing.yml'>Configuration of the resource model</a></li>\n</ol>\n";
  return sheets::HtmlPage(plan.programme, body);
}

}  // namespace

std::vector<std::string> GeneratePlan(const Plan& plan, const fs::path& folder,
                                      const ConfigurationOptions& options) {
  Folder out(folder);
  const auto documents = DocumentsOf(plan);
  out.Write("index.html", IndexPage(plan, documents));
  for (const auto& document : documents) {
    out.Write(document.stem() + ".md", document.Markdown());
    out.Write(document.stem() + ".html", document.Html());
    for (const auto& picture : document.Pictures()) out.Write(picture.first, picture.second);
  }
  out.Write("sizing.yml", sizing::ConfigOf(QuestionsOf(plan)));
  sheets::WriteXlsx(AnswerMatrixOf(plan), out.Prepared("answer-matrix.xlsx"));
  for (const auto& environment : plan.environments) {
    for (const auto& file : ConfigurationOf(plan, environment, options)) {
      out.Write("config/" + environment.name + "/" + file.machine + file.path, file.text,
                file.executable);
    }
  }
  return std::move(out).written();
}

}  // namespace outpost::plan
