#include <iostream>

#include "cli/commands.h"
#include "cli/question.h"

namespace outpost::cli {
namespace {

using boost::json::object;

void PrintProduct(const object& product) {
  std::cout << TextOf(product, "code") << "  " << TextOf(product, "name") << "  ("
            << TextOf(product, "product_id") << ")" << If(product, "archived", "archived") << '\n';
}

void PrintProgram(const object& program) {
  std::cout << TextOf(program, "code") << "  " << TextOf(program, "name") << "  ("
            << TextOf(program, "program_id") << ")\n";
}

QuestionCommand& WithDetails(QuestionCommand& command) {
  return command.Text("--code", "code", "Short code")
      .Text("--unit", "unit", "What one of it is, such as each or box")
      .Text("--description", "description", "What it is")
      .Text("--category", "category", "Category")
      .Text("--program", "program_id", "Id of its program")
      .Text("--cost", "cost", "Cost of a unit, such as 1.50")
      .Pairs("--field", "fields", "NAME=VALUE of a field of its own; several")
      .Switch("archived", "archived", "Phones do not get it");
}

}  // namespace

void AddProductCommand(CLI::App& app) {
  auto* family = app.add_subcommand("product", "Products and programs where stock is kept");
  family->require_subcommand(1);
  QuestionCommand create(family, "create", "Create a product",
                         "outpost product create 'Zinc 20 mg' --code zn --project nutrition");
  create.Text("name", "name", "Name of the product", true);
  WithDetails(create).Asks("product.create", PrintProduct);
  QuestionCommand change(family, "change", "Change a product",
                         "outpost product change zn --archived --project nutrition");
  change.Text("product", "product", "Code or id of the product", true)
      .Text("--name", "name", "Its new name");
  WithDetails(change).Asks("product.change", PrintProduct);
  QuestionCommand(family, "list", "List the products", "outpost product list --project nutrition")
      .AsksPages("product.list", "products", "after", PrintProduct);
  QuestionCommand(family, "program-create", "Create a program",
                  "outpost product program-create Malaria --code mal --project nutrition")
      .Text("name", "name", "Name of the program", true)
      .Text("--code", "code", "Short code")
      .Asks("program.put", PrintProgram);
  QuestionCommand(family, "program-list", "List the programs",
                  "outpost product program-list --project nutrition")
      .AsksPages("program.list", "programs", "after", PrintProgram);
}

}  // namespace outpost::cli
