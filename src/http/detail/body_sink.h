#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "format/deflate/gzip.h"
#include "http/detail/spool.h"
#include "http/message.h"

namespace outpost::http::detail {

/// Takes the bytes of one body as they arrive: undoes gzip, keeps the limit, moves from memory to
/// a spooled file. Threads: one.
class BodySink {
 public:
  enum class Verdict : std::uint8_t {
    kOk,
    kTooLarge,   // over the route's limit, decoded
    kMalformed,  // announced as gzip but is not, or cut
    kSpoolFull,  // all spooled bodies together are over their limit
    kDiskFull,
    kDiskFailed,
  };

  /// `length`: announced by Content-Length, to allocate once.
  BodySink(const Spool& spool, std::int64_t bytes_max, bool is_gzip,
           std::optional<std::uint64_t> length);
  ~BodySink();
  BodySink(const BodySink&) = delete;
  BodySink& operator=(const BodySink&) = delete;

  Verdict Take(std::string_view bytes);
  /// After the last byte.
  Verdict Finish();
  /// After a Finish with kOk, once.
  Body TakeBody();

 private:
  Verdict Store(std::string_view decoded);
  Verdict MoveToFile();
  Verdict WriteToFile(std::string_view bytes);

  const Spool& spool_;
  const std::int64_t bytes_max_;
  std::int64_t bytes_ = 0;       // decoded
  std::int64_t bytes_sent_ = 0;  // as received
  std::string memory_;
  int file_ = -1;
  std::shared_ptr<Spool::Lease> lease_;
  std::optional<deflate::Gunzip> gunzip_;
  deflate::Gunzip::State gunzip_state_ = deflate::Gunzip::State::kOpen;
};

}  // namespace outpost::http::detail
