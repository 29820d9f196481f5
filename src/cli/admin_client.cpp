#include "cli/admin_client.h"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <optional>

#include "base/clock.h"
#include "base/data_folder.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/problem.h"
#include "base/settings.h"
#include "cli/serve/keys.h"
#include "cli/serve/upkeep.h"
#include "crypto/sealing.h"
#include "domain/intake/intake.h"
#include "domain/people/authenticator.h"
#include "domain/projects/projects.h"
#include "http/client.h"
#include "operations/admin/admin.h"
#include "operations/backup/shipper.h"
#include "store/blobs/blobs.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

namespace outpost::cli {
namespace {

namespace fs = std::filesystem;

/// Going live applies everything that was held.
constexpr std::chrono::minutes kAnswerTime{30};

Settings SettingsOf(const fs::path& data) {
  Settings::Sources sources;
  sources.environment = ProcessEnvironment();
  sources.command_line["data.folder"] = data.string();
  return Settings::Load(kServeKeys, sources);
}

std::string DatabaseLocation(const Settings& settings, const DataPaths& paths) {
  const auto location = settings.Text("database.location");
  return location.empty() ? paths.database().string() : location;
}

[[noreturn]] void ThrowRefusal(const http::ClientResponse& response) {
  boost::system::error_code error;
  const auto body = boost::json::parse(response.body, error);
  const auto* object = error ? nullptr : body.if_object();
  const auto text = [&](const char* key) {
    const auto* value = object == nullptr ? nullptr : object->if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string().c_str())
                                                  : std::string();
  };
  const auto kind = text("kind");
  for (int i = 0; i < kProblemKindCount; ++i) {
    if (NameOf(static_cast<ProblemKind>(i)) == kind) {
      throw Problem(static_cast<ProblemKind>(i), text("error"));
    }
  }
  throw Problem(ProblemKind::kInternal,
                "The server answered " + std::to_string(response.status) +
                    "; its log says why. Is it of the same release as this command?");
}

/// The answer of the server that listens on the socket; empty when nobody does.
std::optional<std::string> AskSocket(const fs::path& socket, std::string_view command,
                                     std::string_view json) {
  std::error_code ignored;
  if (!fs::exists(socket, ignored)) return std::nullopt;
  http::ClientResponse response;
  try {
    http::Headers headers;
    headers.Add("Content-Type", "application/json");
    response = http::Client("unix:" + socket.string(), kAnswerTime)
                   .Send(http::Method::kPost, "/admin/" + std::string(command), headers, json);
  } catch (const Problem& problem) {
    // A socket that a killed server left. Should one run after all, it holds the folder's lock.
    if (problem.kind() == ProblemKind::kBusy) return std::nullopt;
    throw;
  }
  if (response.status != 200) ThrowRefusal(response);
  return response.body;
}

}  // namespace

struct OfflineServer::Parts {
  explicit Parts(const fs::path& data)
      : settings(SettingsOf(data)),
        folder((backup::NoteOtherWriter({data}), data)),
        key(crypto::ServerKey::LoadOrCreate(folder.paths().server_key())),
        database(sql::Database::Open({DatabaseLocation(settings, folder.paths())})),
        writer(*database, clock, metrics),
        directory(*database),
        authenticator(*database, writer, key, clock, metrics),
        blobs(folder.paths().blobs()),
        intake(*database, writer, blobs, clock),
        admin(*database, writer, directory, authenticator, key, clock, intake),
        upkeep({*database, writer, clock, folder.paths()}, settings) {}

  Settings settings;
  DataFolder folder;
  SystemClock clock;
  MetricRegistry metrics;
  crypto::ServerKey key;
  std::unique_ptr<sql::Database> database;
  sql::Writer writer;
  projects::Directory directory;
  people::Authenticator authenticator;
  blobs::BlobStore blobs;
  intake::Intake intake;
  operations::Admin admin;
  ServerUpkeep upkeep;
};

OfflineServer::OfflineServer(const fs::path& data) {
  SetLogLevel(LogLevel::kWarning);
  parts_ = std::make_unique<Parts>(data);
}

OfflineServer::~OfflineServer() = default;

std::string OfflineServer::Run(std::string_view command, std::string_view json) {
  const auto upkeep = UpkeepCommandNames();
  const bool is_upkeep = std::find(upkeep.begin(), upkeep.end(), command) != upkeep.end();
  return is_upkeep ? parts_->upkeep.Run(command, json) : parts_->admin.Run(command, json);
}

std::string AskRunning(const fs::path& data, std::string_view command, std::string_view json) {
  auto answer = AskSocket(DataPaths{data}.admin_socket(), command, json);
  if (!answer) {
    throw Problem(ProblemKind::kBusy, "No server runs on " + data.string() + ".");
  }
  return std::move(*answer);
}

std::string CallServer(const fs::path& data, std::string_view command, std::string_view json) {
  if (auto answer = AskSocket(DataPaths{data}.admin_socket(), command, json)) {
    return std::move(*answer);
  }
  if (!fs::exists(data) && !command.ends_with(".create")) {
    throw Problem(ProblemKind::kNotFound,
                  "There is no data folder " + data.string() +
                      ". Name the server's with --data, or start one: outpost serve");
  }
  return OfflineServer(data).Run(command, json);
}

}  // namespace outpost::cli
