#pragma once

#include <functional>
#include <set>
#include <string>

#include "engine/xpath/expression.h"

/// What an expression refers to. Pure; cost: the size of the tree.
namespace outpost::xpath {

/// Calls for the expression and all below it, also in predicates, parents first.
void Visit(const Expression& expression, const std::function<void(const Expression&)>& see);

/// Ids of instance('id'). An id that is computed is left out.
std::set<std::string> InstanceIds(const Expression& expression);
/// Names of variables, without the dollar sign.
std::set<std::string> VariableNames(const Expression& expression);
std::set<std::string> FunctionNames(const Expression& expression);

/// Whether it is a path, which is what a nodeset must be.
bool IsPath(const Expression& expression);

}  // namespace outpost::xpath
