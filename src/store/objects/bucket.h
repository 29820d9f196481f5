#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/pacer.h"
#include "store/objects/listing.h"
#include "store/objects/signature.h"

/// One bucket of an S3-compatible object store: put, get, look, list, remove. Requests are signed
/// (signature.h) and sent over TLS (http/outgoing); what may pass is tried again.
namespace outpost::objects {

struct BucketPlace {
  std::string endpoint;  // "https://s3.eu-west-1.amazonaws.com", "http://127.0.0.1:9000"
  std::string region;    // part of the signature
  std::string bucket;
  bool is_path_style = true;  // https://endpoint/bucket/key, else https://bucket.endpoint/key
  std::filesystem::path authorities;  // of TLS, in place of the machine's; empty: the machine's
};

struct BucketOptions {
  /// Asked before each request, so that keys that are changed count at once.
  std::function<Credentials()> credentials;
  std::shared_ptr<Pacer> pacer;  // may be null
  std::chrono::milliseconds connect_time{10'000};
  std::chrono::seconds stall_time{60};
  int tries = 5;
  /// Before the second try; then twice as long each time, up to kPauseMax. What the server asks for
  /// (Retry-After) counts up to kRetryAfterMax.
  std::chrono::milliseconds first_pause{300};
};
inline constexpr std::chrono::milliseconds kPauseMax{10'000};
inline constexpr std::chrono::milliseconds kRetryAfterMax{30'000};

/// A list that is longer is not ours: nobody makes so many.
inline constexpr std::int64_t kListedMax = 20'000'000;

/// Threads: any. Failures are Problems that say what to do:
///   kBusy      cannot be reached, silent, or overloaded, after all tries
///   kForbidden the credential is unknown, wrong or may not do this; says which one
///   kNotFound  there is no such bucket
///   kBadRequest the region is wrong; says the right one where the server does
///   kStorageFull, kPaused (interrupted), kMalformed (its answer makes no sense), kInternal
class Bucket {
 public:
  Bucket(BucketPlace place, BucketOptions options, const Clock& clock);
  ~Bucket();

  /// Whole and durable when it returns; half an object never shows (S3 promises so, and the hashes
  /// that go with it make the server refuse what was damaged on the way).
  void Put(std::string_view key, std::string_view bytes);
  /// @throws Problem kNotFound, kTooLarge
  std::string Get(std::string_view key, std::size_t bytes_max);
  bool Has(std::string_view key);
  /// Every key that begins with `prefix`, page by page.
  void List(std::string_view prefix, const std::function<void(ListedObject&&)>& each);
  /// Nothing happens when it is absent.
  void Remove(std::string_view key);

  /// What is under way ends soon with kPaused, and so does all that follows.
  void Interrupt();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outpost::objects
