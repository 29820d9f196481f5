#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "domain/forms/form_record.h"
#include "domain/people/accounts.h"
#include "http/message.h"
#include "services/mobile/receiver/auth_choice.h"
#include "services/mobile/receiver/openrosa_reply.h"
#include "services/mobile/receiver/receiver.h"

namespace outpost::mobile {

/// Which of the receiver's paths was called (submission document 1).
enum class Endpoint : std::uint8_t { kOpen, kSecure, kApi };

/// One submission on its way; lives until it is answered.
struct Visit {
  Visit(ReceiverContext& c, http::Request& r, http::Responder answer, Endpoint called)
      : context(c), request(r), responder(std::move(answer)), endpoint(called) {}

  ReceiverContext& context;
  http::Request& request;
  http::Responder responder;
  Endpoint endpoint;
  std::shared_ptr<const projects::Project> project;
  std::optional<std::string> app_id;
  AuthType auth_type = AuthType::kBasic;
  forms::AuthContext auth;
  std::shared_ptr<const people::Account> account;  // who signed in; may be null
  bool may_set_time = false;
  const char* submission_type = "normal";  // in metrics
  std::int64_t started = SteadyMicros();
};
using VisitPtr = std::shared_ptr<Visit>;

/// Counts the submission and answers it.
void Answer(Visit& visit, http::Response response);

/// A step that may throw, on whatever thread; a failure is answered, never lost.
void Guarded(const VisitPtr& visit, const std::function<void()>& step);

bool IsVersion3(const http::Request& request);
Dialect DialectOf(const Visit& visit);

}  // namespace outpost::mobile
