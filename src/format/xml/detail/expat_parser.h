#pragma once

#include <expat.h>

#include <cstddef>

/// The expat parser that a thread keeps, because making one costs as much as reading a form, with a
/// budget on its memory. Expat copies a namespace name for every attribute in it, so without a
/// budget a form of some 100 kB could ask for gigabytes.
namespace outpost::xml {

/// Between namespace and local name in expat's names. XML text cannot hold it.
inline constexpr char kSeparator = '\x01';

/// One use of the thread's parser, freshly reset and without handlers. Not nested.
class ExpatLease {
 public:
  /// @param input_bytes length of what is going to be parsed: the budget grows with it.
  /// @throws std::bad_alloc
  explicit ExpatLease(std::size_t input_bytes);
  ~ExpatLease();
  ExpatLease(const ExpatLease&) = delete;
  ExpatLease& operator=(const ExpatLease&) = delete;

  XML_Parser parser() const { return parser_; }
  /// Whether an allocation was refused because the budget was spent.
  bool is_over_budget() const;

 private:
  XML_Parser parser_;
};

}  // namespace outpost::xml
