#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

/// Little-endian numbers in the files of a backup.
namespace outpost::backup::detail {

template <class Number>
void PutNumber(std::string& out, Number number) {
  auto rest = static_cast<std::make_unsigned_t<Number>>(number);
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    out.push_back(static_cast<char>(rest & 0xff));
    if constexpr (sizeof(Number) > 1) rest = static_cast<decltype(rest)>(rest >> 8);
  }
}

/// Reads from the front of a text; what is not there reads as zero and is told by is_short.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  template <class Number>
  Number Take() {
    std::make_unsigned_t<Number> number = 0;
    const auto bytes = TakeBytes(sizeof(Number));
    for (std::size_t i = bytes.size(); i-- > 0;) {
      if constexpr (sizeof(Number) > 1) number = static_cast<decltype(number)>(number << 8);
      number = static_cast<decltype(number)>(number | static_cast<std::uint8_t>(bytes[i]));
    }
    return static_cast<Number>(number);
  }
  std::string_view TakeBytes(std::size_t length) {
    if (length > rest_.size()) {
      is_short_ = true;
      rest_ = {};
      return {};
    }
    const auto bytes = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return bytes;
  }
  template <class Array>
  void TakeInto(Array& out) {
    const auto bytes = TakeBytes(out.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) out[i] = static_cast<std::uint8_t>(bytes[i]);
  }
  bool is_short() const { return is_short_; }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool is_short_ = false;
};

template <class Array>
std::string_view ViewOf(const Array& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace outpost::backup::detail
