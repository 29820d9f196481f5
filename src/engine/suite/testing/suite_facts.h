#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "engine/suite/profile.h"
#include "engine/suite/suite.h"

/// Profiles and suites in the shape of the corpus's facts. For tests only.
namespace outpost::suite::facts {

boost::json::value Of(const Profile& profile);
boost::json::value Of(const Suite& suite);
boost::json::value Of(const Text& text);
boost::json::value Of(const Detail& detail);
boost::json::value Of(const Entry& entry);

/// Differences, each with its path. Facts keep attributes as they are written, so "true" equals
/// true and "3" equals 3; what the facts do not name must be empty, false or absent.
std::vector<std::string> Differences(const boost::json::value& facts,
                                     const boost::json::value& read);

}  // namespace outpost::suite::facts
