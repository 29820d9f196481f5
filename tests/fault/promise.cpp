#include "fault/promise.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

namespace outpost::tests {
namespace {

using boost::json::value;

constexpr std::size_t kBrokenShownMax = 10;
constexpr std::size_t kXmlSampled = 20;
constexpr std::size_t kSentAgain = 20;
constexpr std::int64_t kNormal = 1;

std::string TextOf(const value& from) {
  return from.is_string() ? std::string(from.get_string()) : std::string();
}

class Checker {
 public:
  Checker(Admin& admin, std::string project, const std::vector<SentForm>& sent)
      : admin_(admin), project_(std::move(project)), sent_(sent) {}

  PromiseCheck Run() {
    ReadForms();
    ReadCases();
    check_.sent = sent_.size();
    for (const auto& form : sent_) CheckForm(form);
    CheckBytes();
    const auto integrity = admin_.Run("test.integrity").at("problems");
    if (!integrity.as_string().empty()) Break("integrity: " + serialize(integrity));
    return std::move(check_);
  }

 private:
  void Break(const std::string& what) {
    if (check_.broken.size() < kBrokenShownMax) check_.broken.push_back(what);
  }

  void ReadForms() {
    const auto forms = admin_.Run("test.forms", {{"project", project_}});
    for (const auto& form : forms.as_array()) {
      if (form.at("state").as_int64() != kNormal) {
        Break("a form is in state " + serialize(form.at("state")));
        continue;
      }
      ++stored_[TextOf(form.at("form_id"))];
      ++check_.stored;
    }
  }

  void ReadCases() {
    std::set<std::string> case_ids;
    for (const auto& form : sent_) case_ids.insert(form.case_id);
    for (const auto& case_id : case_ids) {
      const auto found = admin_.Find("test.case", {{"project", project_}, {"case_id", case_id}});
      if (!found) continue;
      for (const auto& transaction : found->at("transactions").as_array()) {
        ++applied_[TextOf(transaction.at("form_id"))];
      }
    }
  }

  void CheckForm(const SentForm& form) {
    const int stored = stored_[form.form_id], applied = applied_[form.form_id];
    if (form.is_acknowledged) ++check_.acknowledged;
    if (form.is_acknowledged && stored != 1) {
      Break("acknowledged form " + form.form_id + " is stored " + std::to_string(stored) +
            " times");
    }
    if (stored > 1) Break("form " + form.form_id + " is stored more than once");
    if (stored != applied) {
      Break("form " + form.form_id + " is stored " + std::to_string(stored) +
            " times and applied " + std::to_string(applied) + " times");
    }
  }

  /// Some of the acknowledged forms, from the end: those that were just being written.
  void CheckBytes() {
    std::size_t sampled = 0;
    for (auto form = sent_.rbegin(); form != sent_.rend() && sampled < kXmlSampled; ++form) {
      if (!form->is_acknowledged) continue;
      ++sampled;
      const auto found =
          admin_.Find("test.form", {{"project", project_}, {"form_id", form->form_id}});
      if (!found || TextOf(found->at("xml")) != XmlOf(*form)) {
        Break("the bytes of form " + form->form_id + " are not what was sent");
      }
    }
  }

  Admin& admin_;
  std::string project_;
  const std::vector<SentForm>& sent_;
  std::map<std::string, int> stored_, applied_;
  PromiseCheck check_;
};

std::int64_t CountTransactions(Admin& admin, const std::string& project) {
  return admin.Run("test.count", {{"table", "case_transactions"}, {"project", project}})
      .at("count")
      .as_int64();
}

}  // namespace

PromiseCheck CheckPromise(Admin& admin, const std::string& project,
                          const std::vector<SentForm>& sent) {
  return Checker(admin, project, sent).Run();
}

std::vector<std::string> SendAgain(RawClient& client, Admin& admin, const std::string& project,
                                   const std::vector<SentForm>& sent) {
  std::vector<std::string> broken;
  const auto before = CountTransactions(admin, project);
  std::int64_t fresh = 0;
  for (std::size_t i = 0; i < std::min(kSentAgain, sent.size()); ++i) {
    const auto& form = sent[sent.size() - 1 - i];
    const bool is_stored =
        admin.Find("test.form", {{"project", project}, {"form_id", form.form_id}}).has_value();
    fresh += is_stored ? 0 : 1;
    const int status = PostForm(client, project, form);
    if (status != 201) broken.push_back("sent again: status " + std::to_string(status));
  }
  const auto applied = CountTransactions(admin, project) - before;
  if (applied != fresh) {
    broken.push_back("sending again applied " + std::to_string(applied) + " forms instead of " +
                     std::to_string(fresh));
  }
  return broken;
}

}  // namespace outpost::tests
