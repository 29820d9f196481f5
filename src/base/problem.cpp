#include "base/problem.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace outpost {
namespace {

struct Row {
  std::string_view name;
  std::string_view number;
  int status;
};

constexpr std::array<Row, kProblemKindCount> kCatalogue = {{
    {"bad-request", "400.1", 400},
    {"malformed", "400.2", 400},
    {"unknown-setting", "400.3", 400},
    {"unauthenticated", "401.1", 401},
    {"forbidden", "403.1", 403},
    {"not-found", "404.1", 404},
    {"method-not-allowed", "405.1", 405},
    {"gone", "406.1", 406},
    {"request-timeout", "408.1", 408},
    {"conflict", "409.1", 409},
    {"too-large", "413.1", 413},
    {"unprocessable", "422.1", 422},
    {"locked", "423.1", 423},
    {"too-many-requests", "429.1", 429},
    {"head-too-large", "431.1", 431},
    {"internal", "500.1", 500},
    {"busy", "503.1", 503},
    {"paused", "503.2", 503},
    {"storage-full", "503.3", 503},
    {"blocked", "509.1", 509},
}};

const Row& RowOf(ProblemKind kind) { return kCatalogue.at(static_cast<std::size_t>(kind)); }

}  // namespace

std::string_view NameOf(ProblemKind kind) { return RowOf(kind).name; }
std::string_view NumberOf(ProblemKind kind) { return RowOf(kind).number; }
int HttpStatusOf(ProblemKind kind) { return RowOf(kind).status; }

void CheckFailed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "outpost: broken invariant: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace outpost
