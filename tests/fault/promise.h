#pragma once

#include <string>
#include <vector>

#include "fault/crowd.h"
#include "support/admin.h"
#include "support/raw_client.h"

/// The first promise (docs/guarantees.md): a form answered with 201 is there after restart, exactly
/// once, with its case; one that was not answered left no trace or a complete one.
namespace outpost::tests {

struct PromiseCheck {
  std::vector<std::string> broken;  // what does not hold; empty when the promise was kept
  std::size_t sent = 0, acknowledged = 0, stored = 0;
};

/// Looks at everything that is stored in the project space. The server must run.
PromiseCheck CheckPromise(Admin& admin, const std::string& project,
                          const std::vector<SentForm>& sent);

/// Sends some forms again, as phones do that missed the answer: nothing may be applied twice.
/// @returns what does not hold
std::vector<std::string> SendAgain(RawClient& client, Admin& admin, const std::string& project,
                                   const std::vector<SentForm>& sent);

}  // namespace outpost::tests
