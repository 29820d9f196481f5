#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "transition/checkpoints/tracker.h"
#include "transition/plan/plan.h"

namespace outpost::transition {

/// Judges what a plan file can show: drawing, apps, size, machines, integrations, backups, people,
/// and the answers about the place that people wrote into it.
class PlanCollector final : public Collector {
 public:
  /// The plan must outlive the collector.
  explicit PlanCollector(const plan::Plan* plan) : plan_(plan) {}
  std::optional<Evidence> Look(const Item& item) const override;
  std::string name() const override { return "plan 1"; }

 private:
  const plan::Plan* plan_;
};

/// What the machine under us says about itself. Only on a server, never on somebody's laptop.
class HostCollector final : public Collector {
 public:
  /// `root` is "/" but for tests.
  explicit HostCollector(std::filesystem::path root) : root_(std::move(root)) {}
  std::optional<Evidence> Look(const Item& item) const override;
  std::string name() const override { return "host 1"; }

 private:
  std::filesystem::path root_;
};

/// What somebody else has looked at, by item: the running server hands in its facts, and what a
/// plan shows travels to the server in this form.
struct Fact {
  Verdict verdict = Verdict::kNotYet;
  std::string sentence;
  std::map<std::string, std::string> figures;
};
using Facts = std::map<std::string, Fact, std::less<>>;

/// Everything that a collector sees, as facts.
Facts FactsOf(const Collector& collector);

class FactCollector final : public Collector {
 public:
  FactCollector(std::string name, Facts facts) : name_(std::move(name)), facts_(std::move(facts)) {}
  std::optional<Evidence> Look(const Item& item) const override;
  std::string name() const override { return name_; }

 private:
  std::string name_;
  Facts facts_;
};

/// C1.4 on the server itself: what the plan asks of one machine, against the machine under us. Both
/// must outlive it.
class HostFitCollector final : public Collector {
 public:
  HostFitCollector(const Collector* of_plan, const Collector* of_host)
      : of_plan_(of_plan), of_host_(of_host) {}
  std::optional<Evidence> Look(const Item& item) const override;
  std::string name() const override { return "plan and host 1"; }

 private:
  const Collector* of_plan_;
  const Collector* of_host_;
};

/// Comes last: an item that a machine should decide and nobody could look at is "not yet", with
/// what it needs.
class NotYetCollector final : public Collector {
 public:
  std::optional<Evidence> Look(const Item& item) const override;
  std::string name() const override { return "none"; }
};

}  // namespace outpost::transition
