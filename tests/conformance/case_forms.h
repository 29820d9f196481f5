#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

namespace outpost::tests {

/// A form that makes these cases of the corpus as they are described: id, type, name, owner,
/// external id, dates, properties, indices, closed. Cases that indices lead to are made too.
std::string FormOfCases(const std::vector<boost::json::object>& cases);

}  // namespace outpost::tests
