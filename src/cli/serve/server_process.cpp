#include "cli/serve/server_process.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <optional>

#include "base/clock.h"
#include "base/data_folder.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/problem.h"
#include "cli/serve/backup_desk.h"
#include "cli/serve/digest_door.h"
#include "cli/serve/fault_door.h"
#include "cli/serve/operator_commands.h"
#include "cli/serve/signals.h"
#include "cli/serve/succession.h"
#include "cli/serve/test_doors.h"
#include "crypto/sealing.h"
#include "domain/apps/ccz.h"
#include "domain/device_logs/policy.h"
#include "domain/device_logs/trimmer.h"
#include "domain/form_actions/worker.h"
#include "domain/intake/intake.h"
#include "domain/people/authenticator.h"
#include "domain/projects/projects.h"
#include "domain/sync/restore.h"
#include "domain/user_cases/user_cases.h"
#include "http/server.h"
#include "insight/lists/feeder.h"
#include "insight/lists/lists.h"
#include "insight/search/search_feeder.h"
#include "operations/admin/admin.h"
#include "operations/health/health.h"
#include "services/mobile/apps/archive_route.h"
#include "services/mobile/apps/download_route.h"
#include "services/mobile/claim/claim_route.h"
#include "services/mobile/heartbeat/heartbeat_route.h"
#include "services/mobile/keys/keys_route.h"
#include "services/mobile/receiver/receiver.h"
#include "services/mobile/restore/restore_route.h"
#include "services/mobile/search/search_route.h"
#include "services/mobile/serial/serial_route.h"
#include "services/tasks/chores.h"
#include "services/web/api/case_api.h"
#include "services/web/api/case_list.h"
#include "services/web/api/case_v2_list.h"
#include "services/web/api/case_v2_read.h"
#include "services/web/api/case_v2_write.h"
#include "services/web/api/form_action_api.h"
#include "services/web/api/form_api.h"
#include "services/web/api/form_list.h"
#include "services/web/api/group_api.h"
#include "services/web/api/identity_api.h"
#include "services/web/api/location_api.h"
#include "services/web/api/lookup_api.h"
#include "services/web/api/openapi_route.h"
#include "services/web/api/people_api.h"
#include "services/web/api/search_documents.h"
#include "services/web/apps/app_api.h"
#include "services/web/apps/app_upload.h"
#include "services/web/pages/apps_page.h"
#include "services/web/pages/install_page.h"
#include "services/web/pages/login_page.h"
#include "services/web/pages/project_page.h"
#include "services/web/pages/setup_page.h"
#include "store/blobs/blobs.h"
#include "store/query/query.h"
#include "store/sql/database.h"
#include "store/sql/writer.h"

namespace outpost::cli {
namespace {

/// During an upgrade new requests wait for the successor, so what runs gets less time to end.
constexpr std::chrono::milliseconds kSuccessionGrace{5'000};

sql::DatabaseOptions DatabaseOptionsOf(const ServeOptions& serve, const DataPaths& paths) {
  const Settings& settings = serve.settings;
  sql::DatabaseOptions options;
  if (serve.has_test_doors) options.sqlite_vfs = PrepareFaultVfs();
  options.location = settings.Text("database.location");
  if (options.location.empty()) options.location = paths.database().string();
  options.readers_max = static_cast<int>(settings.Int("database.readers"));
  return options;
}

/// Beside outpost.db, or in the same PostgreSQL database.
sql::DatabaseOptions SideOptionsOf(const ServeOptions& serve, const DataPaths& paths,
                                   const std::filesystem::path& file) {
  auto options = DatabaseOptionsOf(serve, paths);
  options.sqlite_vfs.clear();
  if (serve.settings.Text("database.location").empty()) options.location = file.string();
  return options;
}

http::Limits LimitsOf(const Settings& settings) {
  http::Limits limits;
  limits.connections = static_cast<std::size_t>(settings.Int("limits.connections"));
  limits.head_bytes = static_cast<std::size_t>(settings.Int("limits.head_bytes"));
  limits.head_time = std::chrono::seconds(settings.Int("limits.head_seconds"));
  limits.body_idle_time = std::chrono::seconds(settings.Int("limits.body_idle_seconds"));
  limits.body_time = std::chrono::seconds(settings.Int("limits.body_seconds"));
  limits.spool_bytes = settings.Int("limits.spool_bytes");
  return limits;
}

http::ServerOptions HttpOptionsOf(const Settings& settings, const DataPaths& paths) {
  http::ServerOptions options;
  for (auto& address : settings.List("server.listen")) {
    options.listeners.push_back({std::move(address), false});
  }
  for (auto& address : settings.List("server.listen_tls")) {
    options.listeners.push_back({std::move(address), true});
  }
  options.admin_socket = paths.admin_socket();
  options.spool = paths.spool();
  options.tls.certificates = settings.Text("server.certificates");
  options.trusted_proxies = settings.List("server.trusted_proxies");
  options.limits = LimitsOf(settings);
  options.io_threads = static_cast<int>(settings.Int("server.io_threads"));
  options.mobile_threads = static_cast<int>(settings.Int("server.mobile_threads"));
  options.sync_threads = static_cast<int>(settings.Int("server.sync_threads"));
  options.web_threads = static_cast<int>(settings.Int("server.web_threads"));
  options.log_requests = settings.Bool("server.log_requests");
  return options;
}

tasks::Retention RetentionOf(const Settings& settings) {
  const auto days = [&](const char* name) {
    const auto given = settings.Int(name);
    if (given >= 0 && given <= device_logs::kKeepDaysMax) return given;
    throw Problem(ProblemKind::kBadRequest,
                  "The setting \"" + std::string(name) + "\" goes from 0 to 3,650 days.");
  };
  return {days("retention.deleted_days"), days("retention.changelog_days"),
          days("device_logs.keep_days")};
}

device_logs::Policy DeviceLogPolicyOf(const Settings& settings) {
  const auto megabytes = settings.Int("device_logs.megabytes_per_day");
  constexpr std::int64_t kMegabytesMax = 1'000'000;
  if (megabytes < 0 || megabytes > kMegabytesMax) {
    throw Problem(ProblemKind::kBadRequest,
                  "The setting \"device_logs.megabytes_per_day\" goes from 0 to 1,000,000.");
  }
  return {device_logs::ParseKeep(settings.Text("device_logs.keep")), megabytes << 20};
}

mobile::DeskLimits DeskLimitsOf(const Settings& settings) {
  mobile::DeskLimits limits;
  limits.threads = static_cast<int>(settings.Int("restores.threads"));
  limits.first_patience_micros = settings.Int("restores.wait_seconds") * kMicrosPerSecond;
  if (limits.threads < 1) {
    throw Problem(ProblemKind::kBadRequest, "The setting \"restores.threads\" is at least 1.");
  }
  return limits;
}

void SetLogLevelFrom(const Settings& settings) {
  const std::string& name = settings.Text("log.level");
  if (name == "debug") return SetLogLevel(LogLevel::kDebug);
  if (name == "info") return SetLogLevel(LogLevel::kInfo);
  if (name == "warning") return SetLogLevel(LogLevel::kWarning);
  if (name == "error") return SetLogLevel(LogLevel::kError);
  throw Problem(ProblemKind::kBadRequest,
                "The setting \"log.level\" must be debug, info, warning or error.");
}

std::string HostName() {
  char name[256] = {};
  return gethostname(name, sizeof(name) - 1) == 0 ? name : "this machine";
}

}  // namespace

/// In order of construction: what stands below comes first.
struct ServerProcess::Parts {
  explicit Parts(ServeOptions serve_options)
      : options(std::move(serve_options)),
        signals(BlockSignals()),
        folder(options.settings.Text("data.folder")),
        key(crypto::ServerKey::LoadOrCreate(folder.paths().server_key())),
        database(sql::Database::Open(DatabaseOptionsOf(options, folder.paths()))),
        log_tap(*database, folder.paths().database()),
        writer(*database, clock, metrics),
        query_database(
            query::Open(SideOptionsOf(options, folder.paths(), folder.paths().query_database()))),
        search_database(search::Open(
            SideOptionsOf(options, folder.paths(), folder.paths().root / "search.db"))),
        blobs(folder.paths().blobs()),
        projects(*database),
        authenticator(*database, writer, key, clock, metrics),
        disk(DiskLimitsOf(options.settings), [this] { return RoomOf(folder.paths().root); }),
        intake(*database, writer, blobs, clock, &disk),
        user_cases({*database, writer, blobs}),
        form_worker({*database, writer, blobs}),
        builds(*database),
        device_log_gate(DeviceLogPolicyOf(options.settings)),
        throttle(*database, metrics,
                 mobile::ParseSubmissionLimits(options.settings.Text("limits.submissions"))),
        receiver{projects,        authenticator,
                 intake,          *database,
                 clock,           metrics,
                 device_log_gate, throttle,
                 builds,          options.settings.Text("server.public_url")},
        restorer(*database, writer, clock, folder.paths().spool(), options.has_test_doors),
        restore_desk(restorer, metrics, DeskLimitsOf(options.settings)),
        restore_limits(mobile::ParseRestoreLimits(options.settings.Text("limits.restores"))),
        phone{projects, authenticator, *database},
        restore{phone,          restorer, writer,  restore_desk,
                restore_limits, throttle, metrics, options.settings.Text("server.public_url")},
        claim{phone, intake, clock},
        archives({*database, writer, blobs, clock}, folder.paths().spool()),
        variants({*database, writer, blobs, clock}),
        thumbnails(*database, blobs),
        app{phone, writer, blobs, archives, variants, app_trees, key, clock, app_shelf, thumbnails},
        api_quota(web::ParseQuota(options.settings.Text("limits.api"))),
        api{projects, authenticator, *database, api_quota},
        lists(*query_database, search_database.get()),
        feeder({*database, writer, *query_database, metrics}),
        search_feeder(
            {*query_database, *search_database, web::SearchDocuments(*database, blobs), metrics}),
        list_source{lists, feeder, writer},
        form_actions{api, writer, form_worker},
        search{phone, lists, feeder, writer},
        serial{phone, writer},
        case_updates{*database, writer, blobs, clock},
        app_upload{api,
                   {*database, writer, blobs, clock},
                   folder.paths().spool(),
                   [this] { return Origin(); },
                   &disk,
                   [this] { app_shelf.Forget(); }},
        app_api{api, blobs},
        install{projects, *database},
        project_page{api, list_source, blobs},
        setup{*database, writer},
        login{api, writer},
        health(HealthContextOf(*this)),
        admin(*database, writer, projects, authenticator, key, clock, intake),
        demo_job(intake, *database, writer, projects),
        upkeep({*database, writer, clock, folder.paths(), &metrics, &disk}, options.settings),
        backup_desk({*database, writer, clock, metrics, folder.paths(), log_tap, blobs},
                    options.settings),
        operator_commands{*database,      writer,   projects, key,
                          folder.paths(), demo_job, upkeep,   backup_desk},
        test_doors{clock,    projects,           *database, blobs,     restore_desk,
                   restorer, WriterHold(writer), router,    user_cases},
        succession(*database, clock),
        housekeeping(AllChores(*this)) {
    log_tap.Watch(folder.paths().blobs());
    admin.TellAfterEach([this] { app_shelf.Forget(); });
    AddRoutes();
    server.emplace(HttpOptionsOf(options.settings, folder.paths()), router, admin_router, clock,
                   metrics, http::ProblemRenderer{});
    server->Start();
    user_cases.Start();
    form_worker.Start();
    succession.SetAddresses(Addresses());
  }

  std::vector<std::string> Addresses() const {
    auto addresses = server->addresses();
    const std::size_t plain = options.settings.List("server.listen").size();
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      addresses[i].insert(0, i < plain ? "http://" : "https://");
    }
    return addresses;
  }

  /// What counts changes comes before what trims their log.
  static std::vector<tasks::Chore> AllChores(Parts& parts) {
    auto chores = parts.upkeep.Chores();
    const auto backups = parts.backup_desk.Chores();
    chores.insert(chores.end(), backups.begin(), backups.end());
    const auto removing =
        tasks::MakeChores({*parts.database, parts.writer, parts.blobs, parts.clock},
                          RetentionOf(parts.options.settings));
    chores.insert(chores.end(), removing.begin(), removing.end());
    return chores;
  }

  void AddRoutes() {
    mobile::AddReceiverRoutes(router, receiver);
    mobile::AddRestoreRoutes(router, restore);
    mobile::AddClaimRoutes(router, claim);
    mobile::AddSearchRoutes(router, search);
    mobile::AddSerialRoutes(router, serial);
    mobile::AddArchiveRoutes(router, app);
    mobile::AddDownloadRoutes(router, app);
    mobile::AddHeartbeatRoutes(router, app);
    mobile::AddKeysRoutes(router, app);
    web::AddFormRoutes(router, api, blobs);
    web::AddFormActionRoutes(router, form_actions);
    web::AddFormListRoutes(router, api, list_source, blobs);
    web::AddCaseRoutes(router, api, blobs);
    web::AddCaseListRoutes(router, api, list_source, blobs);
    web::AddPeopleRoutes(router, api);
    web::AddGroupRoutes(router, api, writer);
    web::AddLocationRoutes(router, api);
    web::AddLocationV2Routes(router, api);
    web::AddLocationWriteRoutes(router, api, writer);
    web::AddLookupRoutes(router, api);
    web::AddLookupWriteRoutes(router, api, writer);
    web::AddOpenApiRoute(router);
    web::AddCaseV2ListRoutes(router, api, list_source);
    web::AddCaseV2ReadRoutes(router, api);
    web::AddCaseV2WriteRoutes(router, api, case_updates);
    web::AddIdentityRoutes(router, api);
    web::AddAppApiRoutes(router, app_api);
    web::AddImportRoute(router, app_upload);
    web::AddAppsPage(router, app_upload);
    web::AddInstallRoutes(router, install);
    web::AddProjectPage(router, project_page);
    web::AddSetupRoutes(router, setup);
    web::AddLoginRoutes(router, login);
    health::AddHealthRoutes(router, health);
    operations::AddAdminRoutes(admin_router, admin);
    AddOperatorCommands(admin_router, operator_commands);
    succession.AddRoutes(admin_router);
    web::AddAppUploadCommands(admin_router, app_upload);
    if (options.has_test_doors) {
      AddTestDoors(admin_router, test_doors);
      AddFaultDoor(admin_router);
      AddDigestDoor(admin_router, *database);
    }
  }

  static health::HealthContext HealthContextOf(Parts& parts) {
    const Settings& settings = parts.options.settings;
    return {*parts.database,
            parts.writer,
            parts.metrics,
            parts.clock,
            parts.folder.paths(),
            HostName(),
            settings.Text("metrics.token"),
            settings.List("metrics.addresses"),
            {}};
  }

  /// In front of addresses that this server makes: what clients see, or where it listens.
  std::string Origin() const {
    const auto& given = options.settings.Text("server.public_url");
    if (!given.empty() || !server) return given;
    const bool is_plain = !options.settings.List("server.listen").empty();
    return (is_plain ? "http://" : "https://") + server->addresses().front();
  }

  void Stop() {
    std::chrono::milliseconds grace =
        std::chrono::seconds(options.settings.Int("server.stop_seconds"));
    if (succession.successor()) grace = std::min(grace, kSuccessionGrace);
    server->Stop(grace);
    throttle.Stop();
    restore_desk.Stop();
    thumbnails.Stop();
    demo_job.Stop();
    backup_desk.BeginStop();
    housekeeping.Stop();
    user_cases.Stop();
    form_worker.Stop();
    authenticator.Stop();
    search_feeder.Stop();
    feeder.Stop();
    writer.Stop();
    backup_desk.Stop();
  }

  ServeOptions options;
  sigset_t signals;
  DataFolder folder;
  SettableClock clock;
  MetricRegistry metrics;
  crypto::ServerKey key;
  std::unique_ptr<sql::Database> database;
  backup::LogTap log_tap;
  sql::Writer writer;
  std::unique_ptr<sql::Database> query_database;
  std::unique_ptr<sql::Database> search_database;
  blobs::BlobStore blobs;
  projects::Directory projects;
  people::Authenticator authenticator;
  DiskGate disk;
  intake::Intake intake;
  user_cases::UserCases user_cases;
  form_actions::Worker form_worker;
  apps::BuildDirectory builds;
  device_logs::Gate device_log_gate;
  mobile::Throttle throttle;
  mobile::ReceiverContext receiver;
  sync::Restorer restorer;
  mobile::RestoreDesk restore_desk;
  mobile::RestoreLimits restore_limits;
  mobile::PhoneContext phone;
  mobile::RestoreContext restore;
  mobile::ClaimContext claim;
  apps::Archives archives;
  apps::Variants variants;
  locations::TreeCache app_trees;
  mobile::Shelf app_shelf;
  mobile::Thumbnails thumbnails;
  mobile::AppContext app;
  web::ApiQuota api_quota;
  web::ApiContext api;
  lists::Lists lists;
  lists::Feeder feeder;
  search::SearchFeeder search_feeder;
  web::ListSource list_source;
  web::FormActionContext form_actions;
  mobile::SearchContext search;
  mobile::SerialContext serial;
  intake::CaseUpdateStores case_updates;
  web::AppUploadContext app_upload;
  web::AppApiContext app_api;
  web::InstallContext install;
  web::ProjectPageContext project_page;
  web::SetupContext setup;
  web::LoginContext login;
  health::HealthContext health;
  operations::Admin admin;
  demo::DemoJob demo_job;
  ServerUpkeep upkeep;
  BackupDesk backup_desk;
  OperatorCommands operator_commands;
  TestDoors test_doors;
  Succession succession;
  tasks::Housekeeping housekeeping;
  http::Router router;
  http::Router admin_router;
  std::optional<http::Server> server;
};

ServerProcess::ServerProcess(ServeOptions options) {
  SetLogLevelFrom(options.settings);
  parts_ = std::make_unique<Parts>(std::move(options));
}

ServerProcess::~ServerProcess() = default;

std::vector<std::string> ServerProcess::addresses() const { return parts_->Addresses(); }

std::string ServerProcess::setup_link() const {
  if (people::AnySuperuser(*parts_->database->Read())) return {};
  std::string token;
  parts_->writer.Run(0, [&](sql::Batch& batch) {
    token = people::CreateOneTimeLink(batch, web::kSetupPurpose, 0);
  });
  return parts_->Origin() + web::SetupPath(token);
}

void ServerProcess::RunUntilSignalled() {
  int signal = 0;
  sigwait(&parts_->signals, &signal);
  Log(LogLevel::kInfo, "server.stopping", {{"signal", std::int64_t{signal}}});
  parts_->Stop();
}

std::optional<std::string> ServerProcess::successor() const {
  return parts_->succession.successor();
}

}  // namespace outpost::cli
