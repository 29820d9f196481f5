#include "operations/demo/render_form.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/problem.h"

namespace outpost::demo {
namespace {

constexpr std::string_view kCaseXmlns = "http://commcarehq.org/case/transaction/v2";
constexpr std::int64_t kHourMicros = 3'600 * kMicrosPerSecond;

std::string_view NameOf(FormKind kind) {
  switch (kind) {
    case FormKind::kRegisterHousehold:
      return "Register a household";
    case FormKind::kVisitHousehold:
      return "Visit a household";
    case FormKind::kCloseHousehold:
      return "Household has moved";
    case FormKind::kRegisterPregnancy:
      return "Register a pregnancy";
    case FormKind::kAntenatalVisit:
      return "Antenatal visit";
    case FormKind::kDelivery:
      return "Birth";
    case FormKind::kChildVisit:
      return "Visit a child";
  }
  return "";
}

/// "2024-05-01T08:30:00.123+03" in the phone's own zone.
std::string PhoneTime(Instant at, int zone_hours) {
  auto text = FormatT6(at + zone_hours * kHourMicros);
  constexpr std::size_t kUpToMilliseconds = 23;
  text.resize(kUpToMilliseconds);
  return text + fmt::format("{}{:02}", zone_hours < 0 ? '-' : '+', std::abs(zone_hours));
}

/// Writes one form. Answers are drawn in the order in which they are written.
class Renderer {
 public:
  Renderer(const World& world, const PlannedForm& form, const WorkerIds& ids)
      : world_(world),
        form_(form),
        worker_(WorkerAt(form.worker)),
        user_id_(ids.user_ids.at(form.worker)),
        ended_(PhoneTime(form.ended, worker_.zone_hours)),
        random_(form.answers_seed) {}

  std::string Render() {
    out_ = fmt::format(
        "<?xml version='1.0' ?><data xmlns:jrm=\"http://dev.commcarehq.org/jr/xforms\" "
        "xmlns=\"{}\" uiVersion=\"1\" version=\"12\" name=\"{}\">",
        XmlnsOf(form_.kind), NameOf(form_.kind));
    Answers();
    Meta();
    out_ += "</data>";
    return std::move(out_);
  }

 private:
  void Answers() {
    switch (form_.kind) {
      case FormKind::kRegisterHousehold:
        return RegisterHousehold();
      case FormKind::kVisitHousehold:
        return VisitHousehold();
      case FormKind::kCloseHousehold:
        return CloseHousehold();
      case FormKind::kRegisterPregnancy:
        return RegisterPregnancy();
      case FormKind::kAntenatalVisit:
        return AntenatalVisit();
      case FormKind::kDelivery:
        return Delivery();
      case FormKind::kChildVisit:
        return ChildVisit();
    }
  }

  // Small parts ---------------------------------------------------------------------------------

  void Put(std::string_view name, std::string_view value) {
    out_ += fmt::format("<{0}>{1}</{0}>", name, value);
  }
  /// For answers that the case gets too.
  std::string Keep(std::string_view name, std::string value) {
    Put(name, value);
    return value;
  }
  std::string_view YesIn(std::uint64_t times) { return random_.OneIn(times) ? "yes" : "no"; }
  template <std::size_t N>
  std::string_view Any(const std::array<std::string_view, N>& words) {
    return words[random_.Below(N)];
  }
  std::string Tenths(std::uint64_t from, std::uint64_t to) {
    const auto value = from + random_.Below(to - from);
    return fmt::format("{}.{}", value / 10, value % 10);
  }
  std::string Today() const { return FormatDate(form_.ended + worker_.zone_hours * kHourMicros); }
  std::string DateIn(std::int64_t days) const {
    return FormatDate(form_.ended + days * kMicrosPerDay);
  }
  std::string Place() {
    const auto near = [&](double degrees) {
      return degrees + (static_cast<double>(random_.Below(4000)) - 2000) / 1e5;
    };
    return fmt::format("{:.6f} {:.6f} {}.0 {}.0", near(worker_.latitude), near(worker_.longitude),
                       200 + random_.Below(1500), 4 + random_.Below(20));
  }

  void BeginCase(const Uuid& id) {
    out_ += fmt::format("<case case_id=\"{}\" date_modified=\"{}\" user_id=\"{}\" xmlns=\"{}\">",
                        TextOf(id), ended_, user_id_, kCaseXmlns);
  }
  void Create(std::string_view type, std::string_view name) {
    out_ += fmt::format(
        "<create><case_name>{}</case_name><owner_id>{}</owner_id>"
        "<case_type>{}</case_type></create>",
        name, user_id_, type);
  }
  void ParentIs(const Uuid& household) {
    out_ += fmt::format("<index><parent case_type=\"household\">{}</parent></index>",
                        TextOf(household));
  }

  // Forms ---------------------------------------------------------------------------------------

  void RegisterHousehold() {
    const auto& household = world_.households[form_.household];
    constexpr std::array<std::string_view, 4> kWater = {"piped", "borehole", "river", "well"};
    const auto head = fmt::format("{} {}", household.head_name, household.family_name);
    Put("consent", "yes");
    Put("head_of_household", head);
    Put("village", worker_.village);
    const auto place = Keep("gps", Place());
    const auto water = Any(kWater);
    Put("water_source", water);
    const auto latrine = YesIn(2);
    Put("has_latrine", latrine);
    const auto nets = Keep("mosquito_nets", std::to_string(random_.Below(4)));
    BeginCase(household.id);
    Create("household", head);
    out_ += "<update>";
    Put("village", worker_.village);
    Put("gps", place);
    Put("water_source", water);
    Put("has_latrine", latrine);
    Put("mosquito_nets", nets);
    Put("members", std::to_string(household.members));
    Put("registered_on", Today());
    out_ += "</update></case>";
  }

  void VisitHousehold() {
    const auto& household = world_.households[form_.household];
    Put("visit_date", Today());
    Put("somebody_was_home", "yes");
    const auto fever = YesIn(6);
    Put("anybody_with_fever", fever);
    const auto diarrhoea = YesIn(9);
    Put("anybody_with_diarrhoea", diarrhoea);
    Put("advice_given", "hand washing, nets, clean water");
    const auto nets = Keep("mosquito_nets", std::to_string(1 + random_.Below(4)));
    BeginCase(household.id);
    out_ += "<update>";
    Put("last_visit", Today());
    Put("mosquito_nets", nets);
    Put("fever_at_last_visit", fever);
    Put("diarrhoea_at_last_visit", diarrhoea);
    out_ += "</update></case>";
  }

  void CloseHousehold() {
    constexpr std::array<std::string_view, 3> kReasons = {"moved to the city", "moved to relatives",
                                                          "work elsewhere"};
    const auto reason = Any(kReasons);
    Put("visit_date", Today());
    Put("why", reason);
    BeginCase(world_.households[form_.household].id);
    out_ += "<update>";
    Put("closed_because", reason);
    out_ += "</update><close/></case>";
  }

  void RegisterPregnancy() {
    const auto& pregnancy = world_.pregnancies[form_.pregnancy];
    const auto& household = world_.households[pregnancy.household];
    const auto mother = fmt::format("{} {}", pregnancy.mother_name, household.family_name);
    const auto due = FormatDate(pregnancy.due);
    const auto age = std::to_string(pregnancy.mother_age);
    Put("mother_name", mother);
    Put("mother_age", age);
    Put("due_date", due);
    const auto before = Keep("earlier_births", std::to_string(random_.Below(6)));
    const auto card = YesIn(2);
    Put("has_antenatal_card", card);
    Put("blood_pressure", fmt::format("{}/{}", 95 + random_.Below(50), 60 + random_.Below(35)));
    BeginCase(pregnancy.id);
    Create("pregnancy", mother);
    out_ += "<update>";
    Put("mother_age", age);
    Put("due_date", due);
    Put("earlier_births", before);
    Put("has_antenatal_card", card);
    Put("visits", "0");
    out_ += "</update>";
    ParentIs(household.id);
    out_ += "</case>";
  }

  void AntenatalVisit() {
    const auto& pregnancy = world_.pregnancies[form_.pregnancy];
    Put("visit_date", Today());
    const auto pressure = Keep(
        "blood_pressure", fmt::format("{}/{}", 95 + random_.Below(60), 60 + random_.Below(40)));
    const auto weight = Keep("weight_kg", Tenths(440, 860));
    Put("iron_tablets_given", std::to_string(30 * (1 + random_.Below(3))));
    const auto danger = YesIn(12);
    Put("danger_signs", danger);
    Put("referred", danger);
    Put("next_visit", DateIn(28));
    BeginCase(pregnancy.id);
    out_ += "<update>";
    Put("last_visit", Today());
    Put("blood_pressure", pressure);
    Put("weight_kg", weight);
    Put("danger_signs", danger);
    Put("next_visit", DateIn(28));
    out_ += "</update></case>";
  }

  void Delivery() {
    const auto& pregnancy = world_.pregnancies[form_.pregnancy];
    constexpr std::array<std::string_view, 3> kPlaces = {"clinic", "hospital", "home"};
    const auto place = Any(kPlaces);
    Put("place_of_birth", place);
    Put("skilled_attendant", YesIn(1 + random_.Below(2)));
    Put("children_born", std::to_string(form_.children_born));
    BeginCase(pregnancy.id);
    out_ += "<update>";
    Put("outcome", "live birth");
    Put("place_of_birth", place);
    out_ += "</update><close/></case>";
    for (std::uint32_t i = 0; i < form_.children_born; ++i) Born(world_.children[form_.child + i]);
    BeginCase(world_.households[form_.household].id);
    out_ += "<update>";
    Put("last_birth", Today());
    out_ += "</update></case>";
  }

  void Born(const Child& child) {
    const auto& household = world_.households[child.household];
    out_ += "<child>";
    Put("name", fmt::format("{} {}", child.name, household.family_name));
    const auto weight = Keep("birth_weight_kg", Tenths(21, 42));
    BeginCase(child.id);
    Create("child", fmt::format("{} {}", child.name, household.family_name));
    out_ += "<update>";
    Put("sex", child.is_girl ? "female" : "male");
    Put("date_of_birth", FormatDate(child.born));
    Put("birth_weight_kg", weight);
    out_ += "</update>";
    ParentIs(household.id);
    out_ += "</case></child>";
  }

  void ChildVisit() {
    const auto& child = world_.children[form_.child];
    const auto months = static_cast<std::uint64_t>(
        std::max<std::int64_t>(0, (form_.ended - child.born) / (30 * kMicrosPerDay)));
    const auto expected = 35 + std::min<std::uint64_t>(months, 12) * 5;  // tenths of a kilogram
    Put("visit_date", Today());
    const auto weight = Keep("weight_kg", Tenths(expected - 8, expected + 12));
    const auto arm = Keep("arm_mm", std::to_string(108 + random_.Below(45)));
    const auto is_thin = arm < "115" && arm.size() == 3;
    Put("fever", YesIn(7));
    Put("breastfed", YesIn(1 + months / 9));
    Put("vaccinations_up_to_date", YesIn(1 + random_.Below(2)));
    Put("referred", is_thin ? "yes" : "no");
    BeginCase(child.id);
    out_ += "<update>";
    Put("last_visit", Today());
    Put("weight_kg", weight);
    Put("arm_mm", arm);
    Put("malnourished", is_thin ? "yes" : "no");
    Put("next_visit", DateIn(is_thin ? 7 : 30));
    out_ += "</update></case>";
  }

  void Meta() {
    out_ += fmt::format(
        "<orx:meta xmlns:orx=\"http://openrosa.org/jr/xforms\">"
        "<orx:deviceID>demo-phone-{:02}</orx:deviceID><orx:timeStart>{}</orx:timeStart>"
        "<orx:timeEnd>{}</orx:timeEnd><orx:username>{}</orx:username>"
        "<orx:userID>{}</orx:userID><orx:instanceID>{}</orx:instanceID>"
        "<cc:appVersion xmlns:cc=\"http://commcarehq.org/xforms\">CommCare Android, version "
        "\"2.53.1\"(468543). App v12. CommCare Version 2.53.1. Build 468543</cc:appVersion>"
        "</orx:meta>",
        form_.worker + 1, PhoneTime(form_.started, worker_.zone_hours), ended_, worker_.login,
        user_id_, TextOf(form_.id));
  }

  const World& world_;
  const PlannedForm& form_;
  const Worker& worker_;
  const std::string& user_id_;
  const std::string ended_;
  SeededRandom random_;
  std::string out_;
};

}  // namespace

std::string_view XmlnsOf(FormKind kind) {
  switch (kind) {
    case FormKind::kRegisterHousehold:
      return "http://openrosa.org/formdesigner/DEMO-REGISTER-HOUSEHOLD";
    case FormKind::kVisitHousehold:
      return "http://openrosa.org/formdesigner/DEMO-VISIT-HOUSEHOLD";
    case FormKind::kCloseHousehold:
      return "http://openrosa.org/formdesigner/DEMO-CLOSE-HOUSEHOLD";
    case FormKind::kRegisterPregnancy:
      return "http://openrosa.org/formdesigner/DEMO-REGISTER-PREGNANCY";
    case FormKind::kAntenatalVisit:
      return "http://openrosa.org/formdesigner/DEMO-ANTENATAL-VISIT";
    case FormKind::kDelivery:
      return "http://openrosa.org/formdesigner/DEMO-BIRTH";
    case FormKind::kChildVisit:
      return "http://openrosa.org/formdesigner/DEMO-VISIT-CHILD";
  }
  return "";
}

std::string RenderForm(const World& world, const PlannedForm& form, const WorkerIds& ids) {
  return Renderer(world, form, ids).Render();
}

}  // namespace outpost::demo
