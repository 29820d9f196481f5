#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/seeded_random.h"

/// The made-up programme behind the demo project: twenty community health workers who visit
/// households, follow pregnancies and weigh children for a year. Depends on its seed alone.
namespace outpost::demo {

enum class Region : std::uint8_t { kAfrica, kAsia, kLatinAmerica };

struct Worker {
  std::string_view login;  // amina.otieno
  std::string_view first_name, last_name;
  Region region;
  std::string_view village;
  double latitude, longitude;
  int zone_hours;  // of its local time
  int diligence;   // share of the forms
};
inline constexpr std::size_t kWorkers = 20;
const Worker& WorkerAt(std::size_t index);

enum class FormKind : std::uint8_t {
  kRegisterHousehold,
  kVisitHousehold,
  kCloseHousehold,
  kRegisterPregnancy,
  kAntenatalVisit,
  kDelivery,
  kChildVisit,
};
inline constexpr std::size_t kFormKinds = 7;

struct Household {
  Uuid id{};
  std::uint8_t worker = 0;
  std::string_view family_name, head_name;
  std::uint8_t members = 0;
};
struct Pregnancy {
  Uuid id{};
  std::uint32_t household = 0;
  std::string_view mother_name;
  std::uint8_t mother_age = 0;
  Instant due;
};
struct Child {
  Uuid id{};
  std::uint32_t household = 0;
  std::string_view name;
  bool is_girl = false;
  Instant born;
};

/// A form to be: who fills it in when, and about whom. Its answers come from the seed and its place
/// in the plan when it is rendered.
struct PlannedForm {
  Uuid id{};
  std::uint64_t answers_seed = 0;
  FormKind kind = FormKind::kRegisterHousehold;
  std::uint8_t worker = 0;
  std::uint8_t children_born = 0;  // of a delivery: child and the next ones
  std::uint32_t household = 0, pregnancy = 0, child = 0;
  Instant started, ended;
  Instant received;  // phones are offline for hours or days at times
};

struct World {
  std::vector<Household> households;
  std::vector<Pregnancy> pregnancies;
  std::vector<Child> children;
  std::vector<PlannedForm> forms;  // in the order in which the server receives them
};

inline constexpr int kDays = 365;

/// A year of work that ends with the day before `end`: more on Mondays, little on Saturdays, none
/// on Sundays, growing over the year. Exactly `forms` forms.
World PlanWorld(std::uint64_t seed, std::size_t forms, Instant end);

}  // namespace outpost::demo
