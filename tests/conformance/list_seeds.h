#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/api_account.h"

/// Forms and cases as the corpus's lists describe them, brought by real submissions at the
/// moments that they name.
namespace outpost::tests {

std::string TextIn(const boost::json::object& from, std::string_view key);

/// Documents of form-filters.json, by indexed_on. The account must be an administrator.
void SeedForms(Stage& stage, ApiAccount& account, std::vector<boost::json::object> documents);
/// Documents of case-v1-filters.json.
void SeedCases(Stage& stage, ApiAccount& account, std::vector<boost::json::object> documents);
/// Cases of case-v2/read.json.
void SeedCasesV2(Stage& stage, ApiAccount& account, std::vector<boost::json::object> documents);

/// So many forms of one namespace, or cases of one name.
void SeedManyForms(ApiAccount& account, std::int64_t count, const std::string& xmlns);
void SeedManyCases(ApiAccount& account, std::int64_t count, const std::string& name);

/// A microsecond before: a case is stored one after its form.
std::string Before(const std::string& time);

/// One element of a form's JSON as XML: "@x" are attributes, lists are repeated.
std::string XmlOf(std::string_view name, const boost::json::value& json);

}  // namespace outpost::tests
