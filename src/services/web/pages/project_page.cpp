#include "services/web/pages/project_page.h"

#include <map>
#include <optional>

#include "base/text.h"
#include "domain/apps/choose.h"
#include "domain/apps/files.h"
#include "domain/forms/form_store.h"
#include "format/qr/qr.h"
#include "format/xml/xml.h"
#include "services/web/api/seen_data.h"
#include "services/web/pages/members.h"
#include "services/web/pages/page.h"

namespace outpost::web {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view kEditApps = "edit_apps";

std::string PathTo(const projects::Project& project, std::string_view rest) {
  return "/a/" + PercentEncode(project.name) + "/" + std::string(rest);
}

/// What a phone scans: the newest released build, else the newest.
std::string AppSection(sql::Connection& connection, const projects::Project& project,
                       const apps::App& app) {
  const auto build = apps::ChooseLatest(connection, {app, std::nullopt}, apps::Target::kRelease);
  if (!build) return {};
  const auto path = build->has_media ? apps::kProfilePath : apps::kPlainProfilePath;
  const auto address = build->base_url + PathTo(project, "apps/download/" + build->build_id + "/") +
                       std::string(path);
  const auto install = PathTo(project, "apps/odk/" + build->build_id +
                                           (build->has_media ? "/media_install/" : "/install/"));
  return "<section><h2>" + EscapeMarkup(app.name) + "</h2><p>Version " +
         std::to_string(build->version) + (build->is_released ? "" : ", not released yet") +
         ". In CommCare on a phone choose <em>Scan application barcode</em>.</p>" +
         qr::Svg(address) + "<p><a href=\"" + EscapeMarkup(install) +
         "\">Other ways to install it</a></p></section>";
}

/// The name that the app gave the form; else the end of its xmlns.
std::string NameOf(sql::Connection& connection, const blobs::BlobStore& blobs,
                   const forms::FormRecord& form) {
  const auto document = xml::Document::Parse(forms::ReadXml(connection, blobs, form.row));
  const auto name = document.root().attribute("name").value_or("");
  if (!name.empty()) return std::string(name);
  const auto slash = form.xmlns.find_last_of("/#");
  return slash == std::string::npos ? form.xmlns : form.xmlns.substr(slash + 1);
}

std::string NameOf(sql::Connection& connection, const std::optional<std::string>& user_id) {
  if (!user_id) return "nobody";
  const auto account = people::FindByUserId(connection, *user_id);
  return account ? std::string(people::BareUsername(*account)) : *user_id;
}

/// Of what the member's locations reach.
std::string FormsSection(ProjectPageContext& context, sql::Connection& connection,
                         const Member& member) {
  lists::Selection selection;
  selection.project = member.project->row;
  selection.order = {{lists::Field::kReceivedOn, true}};
  Narrow(ReachOf({*member.project, *member.account, member.access, connection}), selection);
  const auto page = context.lists.lists.Find(selection, 0, kFormsShown);
  std::string html = "<section><h2>Forms coming in</h2>";
  if (page.rows.empty()) return html + "<p>There are none yet.</p></section>";
  html += "<p>" + std::to_string(page.total) + (page.is_total_exact ? "" : " or more") +
          " in all; the newest:</p><div class=\"wide\"><table><thead><tr><th>Received (UTC)</th>"
          "<th>Form</th><th>From</th></tr></thead><tbody>";
  std::map<std::string, std::string> names;
  for (const auto& listed : page.rows) {
    const auto form = forms::FindFormByRow(connection, listed.row);
    if (!form) continue;
    auto& name = names[form->user_id.value_or("")];
    if (name.empty()) name = NameOf(connection, form->user_id);
    html += "<tr><td>" + ShortTime(form->received_on) + "</td><td>" +
            EscapeMarkup(NameOf(connection, context.blobs, *form)) + "</td><td>" +
            EscapeMarkup(name) + "</td></tr>";
  }
  return html + "</tbody></table></div></section>";
}

Response Show(ProjectPageContext& context, const Member& member) {
  const auto& project = *member.project;
  const auto lease = context.api.database.Read();
  std::string content;
  for (const auto& app : apps::ListApps(*lease, project.row, false)) {
    content += AppSection(*lease, project, app);
  }
  if (content.empty()) content = "<p>There is no app yet.</p>";
  if (member.access.May(kEditApps)) {
    content += "<p><a href=\"" + EscapeMarkup(PathTo(project, "apps/")) +
               "\">Apps: bring in, release</a></p>";
  }
  if (MayViewSubmitHistory(*member.account, member.access)) {
    content += FormsSection(context, *lease, member);
  }
  const auto& title = project.display_name.empty() ? project.name : project.display_name;
  auto response = Page(200, title, content);
  response.headers.Set("Refresh", std::to_string(kProjectPageSeconds));
  return response;
}

}  // namespace

void AddProjectPage(http::Router& router, ProjectPageContext& context) {
  router.AddAsync(http::Method::kGet, "/a/{domain}", {"page/project"},
                  ForMembers(context.api, "", [&context](const Request&, const Member& member) {
                    return Show(context, member);
                  }));
}

}  // namespace outpost::web
