#pragma once

#include <functional>
#include <memory>

#include "operations/phones/exchange.h"

namespace outpost::phones::testing::detail {

enum class Loss : std::uint8_t { kNone, kRequest, kAnswer };

/// Loses requests before, and answers after the server has seen them; tells what arrived.
class Lossy final : public Exchange {
 public:
  using Delivered = std::function<void(const Request&, const Answer&)>;

  Lossy(std::unique_ptr<Exchange> inner, Delivered delivered)
      : inner_(std::move(inner)), delivered_(std::move(delivered)) {}

  std::optional<Answer> Send(const Request& request) override {
    const auto loss = choose ? choose(request) : Loss::kNone;
    if (loss != Loss::kNone) ++losses;
    if (loss == Loss::kRequest) return std::nullopt;
    return Pass(request, inner_->Send(request), loss);
  }

  /// Only the second request may lose its answer here: the first is what is being looked at.
  std::pair<std::optional<Answer>, std::optional<Answer>> SendDuring(
      const Request& request, const Request& meanwhile) override {
    const auto loss = choose ? choose(meanwhile) : Loss::kNone;
    auto [first, second] = inner_->SendDuring(request, meanwhile);
    if (loss != Loss::kNone) ++losses;
    auto passed = Pass(meanwhile, std::move(second), loss);
    return {Pass(request, std::move(first), Loss::kNone), std::move(passed)};
  }

  /// Decides for each request; empty: nothing is lost.
  std::function<Loss(const Request&)> choose;
  int losses = 0;    // on purpose
  int failures = 0;  // not on purpose

 private:
  std::optional<Answer> Pass(const Request& request, std::optional<Answer> answer, Loss loss) {
    if (!answer) {
      ++failures;
      return std::nullopt;
    }
    delivered_(request, *answer);
    if (loss == Loss::kAnswer) return std::nullopt;
    return answer;
  }

  std::unique_ptr<Exchange> inner_;
  Delivered delivered_;
};

}  // namespace outpost::phones::testing::detail
