#include "services/mobile/receiver/visit.h"

#include <utility>

#include "services/mobile/receiver/refusals.h"

namespace outpost::mobile {

void Answer(Visit& visit, http::Response response) {
  const MetricLabel labels[] = {{"status_code", std::to_string(response.status)},
                                {"submission_type", visit.submission_type}};
  visit.context.metrics.CounterOf("commcare.xform_submissions.count", labels).Add();
  visit.context.metrics.HistogramOf("commcare.xform_submissions.duration.seconds", labels)
      .ObserveMicros(SteadyMicros() - visit.started);
  visit.responder.Send(std::move(response));
}

void Guarded(const VisitPtr& visit, const std::function<void()>& step) {
  try {
    step();
  } catch (...) {
    Answer(*visit, ReplyToFailure(visit->request, std::current_exception()));
  }
}

bool IsVersion3(const http::Request& request) {
  return request.headers.Find("X-OpenRosa-Version") == "3.0";
}

Dialect DialectOf(const Visit& visit) {
  std::string location = visit.context.public_url;
  if (location.empty()) {
    location = (visit.request.is_secure ? "https://" : "http://") + visit.request.host;
  }
  return {IsVersion3(visit.request), std::move(location)};
}

}  // namespace outpost::mobile
