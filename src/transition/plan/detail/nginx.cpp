#include <fmt/format.h>

#include "transition/plan/configuration.h"

namespace outpost::plan {
namespace {

constexpr std::string_view kHead =
    R"(# nginx in front of Outpost: /etc/nginx/nginx.conf. Written by outpost plan; check with: nginx -t
# Phones, pages and the data API see the same rules here as without a proxy.
user www-data;
worker_processes auto;
worker_rlimit_nofile 65536;
pid ROOT/run/nginx.pid;
error_log ROOT/var/log/nginx/error.log warn;

events {
    worker_connections 8192;
}

http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    sendfile on;
    server_tokens off;
    keepalive_timeout 75s;

    # Date, cache, request, status, seconds, bytes in, bytes out, referer: what log readers know.
    log_format timing '[$time_local] $upstream_cache_status "$request" $status $request_time '
                      '$request_length $bytes_sent "$http_referer"';
    access_log ROOT/var/log/nginx/timing.log timing;

    client_body_temp_path ROOT/var/cache/nginx/body;
    proxy_temp_path ROOT/var/cache/nginx/proxy;
    fastcgi_temp_path ROOT/var/cache/nginx/fastcgi;
    uwsgi_temp_path ROOT/var/cache/nginx/uwsgi;
    scgi_temp_path ROOT/var/cache/nginx/scgi;
    proxy_cache_path ROOT/var/cache/nginx/apps levels=1:2 keys_zone=apps:10m max_size=1g
                     inactive=24h use_temp_path=off;
    proxy_cache_path ROOT/var/cache/nginx/media levels=1:2 keys_zone=media:10m max_size=2g
                     inactive=24h use_temp_path=off;

    gzip on;
    gzip_min_length 10240;
    gzip_proxied any;
    gzip_types text/plain text/css text/xml text/csv application/json application/javascript
               application/xml image/svg+xml;

    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_prefer_server_ciphers off;
    ssl_session_cache shared:tls:10m;
    ssl_session_timeout 1d;
    ssl_session_tickets off;

    proxy_http_version 1.1;
    proxy_set_header Host $host;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header Connection "";
    proxy_connect_timeout 5s;
    proxy_send_timeout 900s;
    proxy_read_timeout 900s;

    # The copy of an app download does not depend on who asks.
    map $args $args_for_everybody {
        default $args;
        "~^username=[^&]*$" "";
        "~^username=[^&]*&(?<rest>.*)$" $rest;
        "~^(?<before>.*)&username=[^&]*(?<after>.*)$" "$before$after";
    }
    # A web-entry session stays with the process that began it.
    map $http_x_formplayer_session $entry_session {
        default $http_x_formplayer_session;
        "" $cookie_formplayer_session;
    }

)";

constexpr std::string_view kLocations = R"(
        # Phones: forms, restores, keys. Kept apart from pages so that neither starves the other.
        location ~ ^/a/[^/]+/(receiver|phone)(/|$) {
            proxy_pass http://mobile;
        }
        location ^~ /hq/admin/phone/restore/ {
            proxy_pass http://mobile;
        }
        location ~ ^/a/[^/]+/api/ {
            proxy_pass http://api;
        }
        # Kept only as long as the answer itself allows.
        location ~ ^/a/[^/]+/apps/download/ {
            proxy_pass http://mobile;
            proxy_cache apps;
            proxy_cache_key $scheme$host$uri?$args_for_everybody;
            proxy_cache_lock on;
        }
        location ^~ /hq/multimedia/file/ {
            proxy_pass http://mobile;
            proxy_cache media;
            proxy_cache_key $scheme$host$uri;
            proxy_cache_lock on;
        }
        location ^~ /static/ {
            proxy_pass http://web;
            expires 1M;
        }
        location ^~ /formplayer/ {
            proxy_pass http://entry;
        }
        location = /metrics {
METRICS            deny all;
            proxy_pass http://web;
        }
        location ^~ /errors/ {
            root ROOT/var/www/outpost;
            internal;
        }
        location / {
            proxy_pass http://web;
            proxy_read_timeout 1200s;
        }
    }
)";

std::string Replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::string Upstream(const std::string& name, const Environment& environment, const char* role,
                     const ConfigurationOptions& options, bool sticky) {
  std::string out = fmt::format("    upstream {} {{\n", name);
  if (sticky) out += "        hash $entry_session consistent;\n";
  auto machines = environment.topology == Topology::kCluster ? environment.AllWithRole(role)
                                                             : std::vector<const Machine*>();
  if (environment.topology == Topology::kCluster && machines.empty()) {
    machines = environment.AllWithRole("web");
  }
  if (machines.empty()) {
    out += fmt::format("        server 127.0.0.1:{};\n", options.outpost_port);
  }
  for (const auto* machine : machines) {
    out += fmt::format("        server {}:{} max_fails=3 fail_timeout=10s;\n", machine->address,
                       options.outpost_port);
  }
  return out + "        keepalive 32;\n    }\n";
}

std::string PlainServer(const ConfigurationOptions& options) {
  return fmt::format(
      R"(
    # Without TLS: certificates are renewed and pages sent on. A form is never redirected, because
    # phones do not follow; it is refused instead of travelling in the clear.
    server {{
        listen {0} default_server;
        server_name _;
        client_max_body_size 100m;
        location ^~ /.well-known/acme-challenge/ {{
            root {1}/var/www/outpost;
        }}
        location = /serverup.txt {{
            proxy_pass http://web;
        }}
        location / {{
            if ($request_method !~ ^(GET|HEAD)$) {{
                return 403;
            }}
            return 301 https://$host$request_uri;
        }}
    }}
)",
      options.http_port, options.root);
}

std::string TlsServer(const std::string& host, const Environment& environment,
                      const ConfigurationOptions& options) {
  std::string out = fmt::format(
      R"(
    server {{
        listen {0} ssl http2;
        server_name {1};
        ssl_certificate {2}/etc/outpost/certificates/{1}/fullchain.pem;
        ssl_certificate_key {2}/etc/outpost/certificates/{1}/privkey.pem;
        client_max_body_size 600m;
        add_header Strict-Transport-Security "max-age=31536000" always;
        add_header X-Content-Type-Options nosniff always;
        # The status stays as it is: phones keep their forms on 503 and try again.
        error_page 502 503 504 /errors/50x.html;
)",
      options.https_port, host, options.root);
  std::string metrics;
  for (const auto& network : environment.admin_networks) {
    metrics += fmt::format("            allow {};\n", network);
  }
  return out + Replaced(std::string(kLocations), "METRICS", metrics);
}

}  // namespace

std::string NginxConfigurationOf(const Environment& environment, const Machine&,
                                 const ConfigurationOptions& options) {
  std::string out(kHead);
  out += Upstream("web", environment, "web", options, false);
  out += Upstream("mobile", environment, "mobile", options, false);
  out += Upstream("api", environment, "web", options, false);
  out += Upstream("entry", environment, "entry", options, true);
  out += PlainServer(options);
  out += TlsServer(environment.host, environment, options);
  for (const auto& host : environment.other_hosts) out += TlsServer(host, environment, options);
  out += fmt::format(
      R"(
    # Names that nobody gave us get no answer.
    server {{
        listen {0} ssl http2 default_server;
        ssl_reject_handshake on;
    }}
}}
)",
      options.https_port);
  return Replaced(std::move(out), "ROOT", options.root);
}

}  // namespace outpost::plan
