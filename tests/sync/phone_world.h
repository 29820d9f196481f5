#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "operations/phones/testing/history.h"
#include "store/sql/testing/scratch_folder.h"
#include "support/admin.h"
#include "support/server_process.h"

/// The real program as the server of histories.
namespace outpost::tests {

class PhoneWorld {
 public:
  PhoneWorld(std::string program, std::string database);

  /// A project space of three workers for one history.
  phones::testing::HistoryWorld WorldFor(std::uint64_t seed);
  void Stop() { server_.Stop(); }

 private:
  sql_testing::ScratchFolder folder_;
  ServerProcess server_;
  std::unique_ptr<Admin> admin_;
  SystemClock clock_;
};

}  // namespace outpost::tests
