#include "engine/xpath/references.h"

namespace outpost::xpath {

void Visit(const Expression& expression, const std::function<void(const Expression&)>& see) {
  see(expression);
  for (const auto& operand : expression.operands) Visit(operand, see);
  for (const auto& step : expression.steps) {
    for (const auto& predicate : step.predicates) Visit(predicate, see);
  }
}

std::set<std::string> InstanceIds(const Expression& expression) {
  std::set<std::string> ids;
  Visit(expression, [&](const Expression& at) {
    if (at.kind != Expression::Kind::kCall || at.text != "instance") return;
    if (at.operands.size() != 1 || at.operands[0].kind != Expression::Kind::kString) return;
    ids.insert(at.operands[0].text);
  });
  return ids;
}

std::set<std::string> VariableNames(const Expression& expression) {
  std::set<std::string> names;
  Visit(expression, [&](const Expression& at) {
    if (at.kind == Expression::Kind::kVariable) names.insert(at.text);
  });
  return names;
}

std::set<std::string> FunctionNames(const Expression& expression) {
  std::set<std::string> names;
  Visit(expression, [&](const Expression& at) {
    if (at.kind == Expression::Kind::kCall) names.insert(at.text);
  });
  return names;
}

bool IsPath(const Expression& expression) { return expression.kind == Expression::Kind::kPath; }

}  // namespace outpost::xpath
