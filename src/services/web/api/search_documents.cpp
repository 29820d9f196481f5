#include "services/web/api/search_documents.h"

#include <map>
#include <memory>

#include "domain/cases/case_store.h"
#include "domain/cases/case_views.h"
#include "domain/forms/form_store.h"
#include "services/web/api/form_view.h"

namespace outpost::web {
namespace {

/// By row; read again when an unknown one is asked for.
class Projects {
 public:
  const projects::Project* Find(sql::Connection& connection, std::int64_t row) {
    if (!known_.contains(row)) {
      known_.clear();
      for (auto& project : projects::List(connection)) known_.emplace(project.row, project);
    }
    const auto found = known_.find(row);
    return found == known_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::int64_t, projects::Project> known_;
};

}  // namespace

search::ReadDocument SearchDocuments(sql::Database& database, const blobs::BlobStore& blobs) {
  return [&database, &blobs, projects = std::make_shared<Projects>()](
             search::Subject subject, std::int64_t project_row,
             std::int64_t row) -> std::optional<std::string> {
    const auto connection = database.Read();
    const auto* project = projects->Find(*connection, project_row);
    if (project == nullptr) return std::nullopt;
    if (subject == search::Subject::kForms) {
      const auto form = forms::FindFormByRow(*connection, row);
      if (!form || !IsVisible(*form)) return std::nullopt;
      return RenderForm({*connection, database, blobs}, *project, *form, {});
    }
    const auto found = cases::FindCaseByRow(*connection, project_row, row);
    if (!found || found->is_deleted) return std::nullopt;
    return cases::RenderCaseDocument(*found, project->name, {}, {}, {});
  };
}

}  // namespace outpost::web
