#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "http/detail/transport.h"

namespace outpost::http::detail {

/// The certificates of all host names, chosen by the name in the TLS greeting (SNI). Threads: any.
class Certificates {
 public:
  /// @throws Problem kUnknownSetting when the folder has no usable pair at all.
  explicit Certificates(std::filesystem::path folder);
  ~Certificates();

  /// Reads pairs whose files have changed, and new folders. What cannot be used is logged, and the
  /// pair before stays. @returns whether anything changed.
  bool Reload();
  std::size_t size() const;

  /// A TLS 1.2/1.3 server side for an accepted socket.
  std::unique_ptr<Transport> NewTransport(int socket) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::http::detail
