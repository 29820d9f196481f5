#pragma once

#include <string>

namespace outpost {

/// What a client sent as text, as every store takes it: UTF-8 without NUL. Bytes that are neither
/// become U+FFFD, as in CommCare HQ, so that a form is not refused over the name of its photo.
/// PercentDecode and the doors of http give nothing else.
std::string StorableText(std::string text);

}  // namespace outpost
