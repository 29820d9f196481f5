#include "format/xml/detail/expat_parser.h"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

namespace outpost::xml {
namespace {

/// What expat needs in earnest: the input once, the longest start tag about three times over, and
/// some 90 bytes for each different element name of which there may be one in ten bytes.
constexpr std::size_t kBudgetBase = std::size_t{8} << 20;
constexpr std::size_t kBudgetPerInputByte = 12;
/// A parser that grew beyond this is not kept.
constexpr std::size_t kKeptBytesMax = std::size_t{256} << 10;

/// What this thread's parser holds.
struct Meter {
  std::size_t live = 0;
  std::size_t budget = std::numeric_limits<std::size_t>::max();
  bool is_over = false;
};
thread_local Meter meter;

/// In front of each block: its size, in a space that keeps the block aligned.
constexpr std::size_t kHeader = alignof(std::max_align_t);
static_assert(kHeader >= sizeof(std::size_t));

std::size_t SizeOf(const void* block) {
  std::size_t size;
  std::memcpy(&size, static_cast<const char*>(block) - kHeader, sizeof size);
  return size;
}

/// Resizes a block, or makes one from null.
void* Reallocate(void* block, std::size_t size) {
  const std::size_t old_size = block == nullptr ? 0 : SizeOf(block);
  const std::size_t others = meter.live - old_size;
  if (size > meter.budget || others > meter.budget - size) {
    meter.is_over = true;
    return nullptr;
  }
  void* old_start = block == nullptr ? nullptr : static_cast<char*>(block) - kHeader;
  void* start = std::realloc(old_start, kHeader + size);
  if (start == nullptr) return nullptr;
  meter.live = others + size;
  std::memcpy(start, &size, sizeof size);
  return static_cast<char*>(start) + kHeader;
}

void* Allocate(std::size_t size) { return Reallocate(nullptr, size); }

void Free(void* block) {
  if (block == nullptr) return;
  meter.live -= SizeOf(block);
  std::free(static_cast<char*>(block) - kHeader);
}

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
thread_local std::unique_ptr<XML_ParserStruct, FreeParser> kept;

}  // namespace

ExpatLease::ExpatLease(std::size_t input_bytes) {
  meter.is_over = false;
  meter.budget = kBudgetBase + kBudgetPerInputByte * input_bytes;
  if (kept == nullptr) {
    const XML_Memory_Handling_Suite memory = {Allocate, Reallocate, Free};
    const char separator[] = {kSeparator, '\0'};
    kept.reset(XML_ParserCreate_MM(nullptr, &memory, separator));
    if (kept == nullptr) throw std::bad_alloc();
  } else {
    XML_ParserReset(kept.get(), nullptr);
  }
  parser_ = kept.get();
}

ExpatLease::~ExpatLease() {
  if (meter.live > kKeptBytesMax) kept.reset();
}

bool ExpatLease::is_over_budget() const { return meter.is_over; }

}  // namespace outpost::xml
