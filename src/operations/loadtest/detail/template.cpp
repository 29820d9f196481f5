#include "operations/loadtest/detail/template.h"

#include <algorithm>
#include <utility>

#include "base/problem.h"

namespace outpost::loadtest::detail {
namespace {

constexpr std::pair<std::string_view, Hole> kHoles[] = {
    {"form_id", Hole::kFormId},       {"case_id", Hole::kCaseId},
    {"user_id", Hole::kUserId},       {"username", Hole::kUsername},
    {"device", Hole::kDevice},        {"now", Hole::kNow},
    {"start", Hole::kStart},          {"today", Hole::kToday},
    {"first_name", Hole::kFirstName}, {"family_name", Hole::kFamilyName},
    {"village", Hole::kVillage},      {"age", Hole::kAge},
    {"weight", Hole::kWeight},        {"phone", Hole::kPhone},
    {"yes_no", Hole::kYesNo},         {"note", Hole::kNote},
    {"number", Hole::kNumber},
};

Hole HoleNamed(std::string_view name) {
  const auto* const at = std::find_if(std::begin(kHoles), std::end(kHoles),
                                      [&](const auto& entry) { return entry.first == name; });
  OUTPOST_CHECK(at != std::end(kHoles));
  return at->second;
}

}  // namespace

std::vector<Piece> Cut(std::string_view text) {
  std::vector<Piece> pieces;
  while (true) {
    const auto open = text.find('{');
    if (open == std::string_view::npos) break;
    const auto close = text.find('}', open);
    OUTPOST_CHECK(close != std::string_view::npos);
    pieces.push_back(
        {std::string(text.substr(0, open)), HoleNamed(text.substr(open + 1, close - open - 1))});
    text.remove_prefix(close + 1);
  }
  pieces.push_back({std::string(text), Hole::kEnd});
  return pieces;
}

const std::string_view kRegisterForm =
    "<?xml version='1.0' ?>"
    "<data xmlns=\"http://openrosa.org/formdesigner/6E0D4C5B-LOADTEST-REGISTER\" "
    "uiVersion=\"1\" version=\"42\" name=\"Register a person\">"
    "<consent>yes</consent>"
    "<person><first_name>{first_name}</first_name><family_name>{family_name}</family_name>"
    "<age>{age}</age><sex>female</sex><phone_number>{phone}</phone_number></person>"
    "<address><village>{village}</village><house_number>{number}</house_number>"
    "<water_source>borehole</water_source><has_latrine>{yes_no}</has_latrine>"
    "<sleeps_under_net>{yes_no}</sleeps_under_net></address>"
    "<health><weight_kg>{weight}</weight_kg><had_fever>{yes_no}</had_fever>"
    "<is_pregnant>{yes_no}</is_pregnant><notes>{note}</notes></health>"
    "<case case_id=\"{case_id}\" date_modified=\"{now}\" user_id=\"{user_id}\" "
    "xmlns=\"http://commcarehq.org/case/transaction/v2\">"
    "<create><case_name>{first_name} {family_name}</case_name><owner_id>{user_id}</owner_id>"
    "<case_type>person</case_type></create>"
    "<update><village>{village}</village><age>{age}</age><phone_number>{phone}</phone_number>"
    "<weight_kg>{weight}</weight_kg><is_pregnant>{yes_no}</is_pregnant>"
    "<registered_on>{today}</registered_on></update></case>"
    "<orx:meta xmlns:orx=\"http://openrosa.org/jr/xforms\">"
    "<orx:deviceID>{device}</orx:deviceID><orx:timeStart>{start}</orx:timeStart>"
    "<orx:timeEnd>{now}</orx:timeEnd><orx:username>{username}</orx:username>"
    "<orx:userID>{user_id}</orx:userID><orx:instanceID>{form_id}</orx:instanceID>"
    "<cc:appVersion xmlns:cc=\"http://commcarehq.org/xforms\">CommCare Android, version "
    "\"2.53.1\"(468543). App v42.</cc:appVersion></orx:meta></data>";

const std::string_view kFollowUpForm =
    "<?xml version='1.0' ?>"
    "<data xmlns=\"http://openrosa.org/formdesigner/91B7A2F3-LOADTEST-FOLLOW-UP\" "
    "uiVersion=\"1\" version=\"42\" name=\"Follow up\">"
    "<visit><visit_date>{today}</visit_date><was_home>yes</was_home>"
    "<who_answered>{first_name}</who_answered></visit>"
    "<danger_signs><fever>{yes_no}</fever><convulsions>no</convulsions>"
    "<vomits_everything>{yes_no}</vomits_everything><not_able_to_drink>no</not_able_to_drink>"
    "<swollen_feet>{yes_no}</swollen_feet></danger_signs>"
    "<measurements><weight_kg>{weight}</weight_kg><arm_mm>{number}</arm_mm></measurements>"
    "<treatment><gave_ors>{yes_no}</gave_ors><gave_zinc>{yes_no}</gave_zinc>"
    "<was_referred>{yes_no}</was_referred><facility>{village}</facility>"
    "<notes>{note}</notes></treatment>"
    "<next_visit>{today}</next_visit>"
    "<case case_id=\"{case_id}\" date_modified=\"{now}\" user_id=\"{user_id}\" "
    "xmlns=\"http://commcarehq.org/case/transaction/v2\">"
    "<update><last_visit>{today}</last_visit><last_weight_kg>{weight}</last_weight_kg>"
    "<last_arm_mm>{number}</last_arm_mm><had_fever>{yes_no}</had_fever>"
    "<was_referred>{yes_no}</was_referred><last_note>{note}</last_note></update></case>"
    "<orx:meta xmlns:orx=\"http://openrosa.org/jr/xforms\">"
    "<orx:deviceID>{device}</orx:deviceID><orx:timeStart>{start}</orx:timeStart>"
    "<orx:timeEnd>{now}</orx:timeEnd><orx:username>{username}</orx:username>"
    "<orx:userID>{user_id}</orx:userID><orx:instanceID>{form_id}</orx:instanceID>"
    "<cc:appVersion xmlns:cc=\"http://commcarehq.org/xforms\">CommCare Android, version "
    "\"2.53.1\"(468543). App v42.</cc:appVersion></orx:meta></data>";

}  // namespace outpost::loadtest::detail
