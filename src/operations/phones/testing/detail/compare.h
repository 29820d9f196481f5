#pragma once

#include <string>
#include <vector>

#include "operations/phones/phone_store.h"

namespace outpost::phones::testing::detail {

std::string Described(const PhoneCase& c);
/// Ids with blanks between; "nothing" for none.
std::string Joined(const std::vector<std::string>& texts);

/// In what the phone, after the purge that it will make, differs from what belongs on the phone of
/// somebody with these owner ids, where the server's cases are `cases`.
std::vector<std::string> Differences(const PhoneStore& store, const PhoneCases& cases,
                                     const OwnerIds& owners);

}  // namespace outpost::phones::testing::detail
