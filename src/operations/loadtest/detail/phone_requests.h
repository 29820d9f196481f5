#pragma once

#include <string>
#include <string_view>

#include "operations/loadtest/form_source.h"

namespace outpost::loadtest::detail {

struct RestoreQuery {
  std::string since;   // empty: neither token nor state
  std::string digest;  // of the state
};

/// A whole request as phones send it.
void WriteRestoreRequest(const FormPlan& plan, std::size_t user, const RestoreQuery& query,
                         std::string& out);

/// Reads a first restore as a phone does. Empty, or why the phone would refuse it, throw some of it
/// away at once, or send another digest than `digest`.
std::string FaultOf(std::string_view restore, const std::string& digest);

}  // namespace outpost::loadtest::detail
