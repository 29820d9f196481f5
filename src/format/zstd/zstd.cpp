#include "format/zstd/zstd.h"

#include <zstd.h>

#include <memory>

#include "base/problem.h"

namespace outpost::zstd {
namespace {

constexpr int kLevel = 1;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

}  // namespace

/// The thread keeps its compressor: making one costs more than packing a form.
std::string Pack(std::string_view bytes) {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ZSTD_compressCCtx(context.get(), packed.data(), packed.size(),
                                             bytes.data(), bytes.size(), kLevel);
  OUTPOST_CHECK(!ZSTD_isError(size));
  packed.resize(size);
  return packed;
}

std::optional<std::string> Unpack(std::string_view packed, std::int64_t length) {
  std::string bytes(static_cast<std::size_t>(length), '\0');
  const std::size_t size =
      ZSTD_decompress(bytes.data(), bytes.size(), packed.data(), packed.size());
  if (ZSTD_isError(size) || size != bytes.size()) return std::nullopt;
  return bytes;
}

}  // namespace outpost::zstd
