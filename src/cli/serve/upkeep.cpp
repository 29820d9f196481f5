#include "cli/serve/upkeep.h"

#include "base/problem.h"

#include "cli/serve/doctor_input.h"
#include "operations/doctor/database_facts.h"

namespace outpost::cli {
namespace {

constexpr std::string_view kUsageReport = "usage.report";
constexpr std::int64_t kHourSeconds = 3'600;
constexpr std::int64_t kReserveSeconds = 10;

operations::TrackerSources SourcesOf(const UpkeepParts& parts, const Settings& settings,
                                     usage::UsageKeeper& usage) {
  auto doctor = DoctorInputOf(settings);
  doctor.paths = parts.paths;
  doctor.ask_server = [&database = parts.database, paths = parts.paths] {
    return std::optional(doctor::ExamineRunning(database, paths, false));
  };
  return {parts.database,
          parts.writer,
          parts.clock,
          usage,
          parts.paths,
          std::move(doctor),
          settings.Text("server.public_url"),
          parts.metrics};
}

}  // namespace

std::vector<std::string_view> UpkeepCommandNames() {
  auto names = transition::TrackerCommandNames();
  names.push_back(kUsageReport);
  return names;
}

DiskLimits DiskLimitsOf(const Settings& settings) {
  const auto share = [&](const char* name) {
    constexpr std::int64_t kAll = 100;
    const auto percent = settings.Int(name);
    if (percent >= 0 && percent <= kAll) return static_cast<double>(percent) / kAll;
    throw Problem(ProblemKind::kBadRequest,
                  "The setting \"" + std::string(name) + "\" goes from 0 to 100.");
  };
  return {share("disk.low_percent"), share("disk.full_percent"), settings.Int("disk.low_bytes"),
          settings.Int("disk.full_bytes")};
}

ServerUpkeep::ServerUpkeep(const UpkeepParts& parts, const Settings& settings)
    : parts_(parts),
      usage_(parts.database, parts.writer, parts.clock, parts.paths),
      tracker_(SourcesOf(parts, settings, usage_)) {
  reserve_.bytes = settings.Int("disk.reserve_bytes");
}

std::string ServerUpkeep::Run(std::string_view command, std::string_view json) {
  if (command != kUsageReport) return tracker_.Run(command, json);
  usage_.CatchUp();
  usage_.SampleDisk();
  return usage::JsonOf(usage::ReadUsage(parts_.database, parts_.paths, parts_.clock.Now()));
}

std::vector<tasks::Chore> ServerUpkeep::Chores() {
  // None of them removes anything.
  using Run = std::function<void(const tasks::GoOn&)>;
  const auto chore_every = [](const char* name, std::int64_t seconds, Run run) {
    return tasks::Chore{name, seconds, [run = std::move(run)](const auto& go_on) {
                          run(go_on);
                          return std::int64_t{0};
                        }};
  };
  const auto chore = [&](const char* name, std::int64_t hours, Run run) {
    return chore_every(name, hours * kHourSeconds, std::move(run));
  };
  return {chore_every("disk room", kReserveSeconds,
                      [this](const auto&) {
                        tasks::TendReserve(parts_.paths.root / "reserve.bin", reserve_);
                        if (parts_.disk != nullptr) parts_.disk->Look();
                      }),
          chore("usage", 1, [this](const auto& go_on) { usage_.CatchUp(go_on); }),
          chore("disk", 6, [this](const auto&) { usage_.SampleDisk(); }),
          chore("transition", 24, [this](const auto&) { tracker_.LookByItself(); })};
}

}  // namespace outpost::cli
