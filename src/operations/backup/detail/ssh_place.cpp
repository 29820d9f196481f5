#include <atomic>
#include <utility>

#include "base/problem.h"
#include "operations/backup/detail/places.h"
#include "operations/backup/parcel.h"
#include "store/sftp/client.h"

namespace outpost::backup::detail {
namespace {

class Ssh final : public Destination {
 public:
  Ssh(const SshPlace& place, Opening opening, std::shared_ptr<Pacer> pacer)
      : where_(TextOf(Place(place))),
        root_(place.folder),
        opening_(opening),
        client_(OptionsOf(place, std::move(pacer))) {}

  /// The marker is looked for each time: a disk of that machine may be unmounted while we are
  /// connected.
  void Put(std::string_view name, std::string_view bytes) override {
    OUTPOST_CHECK(IsObjectName(name));
    KnowPlace();
    if (!client_.Has(PathOf(kMarkerName))) ThrowAway(where_);
    client_.Put(root_, name, bytes);
  }
  std::string Get(std::string_view name) const override {
    KnowPlace();
    return client_.Get(PathOf(name), kSealedBytesMax);
  }
  bool Has(std::string_view name) const override {
    KnowPlace();
    return client_.Has(PathOf(name));
  }

  std::vector<StoredObject> List(std::string_view under) const override {
    OUTPOST_CHECK(under.empty() || IsObjectName(under));
    KnowPlace();
    std::vector<StoredObject> found;
    const auto lead = under.empty() ? std::string() : std::string(under) + "/";
    for (auto& file : client_.List(under.empty() ? root_ : PathOf(under))) {
      auto name = lead + file.name;
      if (IsObjectName(name)) found.push_back({std::move(name), file.bytes});
    }
    return found;
  }

  void Remove(std::string_view name) override {
    OUTPOST_CHECK(IsObjectName(name));
    client_.Remove(PathOf(name));
  }
  const std::string& where() const override { return where_; }
  void Interrupt() override { client_.Interrupt(); }

 private:
  static sftp::ClientOptions OptionsOf(const SshPlace& place, std::shared_ptr<Pacer> pacer) {
    sftp::ClientOptions options;
    options.program = sftp::SshProgram({place.user, place.host, place.port, place.config});
    options.where = IdentityOf(Place(place));
    options.pacer = std::move(pacer);
    return options;
  }
  /// Who begins a backup makes its folder when it is first needed, so that a server can start while
  /// the other machine is away.
  void KnowPlace() const {
    if (opening_ != Opening::kMake || is_made_) return;
    client_.MakeFolder(root_);
    if (!client_.Has(PathOf(kMarkerName))) client_.Put(root_, kMarkerName, kMarkerText);
    is_made_ = true;
  }
  std::string PathOf(std::string_view name) const { return root_ + "/" + std::string(name); }

  const std::string where_;
  const std::string root_;
  const Opening opening_;
  mutable std::atomic<bool> is_made_{false};
  mutable sftp::Client client_;
};

}  // namespace

std::unique_ptr<Destination> OpenSsh(const SshPlace& place, Opening opening,
                                     std::shared_ptr<Pacer> pacer) {
  return std::make_unique<Ssh>(place, opening, std::move(pacer));
}

}  // namespace outpost::backup::detail
