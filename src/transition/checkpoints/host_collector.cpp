#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "transition/checkpoints/collectors.h"

namespace outpost::transition {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// The value behind `key` and a separator, at the start of a line.
std::string ValueOf(const std::string& text, std::string_view key, char separator) {
  for (const auto line : Split(text, '\n')) {
    if (line.rfind(key, 0) != 0) continue;
    const auto at = line.find(separator);
    if (at == std::string_view::npos) continue;
    auto value = Trim(line.substr(at + 1));
    if (value.size() > 1 && value.front() == '"') value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return {};
}

Evidence Seen(std::string sentence, std::map<std::string, std::string> figures = {}) {
  Evidence evidence;
  evidence.verdict = Verdict::kHolds;
  evidence.sentence = std::move(sentence);
  evidence.figures = std::move(figures);
  return evidence;
}

std::optional<Evidence> System(const fs::path& root) {
  const auto name = ValueOf(ReadFile(root / "etc/os-release"), "PRETTY_NAME", '=');
  if (name.empty()) return {};
  const auto kernel = std::string(Trim(ReadFile(root / "proc/sys/kernel/osrelease")));
  return Seen(fmt::format("{}, kernel {}", name, kernel), {{"system", name}, {"kernel", kernel}});
}

std::optional<Evidence> Hardware(const fs::path& root) {
  const auto info = ReadFile(root / "proc/cpuinfo");
  int cores = 0;
  for (const auto line : Split(info, '\n')) cores += line.rfind("processor", 0) == 0 ? 1 : 0;
  const auto memory = ValueOf(ReadFile(root / "proc/meminfo"), "MemTotal", ':');
  const auto kilobytes = ParseInt(memory.substr(0, memory.find(' ')));
  if (cores == 0 || !kilobytes) return {};
  constexpr double kKilobytesPerGb = 1e6;
  std::string disks;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(root / "sys/block", ignored)) {
    const auto rotates = std::string(Trim(ReadFile(entry.path() / "queue/rotational")));
    const auto sectors = ParseInt(Trim(ReadFile(entry.path() / "size")));
    if (rotates.empty() || !sectors || *sectors == 0) continue;
    constexpr double kSectorsPerGb = 1e9 / 512;
    disks += fmt::format(
        "{}{} {:.0f} GB {}", disks.empty() ? "" : ", ", entry.path().filename().string(),
        static_cast<double>(*sectors) / kSectorsPerGb, rotates == "0" ? "solid-state" : "rotating");
  }
  const double gb = static_cast<double>(*kilobytes) / kKilobytesPerGb;
  return Seen(
      fmt::format("{} cores, {:.1f} GB of memory, disks: {}", cores, gb,
                  disks.empty() ? "not readable" : disks),
      {{"cores", std::to_string(cores)}, {"ram_gb", fmt::format("{:.1f}", gb)}, {"disks", disks}});
}

std::optional<Evidence> Virtual(const fs::path& root) {
  const auto info = ReadFile(root / "proc/cpuinfo");
  if (info.empty()) return {};
  const bool guest = ValueOf(info, "flags", ':').find("hypervisor") != std::string::npos;
  const auto product = std::string(Trim(ReadFile(root / "sys/class/dmi/id/product_name")));
  return Seen(fmt::format("{}{}", guest ? "a virtual machine" : "a physical machine",
                          product.empty() ? "" : ", " + product),
              {{"virtual", guest ? "yes" : "no"}, {"product", product}});
}

std::optional<Evidence> Reboot(const fs::path& root) {
  const auto uptime = ReadFile(root / "proc/uptime");
  const auto seconds = ParseInt(uptime.substr(0, uptime.find('.')));
  if (!seconds) return {};
  constexpr std::int64_t kSecondsPerDay = 86'400;
  const bool due = fs::exists(root / "var/run/reboot-required");
  return Seen(
      fmt::format("{} days since the last boot; a reboot is {}", *seconds / kSecondsPerDay,
                  due ? "due" : "not due"),
      {{"days", std::to_string(*seconds / kSecondsPerDay)}, {"reboot_due", due ? "yes" : "no"}});
}

}  // namespace

std::optional<Evidence> HostCollector::Look(const Item& item) const {
  if (item.id == "Q3.1.3") return System(root_);
  if (item.id == "Q2.2.1") return Hardware(root_);
  if (item.id == "Q2.2.2" || item.id == "K2.3" || item.id == "Q3.1.9") return Virtual(root_);
  if (item.id == "Q3.1.8") return Reboot(root_);
  return {};
}

}  // namespace outpost::transition
