#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Phones that all install the same app at once, from one thread, measured: `outpost loadtest
/// apps`.
namespace outpost::loadtest {

enum class AppFileKind : std::uint8_t { kProfile, kSuite, kStrings, kForm, kMedia, kOther };
inline constexpr std::size_t kAppFileKinds = 6;
std::string_view NameOf(AppFileKind kind);

struct AppFile {
  AppFileKind kind = AppFileKind::kOther;
  std::string target;  // path and query
};

/// What a phone asks for when it installs from this address, in its order: found by installing once
/// as a phone does, from the server of the address, whatever host the app itself names.
/// @param target_origin "http://127.0.0.1:8000"
/// @throws Problem kUnprocessable when phones would not take the app, with their reason
std::vector<AppFile> PlanInstall(const std::string& target_origin, const std::string& url_target);

struct AppLoadOptions {
  std::string address;  // numeric, of the server
  std::uint16_t port = 0;
  std::string host;  // of the Host header
  int clients = 0;   // each with a connection of its own
  std::vector<AppFile> files;
  std::int64_t bytes_per_second = 0;  // each reads no faster; 0: as it comes
  std::int64_t within_micros = 0;     // they begin spread evenly over this; 0: all in one instant
};

/// Micros from when a file was asked for.
struct AppPart {
  std::uint64_t answered = 0;  // with 200
  std::uint64_t body_bytes = 0;
  std::vector<std::uint32_t> first_bytes, wholes;
};

struct AppLoadResult {
  std::array<AppPart, kAppFileKinds> parts;
  std::map<std::string, std::uint64_t> errors;  // "503", "connection lost", …
  std::uint64_t installed = 0;                  // clients that got every file
  std::uint64_t failed = 0;                     // clients that gave up
  std::vector<std::uint32_t> installs;          // milliseconds of each whole install
  std::int64_t elapsed_micros = 0;              // from the first request to the last answer
  std::int64_t generator_cpu_micros = 0;

  const AppPart& part(AppFileKind kind) const { return parts[static_cast<std::size_t>(kind)]; }
};

struct AppLoadProgress {
  std::int64_t elapsed_micros = 0;
  std::uint64_t files = 0, bytes = 0, installed = 0, errors = 0;
};

/// A phone asks for a file so often before it gives up.
inline constexpr int kFileAttempts = 4;

/// Blocks. `progress` is called about ten times a second; false ends the test early.
AppLoadResult RunAppLoad(const AppLoadOptions& options,
                         const std::function<bool(const AppLoadProgress&)>& progress);

}  // namespace outpost::loadtest
