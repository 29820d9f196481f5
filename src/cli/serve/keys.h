#pragma once

#include <array>

#include "base/settings.h"

/// Every setting of `outpost serve`, with its default. docs and --help are made from this list.
namespace outpost::cli {

inline constexpr std::array<SettingKey, 47> kServeKeys = {{
    {"data.folder", "data", "folder that holds everything the server keeps"},
    {"database.location", "", "postgresql://…; empty: SQLite in the data folder"},
    {"database.readers", "12", "reading connections"},
    {"server.listen", "127.0.0.1:8000", "addresses to listen on, separated by commas"},
    {"server.listen_tls", "", "addresses to listen on with TLS"},
    {"server.public_url", "", "what clients see, such as https://outpost.example.org"},
    {"server.certificates", "",
     "folder with one sub-folder per host name: fullchain.pem, privkey.pem"},
    {"server.trusted_proxies", "", "addresses or networks whose X-Forwarded-* headers count"},
    {"server.io_threads", "1", "threads that read and write sockets"},
    {"server.mobile_threads", "4", "threads that take forms"},
    {"server.sync_threads", "2", "threads that serve syncs and case searches"},
    {"server.web_threads", "4", "threads that serve pages and the data API"},
    {"server.log_requests", "true", "one log line per request"},
    {"server.stop_seconds", "20", "time that running requests get when the server stops"},
    {"limits.connections", "10000", "open connections"},
    {"limits.head_bytes", "32768", "request line and headers"},
    {"limits.head_seconds", "10", "time for the whole head of a request"},
    {"limits.body_idle_seconds", "60", "time between two bytes of a body"},
    {"limits.body_seconds", "900", "time for a whole body"},
    {"limits.spool_bytes", "4294967296", "all large bodies together on their way in"},
    {"limits.submissions", "off",
     "standard: project spaces that send forms faster than CommCare HQ allows wait, or get 429"},
    {"limits.restores", "off",
     "standard: phones that sync more often than CommCare HQ allows get 429"},
    {"limits.api", "generous",
     "calls of the data API by project space: standard (what CommCare HQ allows), generous or off"},
    {"retention.deleted_days", "90",
     "days after which deleted forms and cases are gone for good; 0: never"},
    {"retention.changelog_days", "30", "days for which changes are kept; 0: for ever"},
    {"device_logs.keep", "all",
     "reports of phones about themselves: all, forced (asked for), none"},
    {"device_logs.keep_days", "60", "days after which they are deleted; 0: never"},
    {"device_logs.megabytes_per_day", "200",
     "of them a day and project; more are dropped; 0: no limit"},
    {"restores.threads", "2", "threads that make restores"},
    {"restores.wait_seconds", "10", "a phone whose restore takes longer is told how far it is"},
    {"backup.to", "",
     "place to which every commit is shipped: a folder, s3://BUCKET/PREFIX or "
     "ssh://USER@HOST/FOLDER "
     "(docs/files.md); empty: no backup"},
    {"backup.key", "", "file with the backup's key; empty: backup.key in the data folder"},
    {"backup.key_kept_at", "",
     "where a copy of that key is kept, in words: ends the warning about a backup that is "
     "elsewhere"},
    {"backup.bytes_per_second", "0",
     "what a backup may send, and what a drill may read, at least 10000; 0: no limit"},
    {"backup.base_days", "7", "days after which a new base is made"},
    {"backup.keep_days", "35", "days to any second of which one can go back"},
    {"backup.drill_hours", "24",
     "hours after which the newest backup is restored and checked; 0: never"},
    {"backup.spool_bytes", "4294967296",
     "what may wait in the data folder while backup.to is away"},
    {"backup.with_secrets", "false", "server.key goes with each base"},
    {"disk.low_bytes", "5368709120", "with less free imports and uploads are refused, …"},
    {"disk.low_percent", "5", "… or with less than this share, whichever is less"},
    {"disk.full_bytes", "2147483648", "with less free forms are refused (503), …"},
    {"disk.full_percent", "2", "… or with less than this share, whichever is less"},
    {"disk.reserve_bytes", "1073741824",
     "room kept by a file that is given up when the disk is nearly full; 0: none"},
    {"metrics.token", "", "bearer token for /metrics from other machines; empty: loopback only"},
    {"metrics.addresses", "", "further addresses that may read /metrics"},
    {"log.level", "info", "debug, info, warning or error"},
}};

}  // namespace outpost::cli
