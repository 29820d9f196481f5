#include "services/web/api/case_v2_question.h"

#include <algorithm>
#include <array>

#include "base/problem.h"
#include "base/text.h"
#include "services/web/api/date_params.h"
#include "services/web/api/list_params.h"

namespace outpost::web {
namespace {

using lists::Field;

constexpr std::string_view kProperties = "properties.";
constexpr std::string_view kIndices = "indices.";
constexpr std::string_view kClosed = "closed";

struct Named {
  std::string_view name;
  Field field;
};
constexpr std::array kTexts = {
    Named{"case_type", Field::kType},
    Named{"case_name", Field::kName},
    Named{"external_id", Field::kExternalId},
    Named{"owner_id", Field::kOwner},
};
constexpr std::array kTimes = {
    Named{"last_modified", Field::kModifiedOn},
    Named{"server_last_modified", Field::kServerModifiedOn},
    Named{"indexed_on", Field::kIndexedOn},
    Named{"date_opened", Field::kOpenedOn},
    Named{"date_closed", Field::kClosedOn},
};
/// Parameters without a meaning of their own here, or read elsewhere.
constexpr std::array<std::string_view, 5> kElsewhere = {"include_deprecated", "username", "api_key",
                                                        "otp", "format"};

template <class Names>
const Named* Find(const Names& names, std::string_view name) {
  const auto at = std::find_if(names.begin(), names.end(),
                               [&](const auto& known) { return known.name == name; });
  return at == names.end() ? nullptr : &*at;
}

[[noreturn]] void Refuse(const std::string& told) { throw Problem(ProblemKind::kBadRequest, told); }

/// "indexed_on.gte": after gt and lte a bare date counts to its end.
bool TakeTime(std::string_view name, std::string_view value, lists::Selection& selection) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  const auto* known = Find(kTimes, name.substr(0, dot));
  const auto comparison = name.substr(dot + 1);
  const bool is_from = comparison == "gt" || comparison == "gte";
  if (known == nullptr || (!is_from && comparison != "lt" && comparison != "lte")) return false;
  const bool is_last = comparison == "gt" || comparison == "lte";
  const auto at = ReadIsoDate(value, is_last ? DayEnd::kLast : DayEnd::kFirst);
  if (!at) Refuse("Cannot parse datetime '" + std::string(value) + "'");
  auto& range = selection.ranges.emplace_back();
  range.field = known->field;
  if (is_from) {
    range.from = *at + (comparison == "gt" ? 1 : 0);
  } else {
    range.to = *at + (comparison == "lt" ? -1 : 0);
  }
  return true;
}

bool MeansOpen(std::string_view value) {
  const auto text = ToLower(value);
  return text.empty() || text == "false" || text == "f" || text == "no" || text == "n" ||
         text == "0";
}

template <class Filter>
void AddAlternative(std::vector<Filter>& filters, std::string Filter::*key, std::string_view name,
                    std::string_view value) {
  const auto at = std::find_if(filters.begin(), filters.end(),
                               [&](const auto& filter) { return filter.*key == name; });
  auto& filter = at == filters.end() ? filters.emplace_back() : *at;
  filter.*key = name;
  filter.any_of.emplace_back(value);
}

bool TakeFilter(std::string_view name, std::string_view value, CaseV2Question& question) {
  if (const auto* known = Find(kTexts, name)) {
    TakeEqual(known->field, value, question.selection);
  } else if (name.starts_with(kProperties) && name.size() > kProperties.size()) {
    AddAlternative(question.properties, &PropertyFilter::name, name.substr(kProperties.size()),
                   value);
  } else if (name.starts_with(kIndices) && name.size() > kIndices.size()) {
    AddAlternative(question.indices, &IndexFilter::identifier, name.substr(kIndices.size()), value);
  } else {
    return TakeTime(name, value, question.selection);
  }
  return true;
}

std::int64_t ReadLimit(std::string_view text, std::int64_t limit_max) {
  const auto limit = ParseInt(text);
  if (!limit || *limit < 1) {
    Refuse("'" + std::string(text) + "' is not a valid value for 'limit'");
  }
  if (*limit > limit_max) Refuse("You cannot request more than 5000 cases at a time.");
  return *limit;
}

}  // namespace

CaseV2Question ReadCaseV2Question(const QueryParameters& query) {
  CaseV2Question question;
  question.selection.subject = lists::Subject::kCases;
  question.fields = ReadFieldSelection(query);
  bool wants_open = false;
  bool wants_closed = false;
  for (const auto& [name, value] : query) {
    if (name == kClosed) {
      (MeansOpen(value) ? wants_open : wants_closed) = true;
    } else if (name == "query") {
      if (!value.empty()) Refuse("Bad query: expressions are not available on this server yet.");
    } else if (name == "limit") {
      question.limit = ReadLimit(value, kCaseV2LimitMax);
    } else if (std::find(kElsewhere.begin(), kElsewhere.end(), name) == kElsewhere.end() &&
               !IsFieldParameter(name) && !TakeFilter(name, value, question)) {
      Refuse("'" + name + "' is not a valid parameter.");
    }
  }
  if (wants_open != wants_closed) question.selection.is_closed = wants_closed;
  return question;
}

std::vector<search::Needle> NeedlesOf(const std::vector<PropertyFilter>& filters) {
  std::vector<search::Needle> needles;
  for (const auto& filter : filters) {
    const bool is_in_index =
        std::all_of(filter.any_of.begin(), filter.any_of.end(), search::IsPlainProperty);
    if (is_in_index) needles.push_back(search::PropertyNeedle(filter.name, filter.any_of));
  }
  return needles;
}

bool HasProperties(const cases::Case& c, const std::vector<PropertyFilter>& filters) {
  return std::all_of(filters.begin(), filters.end(), [&](const PropertyFilter& filter) {
    const auto at = c.properties.find(filter.name);
    const auto text =
        at == c.properties.end() ? std::string_view() : std::string_view(at->second.text);
    return std::find(filter.any_of.begin(), filter.any_of.end(), text) != filter.any_of.end();
  });
}

std::string WriteCursor(const CaseV2Cursor& cursor) {
  std::string text = std::to_string(cursor.after.micros);
  for (const auto& [name, value] : cursor.query) {
    text += "&" + PercentEncode(name) + "=" + PercentEncode(value);
  }
  return Base64Of(text);
}

CaseV2Cursor ReadCursor(std::string_view text) {
  const auto plain = BytesOfBase64(text).value_or("");
  const auto parts = Split(plain, '&');
  const auto after = parts.empty() ? std::nullopt : ParseInt(parts.front());
  if (!after) Refuse("The cursor is not one that this server gave.");
  CaseV2Cursor cursor;
  cursor.after = {*after};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto at = parts[i].find('=');
    if (at == std::string_view::npos) Refuse("The cursor is not one that this server gave.");
    cursor.query.emplace_back(PercentDecode(parts[i].substr(0, at)),
                              PercentDecode(parts[i].substr(at + 1)));
  }
  return cursor;
}

}  // namespace outpost::web
