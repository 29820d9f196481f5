// Packed shapes. A graph: zstd of (length) owners, labels of indices, then each case by its
// distance from the one before. Rows that lie close together, few owners and few labels make a case
// cost about five bytes.
#include <algorithm>
#include <map>

#include "domain/sync_log/detail/packed_bytes.h"
#include "domain/sync_log/phone_graph.h"
#include "format/zstd/zstd.h"

namespace outpost::sync_log {
namespace {

using detail::Damaged;
using detail::PackedReader;
using detail::PackedWriter;

/// Distinct texts, in the order they were first seen.
class Texts {
 public:
  std::uint64_t PlaceOf(const std::string& text) {
    const auto [at, is_new] = places_.try_emplace(text, places_.size());
    if (is_new) in_order_.push_back(&at->first);
    return at->second;
  }
  void Write(PackedWriter& out) const {
    out.Number(in_order_.size());
    for (const auto* text : in_order_) out.Text(*text);
  }

 private:
  std::map<std::string, std::uint64_t, std::less<>> places_;
  std::vector<const std::string*> in_order_;
};

std::vector<std::string_view> ReadTexts(PackedReader& in) {
  std::vector<std::string_view> texts(in.Count());
  for (auto& text : texts) text = in.Text();
  return texts;
}

/// An index's name and the type it names, which few pairs serve a whole phone.
std::string LabelOf(const HeldIndex& index) { return index.identifier + '\n' + index.case_type; }
void SetLabel(HeldIndex& index, std::string_view label) {
  const auto end = label.find('\n');
  if (end == std::string_view::npos) Damaged();
  index.identifier = label.substr(0, end);
  index.case_type = label.substr(end + 1);
}

std::string_view TextAt(const std::vector<std::string_view>& texts, std::uint64_t place) {
  if (place >= texts.size()) Damaged();
  return texts[place];
}

/// Small for small distances in either direction.
std::uint64_t Folded(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}
std::int64_t Unfolded(std::uint64_t folded) {
  return static_cast<std::int64_t>(folded >> 1) ^ -static_cast<std::int64_t>(folded & 1);
}

void WriteIndex(PackedWriter& out, const HeldIndex& index, std::int64_t from, std::uint64_t head) {
  out.Number((head << 2) | (index.target == 0 ? 2U : 0U) | (index.is_extension ? 1U : 0U));
  if (index.target == 0) {
    out.Text(index.target_id);
  } else {
    out.Number(Folded(index.target - from));
  }
}

struct ReadIndex {
  HeldIndex index;
  std::uint64_t head = 0;
};
ReadIndex NextIndex(PackedReader& in, std::int64_t from) {
  ReadIndex read;
  const auto head = in.Number();
  read.head = head >> 2;
  read.index.is_extension = (head & 1) != 0;
  if ((head & 2) != 0) {
    read.index.target_id = in.Text();
  } else {
    read.index.target = from + Unfolded(in.Number());
  }
  return read;
}

std::string Compressed(const std::string& bytes) {
  PackedWriter out;
  out.Number(bytes.size());
  return out.Take() + zstd::Pack(bytes);
}

/// A graph of so many bytes would be no phone's.
constexpr std::uint64_t kUnpackedBytesMax = std::uint64_t{1} << 30;

std::string Decompressed(std::string_view packed) {
  PackedReader in(packed);
  const auto length = in.Number();
  if (length > kUnpackedBytesMax) Damaged();
  std::size_t head = 1;
  while ((static_cast<unsigned char>(packed[head - 1]) & 0x80) != 0) ++head;
  auto bytes = zstd::Unpack(packed.substr(head), static_cast<std::int64_t>(length));
  if (!bytes) Damaged();
  return std::move(*bytes);
}

// Of a block.
constexpr std::uint64_t kCreates = 1, kCloses = 2, kHasOwner = 4;

}  // namespace

std::string Pack(const PhoneGraph& graph) {
  Texts owners, labels;
  for (const auto& held : graph) {
    owners.PlaceOf(held.owner_id);
    for (const auto& index : held.indices) labels.PlaceOf(LabelOf(index));
  }
  PackedWriter out;
  owners.Write(out);
  labels.Write(out);
  out.Number(graph.size());
  std::int64_t before = 0;
  for (const auto& held : graph) {
    out.Number(static_cast<std::uint64_t>(held.row - before));
    out.Number((owners.PlaceOf(held.owner_id) << 1) | (held.is_closed ? 1U : 0U));
    out.Number(held.indices.size());
    for (const auto& index : held.indices) {
      WriteIndex(out, index, held.row, labels.PlaceOf(LabelOf(index)));
    }
    before = held.row;
  }
  return Compressed(out.Take());
}

PhoneGraph UnpackGraph(std::string_view packed) {
  const std::string bytes = Decompressed(packed);
  PackedReader in(bytes);
  const auto owners = ReadTexts(in);
  const auto labels = ReadTexts(in);
  PhoneGraph graph(in.Count());
  std::int64_t before = 0;
  for (auto& held : graph) {
    held.row = before + static_cast<std::int64_t>(in.Number());
    const auto head = in.Number();
    held.owner_id = TextAt(owners, head >> 1);
    held.is_closed = (head & 1) != 0;
    held.indices.resize(in.Count());
    for (auto& index : held.indices) {
      auto read = NextIndex(in, held.row);
      index = std::move(read.index);
      SetLabel(index, TextAt(labels, read.head));
    }
    before = held.row;
  }
  if (!in.is_at_end()) Damaged();
  return graph;
}

std::string Pack(const FormEffect& effect) {
  PackedWriter out;
  for (const auto& block : effect) {
    out.Number(static_cast<std::uint64_t>(block.row));
    out.Number((block.creates ? kCreates : 0) | (block.closes ? kCloses : 0) |
               (block.owner_id ? kHasOwner : 0));
    if (block.owner_id) out.Text(*block.owner_id);
    out.Number(block.indices.size());
    for (const auto& change : block.indices) {
      out.Text(LabelOf(change.index));
      WriteIndex(out, change.index, block.row, change.is_removal ? 1 : 0);
    }
  }
  return out.Take();
}

FormEffect UnpackEffect(std::string_view packed) {
  PackedReader in(packed);
  FormEffect effect;
  while (!in.is_at_end()) {
    BlockEffect block;
    block.row = static_cast<std::int64_t>(in.Number());
    const auto flags = in.Number();
    block.creates = (flags & kCreates) != 0;
    block.closes = (flags & kCloses) != 0;
    if ((flags & kHasOwner) != 0) block.owner_id = in.Text();
    block.indices.resize(in.Count());
    for (auto& change : block.indices) {
      const auto label = in.Text();
      auto read = NextIndex(in, block.row);
      change.index = std::move(read.index);
      SetLabel(change.index, label);
      change.is_removal = read.head != 0;
    }
    effect.push_back(std::move(block));
  }
  return effect;
}

std::string PackRows(std::span<const std::int64_t> rows) {
  PackedWriter out;
  std::int64_t before = 0;
  for (const auto row : rows) {
    out.Number(static_cast<std::uint64_t>(row - before));
    before = row;
  }
  return out.Take();
}

std::vector<std::int64_t> UnpackRows(std::string_view packed) {
  PackedReader in(packed);
  std::vector<std::int64_t> rows;
  std::int64_t row = 0;
  while (!in.is_at_end()) {
    row += static_cast<std::int64_t>(in.Number());
    rows.push_back(row);
  }
  return rows;
}

}  // namespace outpost::sync_log
