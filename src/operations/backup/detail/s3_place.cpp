#include <algorithm>
#include <atomic>
#include <utility>

#include "base/clock.h"
#include "base/problem.h"
#include "operations/backup/detail/places.h"
#include "operations/backup/detail/s3_credentials.h"
#include "store/objects/bucket.h"

namespace outpost::backup::detail {
namespace {

class S3 final : public Destination {
 public:
  S3(const S3Place& place, Opening opening, std::shared_ptr<Pacer> pacer)
      : where_(TextOf(Place(place))),
        lead_(place.prefix.empty() ? "" : place.prefix + "/"),
        opening_(opening),
        bucket_(
            {place.endpoint, place.region, place.bucket, place.is_path_style, place.authorities},
            OptionsOf(place, std::move(pacer)), clock_) {}

  void Put(std::string_view name, std::string_view bytes) override {
    KnowPlace(true);
    bucket_.Put(KeyOf(name), bytes);
  }
  std::string Get(std::string_view name) const override {
    KnowPlace(false);
    return bucket_.Get(KeyOf(name), kSealedBytesMax);
  }
  bool Has(std::string_view name) const override {
    KnowPlace(false);
    return bucket_.Has(KeyOf(name));
  }

  std::vector<StoredObject> List(std::string_view under) const override {
    KnowPlace(false);
    std::vector<StoredObject> found;
    bucket_.List(under.empty() ? lead_ : KeyOf(under) + "/", [&](objects::ListedObject&& object) {
      auto name = object.key.substr(lead_.size());
      if (IsObjectName(name)) found.push_back({std::move(name), object.bytes});
    });
    std::sort(found.begin(), found.end(),
              [](const StoredObject& a, const StoredObject& b) { return a.name < b.name; });
    return found;
  }

  void Remove(std::string_view name) override { bucket_.Remove(KeyOf(name)); }
  const std::string& where() const override { return where_; }
  void Interrupt() override { bucket_.Interrupt(); }

 private:
  static objects::BucketOptions OptionsOf(const S3Place& place, std::shared_ptr<Pacer> pacer) {
    objects::BucketOptions options;
    options.credentials = [file = place.credentials] { return LoadS3Credentials(file); };
    options.pacer = std::move(pacer);
    return options;
  }
  /// When it is first needed, so that a server can start while its store is away.
  void KnowPlace(bool is_put) const {
    if (is_known_ || opening_ == Opening::kRead || (opening_ == Opening::kWrite && !is_put)) return;
    if (!bucket_.Has(lead_ + kMarkerName)) {
      if (opening_ == Opening::kWrite) ThrowAway(where_);
      bucket_.Put(lead_ + kMarkerName, kMarkerText);
    }
    is_known_ = true;
  }
  std::string KeyOf(std::string_view name) const {
    OUTPOST_CHECK(IsObjectName(name));
    return lead_ + std::string(name);
  }

  const std::string where_;
  const std::string lead_;  // before every name: "prefix/"
  const Opening opening_;
  mutable std::atomic<bool> is_known_{false};
  const SystemClock clock_;
  mutable objects::Bucket bucket_;
};

}  // namespace

std::unique_ptr<Destination> OpenS3(const S3Place& place, Opening opening,
                                    std::shared_ptr<Pacer> pacer) {
  return std::make_unique<S3>(place, opening, std::move(pacer));
}

}  // namespace outpost::backup::detail
