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

/// Facts that the running server hands in, by item. The server decides; this only passes them on.
struct ServerFact {
  Verdict verdict = Verdict::kNotYet;
  std::string sentence;
  std::map<std::string, std::string> figures;
};
using ServerFacts = std::map<std::string, ServerFact, std::less<>>;

class ServerCollector final : public Collector {
 public:
  explicit ServerCollector(ServerFacts facts) : facts_(std::move(facts)) {}
  std::optional<Evidence> Look(const Item& item) const override;
  std::string name() const override { return "server 1"; }

 private:
  ServerFacts facts_;
};

/// Comes last: an item that a machine should decide and nobody could look at is "not yet", with
/// what it needs.
class NotYetCollector final : public Collector {
 public:
  std::optional<Evidence> Look(const Item& item) const override;
  std::string name() const override { return "none"; }
};

}  // namespace outpost::transition
