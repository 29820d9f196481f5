#include "domain/intake/detail/case_targets.h"

#include <algorithm>
#include <map>

#include "base/problem.h"
#include "domain/forms/form_xml.h"

namespace outpost::intake {
namespace {

using Mode = CaseUpdate::Mode;

[[noreturn]] void Refuse(const std::string& told) { throw Problem(ProblemKind::kBadRequest, told); }

/// The cases of the request by a name that their updates give them.
class Names {
 public:
  void Put(const std::string& name, const std::string& case_id) {
    auto& ids = ids_[forms::NormaliseText(name)];
    if (std::find(ids.begin(), ids.end(), case_id) == ids.end()) ids.push_back(case_id);
  }
  std::vector<std::string> Find(const std::string& name) const {
    const auto at = ids_.find(forms::NormaliseText(name));
    return at == ids_.end() ? std::vector<std::string>() : at->second;
  }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> ids_;
};

class Search {
 public:
  Search(const std::vector<CaseUpdate>& updates, const std::vector<std::string>& fresh_ids,
         const CaseFinder& finder)
      : updates_(updates), fresh_ids_(fresh_ids), finder_(finder), targets_(updates.size()) {}

  std::vector<CaseTarget> Run() {
    // What carries its own id comes first: later updates, wherever they stand, may name it.
    for (std::size_t i = 0; i < updates_.size(); ++i) TakeKnown(i);
    for (std::size_t i = 0; i < updates_.size(); ++i) TakeByExternalId(i);
    for (std::size_t i = 0; i < updates_.size(); ++i) {
      for (const auto& index : updates_[i].indices) {
        targets_[i].index_ids.push_back(IdOf(index.to));
      }
    }
    return std::move(targets_);
  }

 private:
  void TakeKnown(std::size_t i) {
    const CaseUpdate& update = updates_[i];
    if (update.mode == Mode::kCreate) {
      targets_[i] = {fresh_ids_[i], true, {}};
      RequireFields(update);
      if (!update.temporary_id.empty()) temporary_.Put(update.temporary_id, fresh_ids_[i]);
    } else if (update.mode == Mode::kUpdate && !update.case_id.empty()) {
      if (!finder_.is_there(update.case_id)) {
        Refuse("No case found with ID '" + update.case_id + "'");
      }
      targets_[i].case_id = update.case_id;
    } else {
      return;
    }
    if (update.external_id && !update.external_id->empty()) {
      external_.Put(*update.external_id, targets_[i].case_id);
    }
  }

  void TakeByExternalId(std::size_t i) {
    if (!targets_[i].case_id.empty()) return;
    const CaseUpdate& update = updates_[i];
    const std::string name = update.external_id.value_or("");
    if (name.empty()) Refuse("Case updates must provide either a case_id or external_id");
    auto found = Only(name);
    if (found.empty() && update.mode == Mode::kUpdate) RefuseExternal(name);
    if (found.empty()) {
      RequireFields(update);
      targets_[i] = {fresh_ids_[i], true, {}};
    } else {
      targets_[i].case_id = std::move(found);
    }
    external_.Put(name, targets_[i].case_id);
  }

  /// The one case of that external id, "" when there is none.
  std::string Only(const std::string& external_id) const {
    auto ids = external_.Find(external_id);
    if (ids.empty()) ids = finder_.with_external_id(external_id);
    if (ids.size() > 1) Refuse("There are multiple cases with external_id " + external_id);
    return ids.empty() ? std::string() : std::move(ids.front());
  }

  [[noreturn]] static void RefuseExternal(const std::string& external_id) {
    Refuse("Could not find a case with external_id '" + external_id + "'");
  }

  std::string IdOf(const CaseReference& to) const {
    switch (to.by) {
      case CaseReference::By::kNothing:
        return "";
      case CaseReference::By::kCaseId:
        return to.id;
      case CaseReference::By::kExternalId: {
        auto id = Only(to.id);
        if (id.empty()) RefuseExternal(to.id);
        return id;
      }
      case CaseReference::By::kTemporaryId: {
        auto ids = temporary_.Find(to.id);
        if (ids.empty()) Refuse("Could not find a case with temporary_id '" + to.id + "'");
        if (ids.size() > 1) Refuse("There are multiple cases with temporary_id " + to.id);
        return std::move(ids.front());
      }
    }
    OUTPOST_CHECK(false);
  }

  static void RequireFields(const CaseUpdate& update) {
    const auto require = [](const std::optional<std::string>& field, const char* name) {
      if (!field || field->empty()) Refuse("Property " + std::string(name) + " is required.");
    };
    require(update.case_name, "case_name");
    require(update.case_type, "case_type");
    require(update.owner_id, "owner_id");
  }

  const std::vector<CaseUpdate>& updates_;
  const std::vector<std::string>& fresh_ids_;
  const CaseFinder& finder_;
  std::vector<CaseTarget> targets_;
  Names external_, temporary_;
};

}  // namespace

std::vector<CaseTarget> FindTargets(const std::vector<CaseUpdate>& updates,
                                    const std::vector<std::string>& fresh_ids,
                                    const CaseFinder& finder) {
  OUTPOST_CHECK(updates.size() == fresh_ids.size());
  return Search(updates, fresh_ids, finder).Run();
}

}  // namespace outpost::intake
