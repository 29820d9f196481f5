#include "operations/admin/detail/lookup_shapes.h"

#include <array>

#include "operations/admin/detail/shapes.h"

namespace outpost::operations::detail {

using boost::json::array;
using boost::json::object;
using fixtures::LookupTable;

object DescribeTable(const LookupTable& table) {
  array fields;
  for (const auto& field : table.fields) {
    fields.push_back(object{{"name", field.name},
                            {"attributes", JsonOf(field.attributes)},
                            {"indexed", field.is_indexed}});
  }
  return {{"table_id", table.table_id},
          {"tag", table.tag},
          {"global", table.is_global},
          {"fields", std::move(fields)},
          {"item_attributes", JsonOf(table.item_attributes)}};
}

namespace {

std::vector<fixtures::LookupField> FieldsOf(const Arguments& arguments) {
  std::vector<fixtures::LookupField> fields;
  for (const auto& one : arguments.Objects("fields")) {
    const Arguments given(boost::json::serialize(one),
                          std::array<std::string_view, 3>{"name", "attributes", "indexed"});
    fields.push_back(
        {given.Text("name"), given.Texts("attributes"), given.FlagOr("indexed", false)});
  }
  return fields;
}

}  // namespace

LookupTable LookupTableOf(const Arguments& arguments) {
  LookupTable table;
  table.tag = arguments.Text("tag");
  table.table_id = arguments.TextOr("table_id", "");
  table.is_global = arguments.FlagOr("global", false);
  table.fields = FieldsOf(arguments);
  table.item_attributes = arguments.Texts("item_attributes");
  return table;
}

}  // namespace outpost::operations::detail
