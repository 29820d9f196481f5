#pragma once

#include <memory>
#include <string>
#include <vector>

#include "domain/cases/case_facts.h"
#include "domain/cases/case_store.h"
#include "domain/forms/form_facts.h"
#include "domain/forms/form_store.h"
#include "domain/people/testing/people_world.h"
#include "insight/lists/feeder.h"
#include "insight/lists/lists.h"
#include "insight/search/search_feeder.h"
#include "store/blobs/blobs.h"
#include "store/query/query.h"

/// A primary database, the lists beside it, and few words to choose from: so that random filters
/// find something.
namespace outpost::lists_testing {

class ListsWorld {
 public:
  explicit ListsWorld(sql_testing::ScratchDatabase& place)
      : place_(place), world(place), blobs(place.folder() / "blobs") {
    OpenLists();
  }

  std::unique_ptr<sql::Database> OpenQuery() {
    sql::DatabaseOptions options;
    options.location = place_.location();
    if (world.database->engine() == sql::Engine::kSqlite) {
      options.location = place_.folder() / "query.db";
    }
    return query::Open(options);
  }
  void OpenLists() {
    query = OpenQuery();
    feeder = std::make_unique<lists::Feeder>(
        lists::FeederParts{*world.database, world.writer, *query, metrics});
  }
  /// The token index beside the lists: a form's document has its namespace and its worker, a case's
  /// its type.
  void OpenSearch() {
    sql::DatabaseOptions options;
    options.location = place_.location();
    if (world.database->engine() == sql::Engine::kSqlite) {
      options.location = place_.folder() / "search.db";
    }
    search = search::Open(options);
    search_feeder = std::make_unique<search::SearchFeeder>(
        search::SearchFeederParts{*query, *search,
                                  [this](search::Subject subject, std::int64_t, std::int64_t row) {
                                    return DocumentOf(subject, row);
                                  },
                                  metrics});
  }
  std::optional<std::string> DocumentOf(search::Subject subject, std::int64_t row) {
    std::optional<std::string> document;
    const auto primary = world.database->Read();
    const std::vector rows = {row};
    if (subject == search::Subject::kForms) {
      forms::ReadFacts(*primary, rows, [&](const forms::FormFacts& form) {
        document = R"({"x":")" + form.xmlns + R"(","p":")" + form.user_id + R"("})";
      });
    } else {
      cases::ReadFacts(*primary, rows, [&](const cases::CaseFacts& c) {
        document = R"({"x":")" + c.type + R"(","p":")" + c.owner_id + R"("})";
      });
    }
    return document;
  }

  void CloseLists() {
    search_feeder.reset();
    search.reset();
    feeder.reset();
    query.reset();
  }
  bool CatchUp() { return feeder->WaitFor(world.writer.committed_seq(), 10 * kMicrosPerSecond); }

  void AddForm(std::int64_t project, const std::string& id, const std::string& xmlns,
               const std::string& app, const std::string& person, Instant received_on) {
    const auto xml = forms::PrepareXml("<data/>", blobs);
    world.Write([&](sql::Batch& batch) {
      forms::FormRecord form;
      form.form_id = id;
      form.xmlns = xmlns;
      form.app_id = app;
      form.user_id = person;
      form.received_on = form.server_modified_on = received_on;
      batch.State<forms::FormSet>().Insert(project, std::move(form), xml, {}, blobs);
    });
  }
  void ChangeForm(std::int64_t project, const std::string& id, forms::FormState state,
                  bool is_deleted) {
    world.Write([&](sql::Batch& batch) {
      auto& set = batch.State<forms::FormSet>();
      auto form = *set.Find(project, id);
      form.state = state;
      form.deleted_on = is_deleted ? std::optional(world.clock.Now()) : std::nullopt;
      form.server_modified_on = world.clock.Now();
      set.UpdateState(project, std::move(form));
    });
  }
  void PutCase(std::int64_t project, cases::Case c) {
    world.Write([&](sql::Batch& batch) {
      auto& set = batch.State<cases::CaseSet>();
      if (const auto* known = set.Find(project, c.case_id)) c.row = known->row;
      c.server_modified_on = world.clock.Now();
      set.PutAlone(project, std::move(c));
    });
  }

 private:
  sql_testing::ScratchDatabase& place_;

 public:
  people_testing::PeopleWorld world;
  blobs::BlobStore blobs;
  MetricRegistry metrics;
  std::unique_ptr<sql::Database> query;
  std::unique_ptr<lists::Feeder> feeder;
  std::unique_ptr<sql::Database> search;
  std::unique_ptr<search::SearchFeeder> search_feeder;
};

}  // namespace outpost::lists_testing
