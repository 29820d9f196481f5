#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "conformance/stage.h"

/// Runners of the corpus's lists: one project space and one integration account for each case.
/// `file` is all that the case's file holds.
namespace outpost::tests {

/// api/pagination.json
Findings RunPagination(Stage& stage, const boost::json::value& file,
                       const boost::json::object& entry, int number);
/// api/date-params.json
Findings RunDateParam(Stage& stage, const boost::json::value& file,
                      const boost::json::object& entry, int number);
/// api/form-filters.json, api/case-v1-filters.json
Findings RunFormFilter(Stage& stage, const boost::json::value& file,
                       const boost::json::object& entry, int number);
Findings RunCaseFilter(Stage& stage, const boost::json::value& file,
                       const boost::json::object& entry, int number);
/// api/form-json.json
Findings RunFormJson(Stage& stage, const boost::json::value& file, const boost::json::object& entry,
                     int number);
/// The lists of case-v2/read.json
Findings RunCaseV2List(Stage& stage, const boost::json::value& file,
                       const boost::json::object& entry, int number);
/// commcare-export/traces: what the client asked, and what it must be able to read.
Findings RunTrace(Stage& stage, const boost::json::value& file, const boost::json::object& entry,
                  int number);

}  // namespace outpost::tests
