#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

/// One structured line per event on standard error, as JSON: {"at":…,"level":…,"event":…,…}.
/// No personal data: callers log ids, counts and durations, never names, answers or credentials.
namespace outpost {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

/// One key with a text or number.
struct LogField {
  std::string_view key;
  std::string text;
  bool is_number = false;

  LogField(std::string_view k, std::string_view v) : key(k), text(v) {}
  LogField(std::string_view k, const char* v) : key(k), text(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), text(v) {}
  LogField(std::string_view k, std::int64_t v) : key(k), text(std::to_string(v)), is_number(true) {}
};

/// Lines below this level are dropped. Default kInfo.
void SetLogLevel(LogLevel level);

/// Writes one line. Threads: any; lines never mix. `event` is a stable dotted name.
void Log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace outpost
