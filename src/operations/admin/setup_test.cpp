// Commands about what a programme sets up: groups, locations, user data, lookup tables, products.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/problem.h"
#include "domain/people/testing/people_world.h"
#include "operations/admin/admin.h"

namespace outpost::operations {
namespace {

using boost::json::array;
using boost::json::object;

class SetupCommands : public testing::Test {
 protected:
  SetupCommands() {
    Run("project.create", {{"name", "demo"}});
    Run("user.create", {{"username", "asha"}, {"project", "demo"}, {"password", "x"}});
  }

  /// With the project space, where the command does not name one itself.
  object Run(std::string_view command, object arguments) {
    if (!command.starts_with("project.")) arguments["project"] = "demo";
    return boost::json::parse(admin_.Run(command, boost::json::serialize(arguments))).as_object();
  }
  std::string Refused(std::string_view command, const object& arguments) {
    try {
      Run(command, arguments);
      return "";
    } catch (const Problem& problem) {
      return problem.told();
    }
  }

  sql_testing::ScratchDatabase scratch_{sql::Engine::kSqlite};
  people_testing::PeopleWorld world_{scratch_};
  people::Authenticator authenticator_{*world_.database, world_.writer, world_.key, world_.clock,
                                       world_.metrics};
  blobs::BlobStore blobs_{scratch_.folder() / "blobs"};
  intake::Intake intake_{*world_.database, world_.writer, blobs_, world_.clock};
  Admin admin_{*world_.database, world_.writer, world_.directory, authenticator_,
               world_.key,       world_.clock,  intake_};
};

TEST_F(SetupCommands, AGroupIsCreatedFilledChangedAndDeleted) {
  const auto created =
      Run("group.create", {{"name", "North"}, {"case_sharing", true}, {"metadata", {{"a", "1"}}}});
  EXPECT_EQ(created.at("case_sharing"), true);
  const auto added = Run("group.add", {{"group", "North"}, {"username", "asha"}});
  ASSERT_EQ(added.at("users").as_array().size(), 1U);
  EXPECT_EQ(added.at("users").at(0).at("username"), "asha@demo.commcarehq.org");
  const auto changed = Run("group.change", {{"group", "North"}, {"name", "South"}});
  EXPECT_EQ(changed.at("name"), "South");
  EXPECT_EQ(changed.at("case_sharing"), true) << "what is not said stays";
  EXPECT_EQ(changed.at("metadata").at("a"), "1");
  EXPECT_EQ(Run("group.list", {}).at("groups").as_array().size(), 1U);
  EXPECT_TRUE(Run("group.remove", {{"group", "South"}, {"username", "asha"}})
                  .at("users")
                  .as_array()
                  .empty());
  Run("group.delete", {{"group", "South"}});
  EXPECT_EQ(Refused("group.show", {{"group", "South"}}), "There is no group South.");
}

TEST_F(SetupCommands, LocationsAreBuiltMovedArchivedAndAssigned) {
  Run("location.put_type", {{"code", "state"}, {"name", "State"}});
  Run("location.put_type", {{"code", "city"}, {"parent", "state"}, {"shares_cases", true}});
  Run("location.put_type", {{"code", "city"}, {"name", "City"}});
  const auto types = Run("location.list_types", {}).at("types").as_array();
  ASSERT_EQ(types.size(), 2U);
  EXPECT_EQ(types[0].at("shares_cases"), true) << "what is not said stays";
  EXPECT_EQ(types[0].at("name"), "City");
  Run("location.create", {{"name", "Goa"}, {"type", "state"}});
  Run("location.create", {{"name", "Kerala"}, {"type", "state"}});
  const auto city = Run(
      "location.create",
      {{"name", "Panaji"}, {"type", "city"}, {"parent", "goa"}, {"fields", {{"population", "7"}}}});
  EXPECT_EQ(city.at("fields").at("population"), "7");
  const auto moved = Run("location.move", {{"location", "panaji"}, {"parent", "kerala"}});
  EXPECT_NE(moved.at("parent"), city.at("parent"));
  EXPECT_EQ(Run("location.change", {{"location", "panaji"}, {"latitude", "15.5"}}).at("latitude"),
            "15.5");
  const auto assigned =
      Run("location.assign",
          {{"username", "asha"}, {"locations", array{"goa", "panaji"}}, {"primary", "panaji"}});
  EXPECT_EQ(assigned.at("primary"), city.at("location_id"));
  EXPECT_EQ(assigned.at("locations").as_array().size(), 2U);
  EXPECT_EQ(Run("location.archive", {{"location", "panaji"}, {"on", true}}).at("archived"), true);
  const auto page = Run("location.list", {});
  EXPECT_EQ(page.at("locations").as_array().size(), 3U);
  EXPECT_TRUE(page.at("next").is_null());
  EXPECT_NE(Refused("location.delete_type", {{"code", "city"}}), "");
  EXPECT_NE(Refused("location.create", {{"name", "x"}, {"type", "county"}}).find("city, state"),
            std::string::npos);
}

TEST_F(SetupCommands, UserDataIsHeldToFieldsAndProfiles) {
  Run("field.put", {{"slug", "zone"}, {"choices", array{"north", "south"}}});
  Run("field.put", {{"slug", "chw_id"}, {"label", "CHW"}});
  const auto fields = Run("field.put", {{"slug", "zone"}, {"required_of_workers", true}});
  ASSERT_EQ(fields.at("fields").as_array().size(), 2U);
  EXPECT_EQ(fields.at("fields").at(0).at("choices").as_array().size(), 2U) << "stays";
  EXPECT_EQ(Refused("user.data", {{"username", "asha"}, {"set", {{"chw_id", "1"}}}}),
            "zone is required.");
  Run("profile.put", {{"name", "Southern"}, {"fields", {{"zone", "south"}}}});
  const auto data =
      Run("user.data",
          {{"username", "asha"}, {"set", {{"chw_id", "1"}, {"x", "y"}}}, {"profile", "Southern"}});
  EXPECT_EQ(data.at("user_data").at("zone"), "south");
  EXPECT_EQ(data.at("user_data").at("commcare_project"), "demo");
  EXPECT_EQ(data.at("own").as_object().size(), 2U);
  const auto less = Run("user.data", {{"username", "asha"}, {"unset", array{"x"}}});
  EXPECT_EQ(less.at("own").as_object().size(), 1U);
  EXPECT_EQ(Run("profile.list", {}).at("profiles").as_array().size(), 1U);
  EXPECT_NE(Refused("profile.delete", {{"name", "Southern"}}), "");
  const auto person =
      Run("user.person",
          {{"username", "asha"}, {"first_name", "Asha"}, {"phone_numbers", array{"91"}}});
  EXPECT_EQ(person.at("first_name"), "Asha");
  EXPECT_EQ(Run("user.data", {{"username", "asha"}}).at("user_data").at("commcare_phone_number"),
            "91");
  EXPECT_EQ(Run("field.delete", {{"slug", "chw_id"}}).at("fields").as_array().size(), 1U);
  EXPECT_NE(Refused("field.delete", {{"slug", "chw_id"}}), "");
}

TEST_F(SetupCommands, ALookupTableIsCreatedAndReplacedByAnImport) {
  Run("lookup.create",
      {{"tag", "city"}, {"fields", array{object{{"name", "id"}, {"indexed", true}}}}});
  const auto begun = Run(
      "lookup.begin", {{"tag", "city"},
                       {"global", true},
                       {"fields", array{object{{"name", "name"}, {"attributes", array{"lang"}}}}},
                       {"item_attributes", array{"code"}}});
  const object cell{{"value", "Goa"}, {"attributes", {{"lang", "en"}}}};
  const object row{{"sort_key", 4},
                   {"values", {{"name", array{cell}}}},
                   {"item_attributes", {{"code", "G"}}},
                   {"users", array{"asha", "nobody"}}};
  const auto filled =
      Run("lookup.fill", {{"table_id", begun.at("table_id")}, {"rows", array{row}}});
  EXPECT_EQ(filled.at("added"), 1);
  ASSERT_EQ(filled.at("warnings").as_array().size(), 1U);
  EXPECT_EQ(filled.at("warnings").at(0),
            "Unknown user: 'nobody'. But the row is successfully added");
  EXPECT_TRUE(Run("lookup.rows", {{"tag", "city"}}).at("rows").as_array().empty());
  Run("lookup.finish", {{"table_id", begun.at("table_id")}});
  const auto rows = Run("lookup.rows", {{"tag", "city"}}).at("rows").as_array();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].at("values").at("name").at(0).at("attributes").at("lang"), "en");
  EXPECT_EQ(rows[0].at("item_attributes").at("code"), "G");
  EXPECT_EQ(rows[0].at("owners").at(0).at("kind"), "user");
  EXPECT_EQ(rows[0].at("sort_key"), 4);
  EXPECT_EQ(Run("lookup.list", {}).at("tables").at(0).at("rows"), 1);
  EXPECT_NE(Refused("lookup.fill", {{"table_id", begun.at("table_id")}, {"rows", array{}}}), "")
      << "it is in use";
  Run("lookup.delete", {{"tag", "city"}});
  EXPECT_NE(Refused("lookup.rows", {{"tag", "city"}}), "");
}

TEST_F(SetupCommands, ProductsAndProgramsAreCreatedAndChanged) {
  const auto program = Run("program.put", {{"name", "Malaria"}, {"code", "mal"}});
  Run("product.create", {{"name", "Zinc"},
                         {"code", "zn"},
                         {"cost", "1.5"},
                         {"program_id", program.at("program_id")},
                         {"fields", {{"c", "w"}}}});
  const auto changed = Run("product.change", {{"product", "zn"}, {"archived", true}});
  EXPECT_EQ(changed.at("archived"), true);
  EXPECT_EQ(changed.at("cost"), "1.5") << "what is not said stays";
  EXPECT_EQ(changed.at("fields").at("c"), "w");
  EXPECT_EQ(Run("product.list", {}).at("products").as_array().size(), 1U);
  EXPECT_EQ(Run("program.list", {}).at("programs").as_array().size(), 1U);
  EXPECT_NE(Refused("product.change", {{"product", "nope"}}), "");
}

}  // namespace
}  // namespace outpost::operations
