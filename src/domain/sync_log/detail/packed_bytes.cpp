#include "domain/sync_log/detail/packed_bytes.h"

#include "base/problem.h"

namespace outpost::sync_log::detail {

void Damaged() {
  throw Problem(ProblemKind::kInternal, "A sync log is damaged.", "packed cases cannot be read");
}

void PackedWriter::Number(std::uint64_t number) {
  while (number >= 0x80) {
    bytes_ += static_cast<char>((number & 0x7f) | 0x80);
    number >>= 7;
  }
  bytes_ += static_cast<char>(number);
}

void PackedWriter::Text(std::string_view text) {
  Number(text.size());
  bytes_ += text;
}

std::uint64_t PackedReader::Number() {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return number;
  }
  Damaged();
}

std::string_view PackedReader::Text() {
  const auto length = Number();
  if (length > bytes_.size()) Damaged();
  const auto text = bytes_.substr(0, length);
  bytes_.remove_prefix(length);
  return text;
}

std::size_t PackedReader::Count() {
  const auto count = Number();
  if (count > bytes_.size()) Damaged();
  return count;
}

}  // namespace outpost::sync_log::detail
