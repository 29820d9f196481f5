#include "services/web/api/case_view.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "domain/cases/case_relations.h"
#include "domain/cases/case_store.h"
#include "domain/cases/case_views.h"
#include "domain/forms/form_store.h"
#include "format/json/writer.h"
#include "format/xml/xml.h"
#include "services/web/api/seen_data.h"

namespace outpost::web {
namespace {

struct History {
  std::vector<std::int64_t> form_rows;
  cases::CaseHistory shown;
};

/// Forms that made the case what it is: not revoked, by server date.
History HistoryOf(sql::Connection& connection, std::int64_t case_row) {
  auto transactions = cases::ListTransactions(connection, case_row);
  std::erase_if(transactions, [](const auto& transaction) {
    return transaction.is_revoked || !transaction.form_row;
  });
  std::stable_sort(transactions.begin(), transactions.end(),
                   [](const auto& a, const auto& b) { return a.server_date < b.server_date; });
  History history{{}, {cases::FormIdsOf(connection, transactions), std::nullopt}};
  if (!transactions.empty()) history.shown.server_opened_on = transactions.front().server_date;
  for (const auto& transaction : transactions) history.form_rows.push_back(transaction.form_row);
  return history;
}

struct ShownForm {
  std::string json, xmlns, name;
};

std::vector<ShownForm> FormsOf(const DocumentStores& stores, const projects::Project& project,
                               const History& history, const Reach* reach) {
  std::vector<ShownForm> shown;
  for (const auto row : history.form_rows) {
    const auto form = forms::FindFormByRow(stores.connection, row);
    if (!form || !IsVisible(*form) || (reach != nullptr && !reach->Sees(*form))) continue;
    const auto document =
        xml::Document::Parse(forms::ReadXml(stores.connection, stores.blobs, row));
    shown.push_back({RenderForm(stores, project, *form, {}), form->xmlns,
                     std::string(document.root().attribute("name").value_or(""))});
  }
  return shown;
}

void WriteForms(json::Writer& out, std::string_view key, const std::vector<ShownForm>& forms) {
  out.Key(key);
  out.BeginArray();
  for (const auto& form : forms) out.Raw(form.json);
  out.EndArray();
}

void WriteFormsBy(json::Writer& out, std::string_view key, const std::vector<ShownForm>& forms,
                  std::string ShownForm::*group) {
  std::map<std::string, std::vector<ShownForm>> groups;
  for (const auto& form : forms) groups[form.*group].push_back(form);
  out.Key(key);
  out.BeginObject();
  for (const auto& [name, members] : groups) WriteForms(out, name, members);
  out.EndObject();
}

/// Related cases, each under its key, as far as they exist.
void WriteCases(json::Writer& out, std::string_view key, const DocumentStores& stores,
                const projects::Project& project,
                const std::vector<std::pair<std::string, std::string>>& ids_by_key,
                const Reach* reach) {
  out.Key(key);
  out.BeginObject();
  for (const auto& [name, id] : ids_by_key) {
    const auto found = cases::FindCase(stores.connection, stores.database, project.row, id);
    if (!found || found->is_deleted || (reach != nullptr && !reach->Sees(*found))) continue;
    out.Key(name);
    out.Raw(RenderCase(stores, project, *found, {}));
  }
  out.EndObject();
}

void WriteRelations(json::Writer& out, const DocumentStores& stores,
                    const projects::Project& project, const cases::Case& c,
                    const CaseViewOptions& options) {
  if (options.with_parents) {
    std::vector<std::pair<std::string, std::string>> parents;
    for (const auto& index : c.indices) parents.emplace_back(index.identifier, index.referenced_id);
    WriteCases(out, "parent_cases", stores, project, parents, options.reach);
  }
  if (options.with_children) {
    std::vector<std::pair<std::string, std::string>> children;
    for (auto& id :
         cases::IdsOfReferring(stores.connection, stores.database, project.row, c.case_id)) {
      children.emplace_back(id, id);
    }
    WriteCases(out, "child_cases", stores, project, children, options.reach);
  }
}

}  // namespace

std::string RenderCase(const DocumentStores& stores, const projects::Project& project,
                       const cases::Case& c, const CaseViewOptions& options) {
  const auto history = HistoryOf(stores.connection, c.row);
  auto text = cases::RenderApiCase(c, project.name, history.shown);
  const bool with_forms =
      options.with_xforms || options.with_xforms_by_name || options.with_xforms_by_xmlns;
  if (!with_forms && !options.with_children && !options.with_parents) return text;
  std::string more;
  json::Writer out(more);
  out.BeginObject();
  if (with_forms) {
    const auto forms = FormsOf(stores, project, history, options.reach);
    if (options.with_xforms) WriteForms(out, "xforms", forms);
    if (options.with_xforms_by_name) WriteFormsBy(out, "xforms_by_name", forms, &ShownForm::name);
    if (options.with_xforms_by_xmlns) {
      WriteFormsBy(out, "xforms_by_xmlns", forms, &ShownForm::xmlns);
    }
  }
  WriteRelations(out, stores, project, c, options);
  out.EndObject();
  // The members of the second object follow those of the first.
  text.back() = ',';
  return text.append(more, 1);
}

}  // namespace outpost::web
