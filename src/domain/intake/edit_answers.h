#pragma once

#include <map>
#include <string>
#include <string_view>

/// Data cleaning (submission document 13): other answers in a stored form, nothing else changed.
namespace outpost::intake {

/// Path of an element below the root to its new text: "group/question", repeats with their number
/// from 1 where several exist: "visit[2]/weight". Names without prefix, in the form's namespace.
using Answers = std::map<std::string, std::string>;

/// Longest text of one answer, in bytes.
inline constexpr std::size_t kAnswerBytesMax = 1 << 20;

/// The form with the text of these elements exchanged; every other byte stays as it was.
/// @throws Problem kUnprocessable for a path that names no element, several elements or one with
///         children, and for XML that is not in UTF-8; kTooLarge for a too long answer.
std::string ReplaceAnswers(std::string_view xml, const Answers& answers);

}  // namespace outpost::intake
