#include "operations/phones/testing/detail/form_maker.h"

#include <fmt/format.h>

#include <algorithm>

namespace outpost::phones::testing::detail {
namespace {

constexpr const char* kChild = "parent";
constexpr const char* kExtension = "host";
constexpr const char* kType = "thing";
/// The conventional owner of extensions: nobody.
constexpr const char* kNobody = "-";

}  // namespace

FormMaker::FormMaker(std::uint64_t seed, SeededRandom& random)
    : prefix_(fmt::format("h{}", seed)), random_(random) {}

std::string FormMaker::NewFormId() { return fmt::format("{}-form-{:04}", prefix_, ++forms_); }

const std::string& FormMaker::Any(const std::vector<std::string>& texts) {
  return texts[random_.Below(texts.size())];
}

CaseIndex FormMaker::IndexTo(const std::vector<std::string>& targets) {
  switch (random_.Below(5)) {
    case 0:
    case 1:
      return {kChild, Any(targets), kType, false};
    case 2:
    case 3:
      return {kExtension, Any(targets), kType, true};
    default:
      return {"also", Any(targets), kType, random_.OneIn(2)};
  }
}

CaseChange FormMaker::NewCase(const std::vector<std::string>& targets,
                              const std::vector<std::string>& owners) {
  CaseChange change{.case_id = fmt::format("{}-{:05}", prefix_, ++cases_)};
  change.create = CaseChange::Create{kType, fmt::format("name {}", ++values_), std::nullopt};
  if (!random_.OneIn(4)) change.create->owner_id = Any(owners);
  if (!targets.empty() && !random_.OneIn(3)) {
    const auto index = IndexTo(targets);
    if (index.is_extension && random_.OneIn(2)) change.create->owner_id = kNobody;
    change.indices.push_back(index);
    if (random_.OneIn(4)) change.indices.push_back(IndexTo(targets));
    // One block names an identifier once.
    if (change.indices.size() == 2 &&
        change.indices[0].identifier == change.indices[1].identifier) {
      change.indices.pop_back();
    }
  }
  if (random_.OneIn(3)) change.properties["p"] = fmt::format("value {}", ++values_);
  if (random_.OneIn(12)) change.closes = true;
  return change;
}

CaseChange FormMaker::ChangeOf(const std::string& case_id, const PhoneCases& cases,
                               const std::vector<std::string>& usable,
                               const std::vector<std::string>& owners, bool is_gentle) {
  CaseChange change{.case_id = case_id};
  const auto& held = cases.find(case_id)->second;
  switch (random_.Below(is_gentle ? 4 : 8)) {
    case 0:
      change.closes = true;
      break;
    case 1:
      change.name = fmt::format("name {}", ++values_);
      break;
    case 4:
      change.owner_id = random_.OneIn(6) ? std::string(kNobody) : Any(owners);
      break;
    case 5: {
      std::vector<std::string> earlier;
      for (const auto& id : usable) {
        if (id < case_id) earlier.push_back(id);
      }
      if (!earlier.empty()) change.indices.push_back(IndexTo(earlier));
      break;
    }
    case 6:
      if (!held.indices.empty()) {
        const auto& gone = held.indices[random_.Below(held.indices.size())];
        change.indices.push_back({gone.identifier, "", kType, false});
      }
      break;
    default:
      break;
  }
  const bool is_empty =
      !change.closes && !change.name && !change.owner_id && change.indices.empty();
  if (is_empty || random_.OneIn(4)) {
    const auto* property = random_.OneIn(2) ? "p" : "q";
    change.properties[property] = random_.OneIn(5) ? "" : fmt::format("value {}", ++values_);
  }
  return change;
}

void FormMaker::AddChanges(PhoneForm& form, const PhoneCases& cases,
                           const std::vector<std::string>& usable,
                           const std::vector<std::string>& owners, bool is_gentle) {
  auto targets = usable;
  std::vector<std::string> changed;
  const auto blocks = 1 + random_.Below(3);
  for (std::uint64_t block = 0; block < blocks; ++block) {
    if (usable.empty() || random_.OneIn(3)) {
      auto made = NewCase(targets, owners);
      targets.push_back(made.case_id);
      form.changes.push_back(std::move(made));
      continue;
    }
    const auto& id = Any(usable);
    if (std::find(changed.begin(), changed.end(), id) != changed.end()) continue;
    changed.push_back(id);
    form.changes.push_back(ChangeOf(id, cases, usable, owners, is_gentle));
  }
  if (form.changes.empty()) form.changes.push_back(NewCase(targets, owners));
}

}  // namespace outpost::phones::testing::detail
