#pragma once

#include <string>

#include "format/tree/tree.h"
#include "transition/sizing/model.h"

namespace outpost::sizing::detail {

/// Reads services.<name>. @throws Problem as ReadConfig.
ServiceDefinition ReadService(const tree::Node& node, const std::string& name,
                              const std::string& file);

}  // namespace outpost::sizing::detail
