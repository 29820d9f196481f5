#include "support/tiny_app.h"

#include "base/text.h"
#include "format/zip/zip.h"

namespace outpost::tests {

std::string TinyApp(const std::string& app_id, const std::string& name, std::int64_t number) {
  const auto version = std::to_string(number);
  const auto resource = [&](const std::string& id, const std::string& path) {
    return "<resource id=\"" + id + "\" version=\"" + version +
           "\"><location authority=\"local\">./" + path + "</location></resource>";
  };
  std::string archive;
  zip::Writer writer([&](std::string_view piece) { archive += piece; });
  writer.Add("profile.ccpr",
             "<profile version=\"" + version + "\" uniqueid=\"" + EscapeMarkup(app_id) +
                 "\" name=\"" + EscapeMarkup(name) + "\"><suite>" + resource("suite", "suite.xml") +
                 "</suite></profile>",
             false);
  writer.Add("suite.xml",
             "<suite version=\"" + version + "\"><locale language=\"default\">" +
                 resource("app_default_strings", "default/app_strings.txt") + "</locale></suite>",
             false);
  writer.Add("default/app_strings.txt", "app.display.name=" + name + "\n", false);
  writer.Finish();
  return archive;
}

}  // namespace outpost::tests
