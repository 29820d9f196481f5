#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "conformance/stage.h"

/// Runners of the corpus's case-v2 files: one project space, one integration account and one
/// request for each case. `fixtures` is the whole file, with what its cases share.
namespace outpost::tests {

/// case-v2/write.json: what the request changes, and what it is answered.
Findings RunCaseV2Write(Stage& stage, const boost::json::value& fixtures,
                        const boost::json::object& entry, int number);
/// case-v2/read.json but its lists: cases by their ids.
Findings RunCaseV2Read(Stage& stage, const boost::json::value& fixtures,
                       const boost::json::object& entry, int number);

}  // namespace outpost::tests
