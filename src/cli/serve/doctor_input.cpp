#include "cli/serve/doctor_input.h"

namespace outpost::cli {
namespace {

/// "outpost.example.org" of "https://outpost.example.org:8443/x".
std::string HostOf(std::string url) {
  if (const auto scheme = url.find("://"); scheme != std::string::npos) url.erase(0, scheme + 3);
  return url.substr(0, url.find_first_of(":/"));
}

}  // namespace

doctor::DoctorInput DoctorInputOf(const Settings& settings) {
  doctor::DoctorInput input;
  input.paths.root = settings.Text("data.folder");
  input.database_location = settings.Text("database.location");
  for (auto& address : settings.List("server.listen")) {
    input.listen.push_back({std::move(address), false});
  }
  for (auto& address : settings.List("server.listen_tls")) {
    input.listen.push_back({std::move(address), true});
  }
  input.certificates = settings.Text("server.certificates");
  input.public_host = HostOf(settings.Text("server.public_url"));
  input.backup_to = settings.Text("backup.to");
  input.backup_key = settings.Text("backup.key");
  input.backup_key_kept_at = settings.Text("backup.key_kept_at");
  input.backup_drill_hours = settings.Int("backup.drill_hours");
  return input;
}

}  // namespace outpost::cli
