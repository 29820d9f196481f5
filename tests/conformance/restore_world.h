#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance/stage.h"

/// A project space with workers whose phones submit forms and sync, for the restore corpus.
namespace outpost::tests {

using Query = std::vector<std::pair<std::string, std::string>>;

/// A case block as the corpus writes it: case_id, create, owner_id, update_owner_id, update, index
/// {identifier: [target, relationship]}, close; also case_type, case_name, external_id.
using BlockDescription = boost::json::object;

/// What a restore holds, as far as cases look at it.
struct RestoreSeen {
  int status = 0;
  std::string body;
  std::string token;
  std::vector<std::string> cases;    // ids, sorted
  std::vector<std::string> created;  // those with a create block
};

class RestoreWorld {
 public:
  RestoreWorld(Stage& stage, std::string project);

  /// Makes a mobile worker when there is none of that name. @returns the user id
  std::string Worker(const std::string& name);
  /// A case-sharing group with these workers and no others; made when there is none.
  std::string Group(const std::string& name, const std::vector<std::string>& workers);

  /// A form of that worker; `token` may be empty.
  void Submit(const std::string& worker, const std::vector<BlockDescription>& blocks,
              const std::string& token = "");
  RestoreSeen Restore(const std::string& worker, const Query& query);
  Answer Get(const std::string& worker, const std::string& path, const Query& query,
             HeaderList headers = {});

  /// Ids held by the phone with this token, sorted.
  std::vector<std::string> Held(const std::string& token);
  /// The user id or group id that a name of the corpus stands for; itself for any other name.
  std::string IdOf(const std::string& name) const;
  const std::string& project() const { return project_; }
  Stage& stage() { return stage_; }

 private:
  std::string BlockXml(const BlockDescription& block, const std::string& user_id) const;

  Stage& stage_;
  std::string project_;
  std::map<std::string, std::string> user_ids_, group_ids_;
};

inline constexpr const char* kWorkerPassword = "long-enough-secret";

/// One runner per layout of the restore corpus.
Findings RunLiveSet(Stage& stage, const boost::json::value& file, const boost::json::object& entry,
                    int number);
Findings RunStateCheck(Stage& stage, const boost::json::value& file,
                       const boost::json::object& entry, int number);
Findings RunSyncFlow(Stage& stage, const boost::json::value& file, const boost::json::object& entry,
                     int number);
Findings RunTokenForms(Stage& stage, const boost::json::value& file,
                       const boost::json::object& entry, int number);
Findings RunRestoreXml(Stage& stage, const boost::json::value& file,
                       const boost::json::object& entry, int number);
Findings RunPhoneHttp(Stage& stage, const boost::json::value& file,
                      const boost::json::object& entry, int number);
Findings RunRestoreAs(Stage& stage, const boost::json::value& file,
                      const boost::json::object& entry, int number);

}  // namespace outpost::tests
