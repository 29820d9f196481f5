#include <array>

#include "base/problem.h"
#include "domain/fixtures/stock.h"
#include "operations/admin/detail/commands.h"
#include "operations/admin/detail/shapes.h"

namespace outpost::operations::detail {

using boost::json::array;
using boost::json::object;
using fixtures::Product;

namespace {

object Describe(const Product& product) {
  return {{"product_id", product.product_id},
          {"name", product.name},
          {"unit", product.unit},
          {"code", product.code},
          {"description", product.description},
          {"category", product.category},
          {"program_id", product.program_id},
          {"cost", product.cost},
          {"fields", JsonOf(product.fields)},
          {"archived", product.is_archived}};
}

object Describe(const fixtures::Program& program) {
  return {{"program_id", program.program_id}, {"name", program.name}, {"code", program.code}};
}

/// What is not said stays as it is.
void Fill(Product& product, const Arguments& arguments) {
  product.name = arguments.TextOr("name", product.name);
  product.unit = arguments.TextOr("unit", product.unit);
  product.code = arguments.TextOr("code", product.code);
  product.description = arguments.TextOr("description", product.description);
  product.category = arguments.TextOr("category", product.category);
  product.program_id = arguments.TextOr("program_id", product.program_id);
  product.cost = arguments.TextOr("cost", product.cost);
  product.is_archived = arguments.FlagOr("archived", product.is_archived);
  for (auto& [key, value] : TextsOf(arguments.Object("fields"), "fields")) {
    product.fields[key] = value;
  }
}

object CreateProduct(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    Product product;
    product.product_id = arguments.TextOr("product_id", "");
    Fill(product, arguments);
    return Describe(fixtures::PutProduct(batch, project.row, product));
  });
}

object ChangeProduct(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    auto product =
        fixtures::RequireProduct(batch.connection(), project.row, arguments.Text("product"));
    Fill(product, arguments);
    return Describe(fixtures::PutProduct(batch, project.row, product));
  });
}

object ListProducts(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  const auto project = RequireProject(*lease, arguments.Text("project"));
  array list;
  for (const auto& one : fixtures::ListProducts(*lease, project.row)) list.push_back(Describe(one));
  return {{"products", std::move(list)}};
}

object PutProgram(Tools& tools, const Arguments& arguments) {
  return tools.Write([&](sql::Batch& batch) {
    const auto project = RequireProject(batch.connection(), arguments.Text("project"));
    const fixtures::Program program{0, arguments.TextOr("program_id", ""), arguments.Text("name"),
                                    arguments.TextOr("code", "")};
    return Describe(fixtures::PutProgram(batch, project.row, program));
  });
}

object ListPrograms(Tools& tools, const Arguments& arguments) {
  const auto lease = tools.database.Read();
  const auto project = RequireProject(*lease, arguments.Text("project"));
  array list;
  for (const auto& one : fixtures::ListPrograms(*lease, project.row)) list.push_back(Describe(one));
  return {{"programs", std::move(list)}};
}

}  // namespace

std::span<const Command> StockCommands() {
  static const std::array<Command, 5> kCommands = {{
      {"product.create",
       {"project", "product_id", "name", "unit", "code", "description", "category", "program_id",
        "cost", "fields", "archived"},
       CreateProduct},
      {"product.change",
       {"project", "product", "name", "unit", "code", "description", "category", "program_id",
        "cost", "fields", "archived"},
       ChangeProduct},
      {"product.list", {"project"}, ListProducts},
      {"program.put", {"project", "program_id", "name", "code"}, PutProgram},
      {"program.list", {"project"}, ListPrograms},
  }};
  return kCommands;
}

}  // namespace outpost::operations::detail
