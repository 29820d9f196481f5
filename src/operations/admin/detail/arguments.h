#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::operations::detail {

/// The arguments of one command: a JSON object with known keys only. null counts as absent.
class Arguments {
 public:
  /// @throws Problem kMalformed, kBadRequest for a key that is not in `known`
  Arguments(std::string_view json, std::span<const std::string_view> known);

  // Each throws Problem kBadRequest when the value is of another type, or absent where it must be.
  std::string Text(std::string_view key) const;
  std::string TextOr(std::string_view key, std::string_view otherwise) const;
  bool Flag(std::string_view key) const;
  bool FlagOr(std::string_view key, bool otherwise) const;
  std::int64_t IntOr(std::string_view key, std::int64_t otherwise) const;
  std::vector<std::string> Texts(std::string_view key) const;            // empty when absent
  boost::json::object Object(std::string_view key) const;                // empty when absent
  std::vector<boost::json::object> Objects(std::string_view key) const;  // empty when absent
  bool Has(std::string_view key) const { return Find(key) != nullptr; }

 private:
  const boost::json::value* Find(std::string_view key) const;

  boost::json::object object_;
};

}  // namespace outpost::operations::detail
