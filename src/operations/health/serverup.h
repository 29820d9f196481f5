#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "http/message.h"
#include "operations/health/check_board.h"

/// `GET /serverup.txt` as load balancers, monitors and phones know it (operations document 3.1).
namespace outpost::health {

/// Exactly these seven bytes: monitors compare the text for equality.
inline constexpr std::string_view kServerupBody = "success";

/// The names that monitors know. The last is asked for by "?celery" or, older, "?heartbeat".
inline constexpr std::string_view kDefaultChecks[] = {
    "kafka", "redis", "postgres", "couch", "elasticsearch", "blobdb", "formplayer", "rabbitmq"};
inline constexpr std::string_view kCeleryCheck = "celery";

/// Which checks a request asks for: the default list, more than that, or only one.
std::vector<std::string> ChooseChecks(
    const std::vector<std::pair<std::string, std::string>>& query);

/// 200 `success` when all are well or a deploy is under way, else 500 with what failed.
http::Response ServerupReply(const std::vector<Verdict>& verdicts, std::string_view host_name,
                             bool is_deploying);

}  // namespace outpost::health
