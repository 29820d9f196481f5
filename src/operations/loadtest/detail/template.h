#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// A text with holes, cut once, joined often.
namespace outpost::loadtest::detail {

enum class Hole : std::uint8_t {
  kEnd,  // nothing: the text ends
  kFormId,
  kCaseId,
  kUserId,
  kUsername,
  kDevice,
  kNow,    // 2024-05-01T09:30:00.123Z
  kStart,  // some minutes before
  kToday,  // 2024-05-01
  kFirstName,
  kFamilyName,
  kVillage,
  kAge,
  kWeight,
  kPhone,
  kYesNo,
  kNote,
  kNumber,
};

struct Piece {
  std::string text;
  Hole hole = Hole::kEnd;  // what comes after the text
};

/// Cuts at "{name}". Every name must be known; a brace has no other use in these texts.
std::vector<Piece> Cut(std::string_view text);

/// A form that registers a person, and one that follows up on somebody.
extern const std::string_view kRegisterForm;
extern const std::string_view kFollowUpForm;

}  // namespace outpost::loadtest::detail
