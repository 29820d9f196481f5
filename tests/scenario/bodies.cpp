#include "scenario/bodies.h"

#include <fstream>
#include <sstream>

#include "base/ids.h"
#include "base/text.h"
#include "scenario/script.h"
#include "support/archives.h"

namespace outpost::tests {
namespace {

constexpr std::string_view kGenerate = "generate:";
constexpr std::string_view kArchive = "zip:";

std::string Repeated(std::string_view text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string FormAround(std::string_view content, std::string_view id) {
  return "<data xmlns=\"http://example.org/forms/generated\">" + std::string(content) +
         "<meta xmlns=\"http://openrosa.org/jr/xforms\"><userID>worker-1</userID><instanceID>" +
         std::string(id) + "</instanceID></meta></data>";
}

std::string SizedForm(std::size_t bytes, std::string_view id) {
  const std::string empty = FormAround("<note></note>", id);
  if (bytes < empty.size())
    throw ScenarioError("a form has at least " + std::to_string(empty.size()));
  return FormAround("<note>" + std::string(bytes - empty.size(), 'n') + "</note>", id);
}

std::string ManyCases(std::size_t count, std::string_view id) {
  std::string blocks;
  for (std::size_t i = 0; i < count; ++i) {
    blocks += "<row><case xmlns=\"http://commcarehq.org/case/transaction/v2\" case_id=\"" +
              std::string(id) + "-" + std::to_string(i) +
              "\" date_modified=\"2024-01-01T09:00:00.000Z\" user_id=\"worker-1\"><create>"
              "<case_type>row</case_type><case_name>Row " +
              std::to_string(i) + "</case_name></create></case></row>";
  }
  return FormAround(blocks, id);
}

/// The case "indexed" with so many indices to itself, in falling order of their identifiers.
std::string ManyIndices(std::size_t count, std::string_view id) {
  std::string block =
      "<case xmlns=\"http://commcarehq.org/case/transaction/v2\" case_id=\"indexed\" "
      "date_modified=\"2024-01-01T09:00:00.000Z\" user_id=\"worker-1\"><index>";
  for (std::size_t i = count; i > 0; --i) {
    const std::string name = "i" + std::to_string(1'000'000 + i);
    block += "<" + name + " case_type=\"t\">indexed</" + name + ">";
  }
  return FormAround(block + "</index></case>", id);
}

std::string SizedReport(std::size_t bytes, std::string_view id) {
  return "<device_report xmlns=\"http://code.javarosa.org/devicereport\"><log_subreport>"
         "<log date=\"2024-01-01\"><type>wild</type><msg>" +
         std::string(bytes, 'm') + "</msg></log></log_subreport><meta><instanceID>" +
         std::string(id) + "</instanceID></meta></device_report>";
}

std::string EntityBomb() {
  std::string text = "<!DOCTYPE data [<!ENTITY e0 \"grow\">";
  for (int level = 1; level < 10; ++level) {
    const std::string inner = "&e" + std::to_string(level - 1) + ";";
    text += "<!ENTITY e" + std::to_string(level) + " \"" + Repeated(inner, 10) + "\">";
  }
  return text + "]><data xmlns=\"http://example.org/forms/bomb\">&e9;</data>";
}

std::string Generate(std::string_view what, std::string_view id) {
  const auto open = what.find('(');
  const auto name = what.substr(0, open);
  if (name == "entities") return EntityBomb();
  if (open == std::string_view::npos || !what.ends_with(')')) {
    throw ScenarioError("a generator needs a size: " + std::string(what));
  }
  const auto size =
      static_cast<std::size_t>(ParseSize(what.substr(open + 1, what.size() - open - 2)));
  if (name == "form") return SizedForm(size, id);
  if (name == "deep") {
    return FormAround(Repeated("<g>", size) + Repeated("</g>", size), id);
  }
  if (name == "attribute") {
    return FormAround("<note long=\"" + std::string(size, 'a') + "\"/>", id);
  }
  if (name == "elements") return FormAround(Repeated("<q>1</q>", size), id);
  if (name == "cases") return ManyCases(size, id);
  if (name == "indices") return ManyIndices(size, id);
  if (name == "case-ids") {
    return "{\"case_ids\": [" + Repeated("\"none\",", size - 1) + "\"none\"]}";
  }
  if (name == "report") return SizedReport(size, id);
  if (name == "filler") return std::string(size, 'x');
  if (name == "zeros") return std::string(size, '\0');
  throw ScenarioError("there is no generator " + std::string(name));
}

std::string ReadFixture(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ScenarioError("there is no fixture " + path.filename().string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::int64_t ParseSize(std::string_view text) {
  std::int64_t unit = 1;
  if (text.ends_with("kB") || text.ends_with("MB")) {
    unit = text.ends_with("kB") ? 1024 : 1024 * 1024;
    text.remove_suffix(2);
  }
  const auto number = ParseInt(text);
  if (!number) throw ScenarioError("not a size: " + std::string(text));
  return *number * unit;
}

std::string MakeBody(const std::filesystem::path& fixtures, std::string_view source,
                     std::string_view fill) {
  std::string id = NewUuid();
  if (source.starts_with(kArchive)) {
    return MakeArchive(fixtures, source.substr(kArchive.size()), fill);
  }
  std::string body = source.starts_with(kGenerate) ? std::string() : ReadFixture(fixtures / source);
  FillBlanks(body, fill);
  for (const auto pair : Split(fill, ',')) {
    const auto colon = pair.find(':');
    if (colon == std::string_view::npos) continue;
    if (pair.substr(0, colon) == "id") id = pair.substr(colon + 1);
  }
  if (source.starts_with(kGenerate)) return Generate(source.substr(kGenerate.size()), id);
  return body;
}

}  // namespace outpost::tests
