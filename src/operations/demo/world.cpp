#include "operations/demo/world.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "operations/demo/detail/names.h"

namespace outpost::demo {
namespace {

constexpr std::int64_t kMinuteMicros = 60 * kMicrosPerSecond;
constexpr std::int64_t kHourMicros = 60 * kMinuteMicros;
/// Work grows to this multiple over the year.
constexpr double kGrowth = 2.4;
/// From Sunday on.
constexpr std::array<double, 7> kWeekday = {0, 1.35, 1.15, 1.1, 1.0, 0.9, 0.3};
constexpr std::int64_t kPregnancyDays = 280;

/// 0 is Sunday. The epoch was a Thursday.
std::size_t WeekdayOf(Instant day) {
  return static_cast<std::size_t>((day.micros / kMicrosPerDay + 4) % 7);
}

/// Neighbouring seeds must not give the same sequence one step later.
std::uint64_t Mixed(std::uint64_t seed, std::size_t forms) {
  const auto first = SeededRandom(seed).Next();
  return SeededRandom(first ^ (std::uint64_t{forms} << 20)).Next();
}

/// Indices of what is still followed, by worker.
struct Caseload {
  std::vector<std::uint32_t> households, pregnancies, children;
};

class Planner {
 public:
  Planner(std::uint64_t seed, std::size_t forms, Instant end)
      : random_(Mixed(seed, forms)), forms_(forms), end_(MidnightOf(end)) {}

  World Plan() {
    world_.forms.reserve(forms_);
    PlanDays();
    std::stable_sort(
        world_.forms.begin(), world_.forms.end(),
        [](const PlannedForm& a, const PlannedForm& b) { return a.received < b.received; });
    return std::move(world_);
  }

 private:
  static Instant MidnightOf(Instant at) { return {at.micros / kMicrosPerDay * kMicrosPerDay}; }

  static double WeightOf(int day, Instant at, std::size_t worker) {
    const double growth = 1 + (kGrowth - 1) * day / (kDays - 1);
    return growth * kWeekday[WeekdayOf(at)] * WorkerAt(worker).diligence;
  }

  Instant DayAt(int day) const { return end_ + (day - kDays) * kMicrosPerDay; }

  /// Shares the forms out over days and workers: exactly as many as asked for, whatever is rounded.
  void PlanDays() {
    double total = 0;
    for (int day = 0; day < kDays; ++day) {
      for (std::size_t w = 0; w < kWorkers; ++w) total += WeightOf(day, DayAt(day), w);
    }
    double so_far = 0;
    std::size_t planned = 0;
    for (int day = 0; day < kDays; ++day) {
      for (std::size_t w = 0; w < kWorkers; ++w) {
        so_far += WeightOf(day, DayAt(day), w);
        const auto until =
            static_cast<std::size_t>(std::llround(so_far / total * static_cast<double>(forms_)));
        PlanWorkday(DayAt(day), w, until - planned);
        planned = until;
      }
    }
  }

  void PlanWorkday(Instant day, std::size_t worker, std::size_t forms) {
    if (forms == 0) return;
    const Instant morning = day + (8 - WorkerAt(worker).zone_hours) * kHourMicros;
    const auto pause = 9 * kHourMicros / static_cast<std::int64_t>(forms);
    for (std::size_t i = 0; i < forms; ++i) {
      PlannedForm form;
      form.worker = static_cast<std::uint8_t>(worker);
      form.started = morning + pause * static_cast<std::int64_t>(i) + Part(pause / 2);
      form.ended = form.started + 3 * kMinuteMicros + Part(9 * kMinuteMicros);
      Choose(form);
      form.id = random_.NextUuid();
      form.answers_seed = random_.Next();
      form.received = ReceivedOn(form);
      world_.forms.push_back(form);
    }
  }

  std::int64_t Part(std::int64_t of) {
    return of <= 0 ? 0 : static_cast<std::int64_t>(random_.Below(static_cast<std::uint64_t>(of)));
  }

  /// Mostly at once; at times hours later, when there is a network again. A phone sends its oldest
  /// form first, and nothing arrives after the end.
  Instant ReceivedOn(const PlannedForm& form) {
    auto received = form.ended + 2 * kMicrosPerSecond + Part(kMinuteMicros);
    if (random_.OneIn(6)) received = received + Part(10 * kHourMicros);
    if (random_.OneIn(60)) received = received + Part(3 * kMicrosPerDay);
    auto& last = last_received_[form.worker];
    received = std::min(std::max(received, last + kMicrosPerSecond), end_);
    last = received;
    return received;
  }

  /// What the worker does next follows from whom she looks after.
  void Choose(PlannedForm& form) {
    auto& load = caseloads_[form.worker];
    if (BringsToBirth(form, load)) return;
    const auto dice = random_.Below(100);
    const auto newcomers = 40 / (1 + load.households.size() / 25);
    if (load.households.size() < 3 || dice < newcomers) return RegisterHousehold(form, load);
    if (dice < 55 && !load.children.empty()) return VisitChild(form, load);
    if (dice < 75 && !load.pregnancies.empty()) return VisitPregnancy(form, load);
    if (dice < 84) return RegisterPregnancy(form, load);
    if (dice == 99 && load.households.size() > 10) return CloseHousehold(form, load);
    form.kind = FormKind::kVisitHousehold;
    form.household = Any(load.households);
  }

  std::uint32_t Any(const std::vector<std::uint32_t>& list) {
    return list[random_.Below(list.size())];
  }
  std::string_view Any(std::span<const std::string_view> names) {
    return names[random_.Below(names.size())];
  }

  bool BringsToBirth(PlannedForm& form, Caseload& load) {
    const auto due = std::find_if(load.pregnancies.begin(), load.pregnancies.end(), [&](auto p) {
      return world_.pregnancies[p].due <= form.started;
    });
    if (due == load.pregnancies.end()) return false;
    form.kind = FormKind::kDelivery;
    form.pregnancy = *due;
    form.household = world_.pregnancies[*due].household;
    form.child = static_cast<std::uint32_t>(world_.children.size());
    form.children_born = random_.OneIn(70) ? 2 : 1;
    for (int i = 0; i < form.children_born; ++i) BearChild(form, load);
    load.pregnancies.erase(due);
    return true;
  }

  void BearChild(const PlannedForm& form, Caseload& load) {
    const auto region = WorkerAt(form.worker).region;
    Child child;
    child.id = random_.NextUuid();
    child.household = form.household;
    child.is_girl = random_.OneIn(2);
    child.name = Any(child.is_girl ? detail::WomensNames(region) : detail::MensNames(region));
    child.born = form.started + -Part(3 * kMicrosPerDay);
    load.children.push_back(static_cast<std::uint32_t>(world_.children.size()));
    world_.children.push_back(child);
  }

  void RegisterHousehold(PlannedForm& form, Caseload& load) {
    const auto region = WorkerAt(form.worker).region;
    Household household;
    household.id = random_.NextUuid();
    household.worker = form.worker;
    household.family_name = Any(detail::FamilyNames(region));
    household.head_name =
        Any(random_.OneIn(3) ? detail::WomensNames(region) : detail::MensNames(region));
    household.members = static_cast<std::uint8_t>(2 + random_.Below(7));
    form.kind = FormKind::kRegisterHousehold;
    form.household = static_cast<std::uint32_t>(world_.households.size());
    load.households.push_back(form.household);
    world_.households.push_back(household);
  }

  void RegisterPregnancy(PlannedForm& form, Caseload& load) {
    Pregnancy pregnancy;
    pregnancy.id = random_.NextUuid();
    pregnancy.household = Any(load.households);
    pregnancy.mother_name = Any(detail::WomensNames(WorkerAt(form.worker).region));
    pregnancy.mother_age = static_cast<std::uint8_t>(17 + random_.Below(25));
    const auto along = 40 * kMicrosPerDay + Part(160 * kMicrosPerDay);
    pregnancy.due = form.started + (kPregnancyDays * kMicrosPerDay - along);
    form.kind = FormKind::kRegisterPregnancy;
    form.household = pregnancy.household;
    form.pregnancy = static_cast<std::uint32_t>(world_.pregnancies.size());
    load.pregnancies.push_back(form.pregnancy);
    world_.pregnancies.push_back(pregnancy);
  }

  void VisitPregnancy(PlannedForm& form, const Caseload& load) {
    form.kind = FormKind::kAntenatalVisit;
    form.pregnancy = Any(load.pregnancies);
    form.household = world_.pregnancies[form.pregnancy].household;
  }

  void VisitChild(PlannedForm& form, const Caseload& load) {
    form.kind = FormKind::kChildVisit;
    form.child = Any(load.children);
    form.household = world_.children[form.child].household;
  }

  /// The family has moved away; its pregnancies and children stay open and are still visited.
  void CloseHousehold(PlannedForm& form, Caseload& load) {
    const auto at = random_.Below(load.households.size());
    form.kind = FormKind::kCloseHousehold;
    form.household = load.households[at];
    load.households.erase(load.households.begin() + static_cast<std::ptrdiff_t>(at));
  }

  SeededRandom random_;
  const std::size_t forms_;
  const Instant end_;
  World world_;
  std::array<Caseload, kWorkers> caseloads_;
  std::array<Instant, kWorkers> last_received_{};
};

}  // namespace

World PlanWorld(std::uint64_t seed, std::size_t forms, Instant end) {
  return Planner(seed, forms, end).Plan();
}

}  // namespace outpost::demo
