#pragma once

#include "conformance/stage.h"

/// What the server answers around apps, over HTTP.
namespace outpost::tests {

/// cases/server-responses.json
Findings RunAppResponse(Stage& stage, const boost::json::object& entry, int number);
/// cases/password.json: the wrapped password signs in.
Findings RunWrappedPassword(Stage& stage, const boost::json::object& entry, int number);

}  // namespace outpost::tests
