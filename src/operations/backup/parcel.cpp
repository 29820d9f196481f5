#include "operations/backup/parcel.h"

#include <sodium.h>
#include <zstd.h>

#include <algorithm>

#include "base/ids.h"
#include "base/problem.h"
#include "base/text.h"
#include "crypto/digests.h"
#include "operations/backup/detail/wire.h"

namespace outpost::backup {
namespace {

using detail::PutNumber;
using detail::ViewOf;
using detail::WireReader;

constexpr std::string_view kMagic = "OPPARCEL";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kBodyKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kSealedKeyBytes = kBodyKeyBytes + crypto_box_SEALBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kCheckBytes = 32;
constexpr int kPackLevel = 1;

static_assert(kParcelHeadBytes == 8 + 4 + 4 + 16 + 8 + 5 * 8 + 32 + 2 * 8 + 40 + kSealedKeyBytes);

/// A body key is used once, so its nonce may always be the same.
constexpr std::array<std::uint8_t, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES> kNonce{};

[[noreturn]] void Refuse(const std::string& what) {
  throw Problem(ProblemKind::kUnprocessable, what);
}

const std::uint8_t* Raw(std::string_view bytes) { return AsBytes(bytes).data(); }
std::uint8_t* Raw(std::string& bytes) { return reinterpret_cast<std::uint8_t*>(bytes.data()); }

std::string Pack(std::string_view body) {
  std::string packed(ZSTD_compressBound(body.size()), '\0');
  const auto length =
      ZSTD_compress(packed.data(), packed.size(), body.data(), body.size(), kPackLevel);
  OUTPOST_CHECK(ZSTD_isError(length) == 0);
  packed.resize(length);
  return packed;
}

std::string HeadText(const ParcelHead& head, std::size_t plain, std::size_t sealed,
                     std::string_view sealed_key) {
  std::string out(kMagic);
  PutNumber(out, kVersion);
  PutNumber(out, static_cast<std::uint32_t>(head.kind));
  out += ViewOf(head.database);
  out += ViewOf(head.series);
  for (const auto number :
       {head.number, head.first_seq, head.last_seq, head.first_at.micros, head.last_at.micros}) {
    PutNumber(out, number);
  }
  out += ViewOf(head.previous);
  PutNumber(out, static_cast<std::uint64_t>(plain));
  PutNumber(out, static_cast<std::uint64_t>(sealed));
  out.append(40, '\0');  // for later versions
  out += sealed_key;
  OUTPOST_CHECK(out.size() == kParcelHeadBytes);
  return out;
}

struct Lengths {
  std::uint64_t plain = 0, sealed = 0;
};

Lengths ReadHead(std::string_view bytes, ParcelHead& head) {
  WireReader reader(bytes);
  if (reader.TakeBytes(kMagic.size()) != kMagic) Refuse("it is no parcel of a backup");
  if (reader.Take<std::uint32_t>() != kVersion) Refuse("it was made by another release");
  const auto kind = reader.Take<std::uint32_t>();
  if (kind < 1 || kind > static_cast<std::uint32_t>(ParcelKind::kPgWal)) {
    Refuse("it is of an unknown kind");
  }
  head.kind = static_cast<ParcelKind>(kind);
  reader.TakeInto(head.database);
  reader.TakeInto(head.series);
  head.number = reader.Take<std::int64_t>();
  head.first_seq = reader.Take<std::int64_t>();
  head.last_seq = reader.Take<std::int64_t>();
  head.first_at.micros = reader.Take<std::int64_t>();
  head.last_at.micros = reader.Take<std::int64_t>();
  reader.TakeInto(head.previous);
  Lengths lengths;
  lengths.plain = reader.Take<std::uint64_t>();
  lengths.sealed = reader.Take<std::uint64_t>();
  if (reader.is_short()) Refuse("it is cut short");
  return lengths;
}

}  // namespace

SealedParcel SealParcel(const BackupKey& key, const ParcelHead& head, std::string_view body) {
  OUTPOST_CHECK(static_cast<std::int64_t>(body.size()) <= kPlainBytesMax);
  static const int ready = sodium_init();
  OUTPOST_CHECK(ready >= 0);
  const auto packed = Pack(body);
  std::string body_key(kBodyKeyBytes, '\0');
  FillRandom({Raw(body_key), body_key.size()});
  std::string sealed_key(kSealedKeyBytes, '\0');
  OUTPOST_CHECK(crypto_box_seal(Raw(sealed_key), Raw(std::string_view(body_key)), body_key.size(),
                                Raw(std::string_view(key.seal))) == 0);
  SealedParcel parcel;
  parcel.bytes = HeadText(head, body.size(), packed.size() + kTagBytes, sealed_key);
  parcel.bytes.resize(kParcelHeadBytes + packed.size() + kTagBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      Raw(parcel.bytes) + kParcelHeadBytes, nullptr, Raw(std::string_view(packed)), packed.size(),
      Raw(std::string_view(parcel.bytes)), kParcelHeadBytes, nullptr, kNonce.data(),
      Raw(std::string_view(body_key)));
  sodium_memzero(body_key.data(), body_key.size());
  parcel.check = crypto::KeyedHash(key.check, parcel.bytes);
  parcel.bytes += ViewOf(parcel.check);
  return parcel;
}

ReadParcel CheckParcel(const BackupKey& key, std::string_view bytes) {
  if (bytes.size() < kParcelHeadBytes + kTagBytes + kCheckBytes) Refuse("it is cut short");
  ReadParcel read;
  const auto lengths = ReadHead(bytes.substr(0, kParcelHeadBytes), read.head);
  const auto body_bytes = bytes.size() - kParcelHeadBytes - kCheckBytes;
  if (lengths.sealed != body_bytes) Refuse("its length is not what its head says");
  if (lengths.plain > static_cast<std::uint64_t>(kPlainBytesMax))
    Refuse("it claims to be too long");
  const auto whole = bytes.substr(0, bytes.size() - kCheckBytes);
  read.check = crypto::KeyedHash(key.check, whole);
  if (!crypto::EqualsConstantTime(ViewOf(read.check), bytes.substr(whole.size()))) {
    Refuse("it is damaged, or was made under another key");
  }
  read.plain_bytes = static_cast<std::int64_t>(lengths.plain);
  return read;
}

std::string OpenParcel(const BackupKey& key, std::string_view bytes, ReadParcel* read) {
  const auto checked = CheckParcel(key, bytes);
  if (!key.can_open()) {
    Refuse("the key at hand can only write and verify: its line \"open\" is kept elsewhere");
  }
  const auto sealed_key = bytes.substr(kParcelHeadBytes - kSealedKeyBytes, kSealedKeyBytes);
  std::string body_key(kBodyKeyBytes, '\0');
  if (crypto_box_seal_open(Raw(body_key), Raw(sealed_key), sealed_key.size(),
                           Raw(std::string_view(key.seal)), Raw(std::string_view(key.open))) != 0) {
    Refuse("it was sealed for another key");
  }
  const auto sealed = bytes.substr(kParcelHeadBytes, bytes.size() - kParcelHeadBytes - kCheckBytes);
  std::string packed(sealed.size() - kTagBytes, '\0');
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      Raw(packed), nullptr, nullptr, Raw(sealed), sealed.size(), Raw(bytes), kParcelHeadBytes,
      kNonce.data(), Raw(std::string_view(body_key)));
  if (opened != 0) Refuse("it is damaged");
  std::string plain(static_cast<std::size_t>(checked.plain_bytes), '\0');
  const auto length = ZSTD_decompress(plain.data(), plain.size(), packed.data(), packed.size());
  if (ZSTD_isError(length) != 0 || length != plain.size()) Refuse("it is damaged");
  if (read != nullptr) *read = checked;
  return plain;
}

}  // namespace outpost::backup
