#pragma once

#include <map>
#include <string>
#include <vector>

#include "transition/sizing/model.h"

namespace outpost::sizing {

/// Usage per month. A value is NaN where the series does not cover the month.
struct UsageSeries {
  std::vector<Month> months;
  std::vector<std::string> order;                     // names as they were computed
  std::map<std::string, std::vector<double>> values;  // each as long as months

  const std::vector<double>* Find(const std::string& name) const;
  /// Adds a series or replaces it.
  void Put(const std::string& name, std::vector<double> series);
};

/// Computes every usage field for one set of variables. Models run as soon as what they depend on
/// is there, whatever their order in the file.
/// @param given series that exist already (none for a whole configuration).
/// @throws Problem kMalformed: "Unmet dependencies for models: a, b"; unknown or unfit variable.
UsageSeries EvaluateUsage(const std::vector<UsageModel>& models, const VariableSet& set,
                          const std::string& file, UsageSeries given,
                          std::vector<std::string>* warnings);

}  // namespace outpost::sizing
