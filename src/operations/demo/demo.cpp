#include "operations/demo/demo.h"

#include <algorithm>
#include <array>

#include "base/problem.h"
#include "crypto/digests.h"
#include "domain/fixtures/stock.h"
#include "domain/forms/form_store.h"
#include "domain/people/access.h"
#include "domain/people/accounts.h"
#include "domain/people/authenticator.h"
#include "operations/demo/render_form.h"
#include "operations/demo/world.h"

namespace outpost::demo {
namespace {

constexpr std::size_t kFormsPerRound = 200;

projects::Project EnsureProject(sql::Database& database, sql::Writer& writer,
                                projects::Directory& directory) {
  if (auto existing = projects::Find(*database.Read(), kProject)) return *existing;
  projects::Project made;
  writer.Run(0, [&](sql::Batch& batch) {
    made = people::CreateProject(batch, kProject, "Demo: community health");
  });
  directory.Forget(kProject);
  return made;
}

/// What the demo app uses besides forms: case search, stock with its medicines. What an operator
/// has changed since stays.
void EnsureSetup(sql::Writer& writer, projects::Directory& directory,
                 const projects::Project& project) {
  struct Medicine {
    const char *code, *name, *unit;
  };
  static constexpr std::array kMedicines{Medicine{"ors", "Oral rehydration salts", "sachet"},
                                         Medicine{"zinc", "Zinc", "tablet"},
                                         Medicine{"iron", "Iron and folic acid", "tablet"},
                                         Medicine{"act", "Artemisinin combination", "course"}};
  writer.Run(project.row, [&](sql::Batch& batch) {
    if (!fixtures::ListProducts(batch.connection(), project.row).empty()) return;
    projects::ChangeSettings(
        batch, kProject, R"({"stock": true, "case_search": true, "extension_case_closing": true})");
    for (const auto& medicine : kMedicines) {
      fixtures::Product product;
      product.code = medicine.code;
      product.name = medicine.name;
      product.unit = medicine.unit;
      fixtures::PutProduct(batch, project.row, product);
    }
  });
  directory.Forget(kProject);
}

/// The demo's accounts: those that are missing are made.
class Accounts {
 public:
  Accounts(sql::Database& database, sql::Writer& writer, const projects::Project& project,
           std::string password)
      : database_(database), writer_(writer), project_(project), password_(std::move(password)) {}

  WorkerIds EnsureAll() {
    WorkerIds ids;
    for (std::size_t i = 0; i < kWorkers; ++i) ids.user_ids[i] = EnsureWorker(WorkerAt(i));
    EnsureAdministrator();
    return ids;
  }
  /// The password that now opens an account; empty when none was set.
  const std::string& password_set() const { return password_set_; }

 private:
  /// Hashed once: the accounts of a demo may share a hash.
  const std::string& Hash() {
    if (hash_.empty()) {
      if (password_.empty()) password_ = crypto::NewPassword();
      people::CheckPasswordRules(people::Kind::kWebUser, password_);
      hash_ = people::HashForStorage(password_).hash;
      password_set_ = password_;
    }
    return hash_;
  }

  std::string EnsureWorker(const Worker& worker) {
    const auto username = people::FullUsername(worker.login, project_.name);
    if (const auto account = Existing(username)) return account->user_id;
    people::NewAccount fresh{std::string(worker.login), Hash(), std::string(worker.first_name),
                             std::string(worker.last_name)};
    std::string user_id;
    writer_.Run(project_.row, [&](sql::Batch& batch) {
      user_id = people::CreateMobileWorker(batch, project_, fresh).user_id;
    });
    return user_id;
  }

  void EnsureAdministrator() {
    if (Existing(std::string(kAdministrator))) return;
    people::NewAccount fresh{std::string(kAdministrator), Hash(), "Demo", "Administrator"};
    writer_.Run(0, [&](sql::Batch& batch) {
      const auto account = people::CreateWebUser(batch, fresh);
      people::AddMember(batch, account, project_.row, "", true);
    });
  }

  /// The account; with the wanted password when the caller has asked for one.
  std::optional<people::Account> Existing(const std::string& username) {
    auto account = people::FindByUsername(*database_.Read(), username);
    if (!account || password_.empty()) return account;
    const auto& hash = Hash();
    writer_.Run(project_.row,
                [&](sql::Batch& batch) { people::SetPassword(batch, username, hash); });
    return account;
  }

  sql::Database& database_;
  sql::Writer& writer_;
  const projects::Project& project_;
  std::string password_;
  std::string hash_, password_set_;
};

bool IsStored(sql::Database& database, std::int64_t project, const PlannedForm& form) {
  const auto reader = database.Read();
  return forms::FindForm(*reader, database, project, TextOf(form.id)).has_value();
}

/// How many forms from the start are stored. They go in in order, so halving finds the end.
std::size_t CountStored(sql::Database& database, std::int64_t project, const World& world) {
  std::size_t low = 0;
  std::size_t high = world.forms.size();
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (IsStored(database, project, world.forms[middle])) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

intake::ParsedSubmission Prepare(const intake::Intake& intake,
                                 const std::shared_ptr<const projects::Project>& project,
                                 const World& world, const PlannedForm& form,
                                 const WorkerIds& ids) {
  intake::Submission submission;
  submission.project = project;
  submission.xml = RenderForm(world, form, ids);
  submission.received_on = form.received;
  submission.app_id = std::string(kAppId);
  submission.request.auth.is_authenticated = true;
  submission.request.auth.user_id = ids.user_ids[form.worker];
  submission.request.submit_ip = "127.0.0.1";
  submission.request.path = "/a/demo/receiver/secure/" + std::string(kAppId) + "/";
  submission.request.openrosa_version = "3.0";
  return intake.ParseForm(std::move(submission));
}

/// Within a batch the later form may need what the earlier one made: rounds keep the order.
std::int64_t Store(intake::Intake& intake, const projects::Project& project, const World& world,
                   const WorkerIds& ids, std::size_t first, const DemoProgress& progress) {
  const auto shared = std::make_shared<const projects::Project>(project);
  const auto all = world.forms.size();
  std::int64_t added = 0;
  while (first < all) {
    const auto end = std::min(first + kFormsPerRound, all);
    std::vector<intake::ParsedSubmission> round;
    round.reserve(end - first);
    for (; first < end; ++first) {
      round.push_back(Prepare(intake, shared, world, world.forms[first], ids));
    }
    for (const auto& receipt : intake.ReceiveBulk(std::move(round))) {
      OUTPOST_CHECK(receipt.outcome == intake::Outcome::kProcessed ||
                    receipt.outcome == intake::Outcome::kDuplicate);
      ++added;
    }
    const auto done = static_cast<std::int64_t>(first);
    if (progress && !progress(done, static_cast<std::int64_t>(all))) break;
  }
  return added;
}

}  // namespace

DemoResult FillDemo(intake::Intake& intake, sql::Database& database, sql::Writer& writer,
                    projects::Directory& directory, const DemoOptions& options,
                    const DemoProgress& progress) {
  if (options.forms < 1 || options.forms > kFormsMax) {
    throw Problem(ProblemKind::kBadRequest, "The number of forms must be 1 to 2000000.");
  }
  const auto project = EnsureProject(database, writer, directory);
  EnsureSetup(writer, directory, project);
  Accounts accounts(database, writer, project, options.password);
  const auto ids = accounts.EnsureAll();
  const auto world =
      PlanWorld(options.seed, static_cast<std::size_t>(options.forms), project.created_on);
  const auto stored = CountStored(database, project.row, world);

  DemoResult result;
  result.forms_planned = options.forms;
  result.forms_added = Store(intake, project, world, ids, stored, progress);
  result.households = static_cast<std::int64_t>(world.households.size());
  result.pregnancies = static_cast<std::int64_t>(world.pregnancies.size());
  result.children = static_cast<std::int64_t>(world.children.size());
  result.worker = people::FullUsername(WorkerAt(0).login, project.name);
  result.administrator = kAdministrator;
  result.password = accounts.password_set();
  return result;
}

}  // namespace outpost::demo
