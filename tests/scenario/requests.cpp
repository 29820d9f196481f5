#include "base/text.h"
#include "format/deflate/gzip.h"
#include "scenario/bodies.h"
#include "scenario/interpreter.h"
#include "support/credentials.h"

namespace outpost::tests {
namespace {

constexpr std::chrono::seconds kAnswerTimeMax{60};

std::string Upper(std::string text) {
  for (char& letter : text)
    letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return text;
}

/// "name:filename:type:source"; the type may hold no colon, the source may.
FormPart ReadPart(const World& world, const std::string& text, const std::string& fill) {
  std::vector<std::string> pieces(4);
  std::string_view rest = text;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos)
      throw ScenarioError("not name:filename:type:source: " + text);
    pieces[i] = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  return {pieces[0], pieces[1], pieces[2], MakeBody(world.fixtures(), rest, fill)};
}

bool IsJson(std::string_view word) { return word.starts_with('{') || word.starts_with('['); }

}  // namespace

RawClient& Interpreter::client() {
  const auto& origin = world_.server().origin();
  if (client_ == nullptr || client_origin_ != origin) {
    client_ = std::make_unique<RawClient>(origin, kAnswerTimeMax);
    client_origin_ = origin;
  }
  return *client_;
}

void Interpreter::SetBody(Call& call, const Arguments& arguments) const {
  const auto fill = arguments.Option("fill");
  std::vector<FormPart> parts;
  const auto [first, last] = arguments.options.equal_range("part");
  for (auto part = first; part != last; ++part) {
    parts.push_back(ReadPart(world_, part->second, fill));
  }
  if (arguments.Has("file")) {
    parts.push_back({"xml_submission_file", "form.xml", "text/xml",
                     MakeBody(world_.fixtures(), arguments.Option("file"), fill)});
  }
  if (arguments.Has("field")) {
    const auto field = arguments.Option("field");
    const auto colon = field.find(':');
    parts.push_back({field.substr(0, colon), "", "", field.substr(colon + 1)});
  }
  if (!parts.empty()) return SetMultipart(call, parts);
  if (arguments.Has("raw")) {
    call.body = MakeBody(world_.fixtures(), arguments.Option("raw"), fill);
  } else if (arguments.Has("text")) {
    call.body = arguments.Option("text");
  } else if (arguments.words.size() > 1 && IsJson(arguments.words.back())) {
    call.body = arguments.words.back();
    call.headers.emplace_back("Content-Type", "application/json");
  }
  if (arguments.Has("type")) call.headers.emplace_back("Content-Type", arguments.Option("type"));
  if (arguments.Has("gzip")) {
    call.body = deflate::Gzip(call.body);
    call.headers.emplace_back("Content-Encoding", "gzip");
  }
}

Call Interpreter::MakeCall(const Command& command) const {
  const auto arguments = Read(command);
  Call call;
  call.method = Upper(command.verb);
  // A path may hold '=' in its query: it is the first word as written.
  if (command.words.empty()) throw ScenarioError("a path is missing");
  call.target = Substitute(command.words.front(), variables_);
  const auto [first, last] = arguments.options.equal_range("header");
  for (auto header = first; header != last; ++header) {
    const auto colon = header->second.find(':');
    if (colon == std::string::npos) throw ScenarioError("not Name:Value: " + header->second);
    call.headers.emplace_back(
        header->second.substr(0, colon),
        std::string(Trim(std::string_view(header->second).substr(colon + 1))));
  }
  if (arguments.Has("openrosa")) {
    call.headers.emplace_back("X-OpenRosa-Version", arguments.Option("openrosa"));
  }
  SetBody(call, arguments);
  call.is_chunked = arguments.Has("chunked");
  call.waits_for_100 = arguments.Has("expect");
  if (arguments.Has("claim")) {
    call.claimed_length = static_cast<std::uint64_t>(ParseSize(arguments.Option("claim")));
  }
  call.bytes_per_second = pace_;
  call.cut_after_bytes = cut_after_;
  return call;
}

void Interpreter::SignIn(Call& call, const Arguments& arguments) {
  const auto user = arguments.Option("as");
  const auto scheme = arguments.Option("auth", user.empty() ? "none" : "basic");
  if (scheme == "none") return;
  if (scheme == "apikey") {
    call.headers.emplace_back("Authorization", "ApiKey " + user + ":" + world_.KeyOf(user));
    return;
  }
  const auto password =
      arguments.Has("password") ? arguments.Option("password") : world_.PasswordOf(user);
  if (scheme == "basic") {
    call.headers.emplace_back("Authorization", BasicHeader(user, password));
  } else if (scheme == "digest") {
    const auto challenge = client().Send(call).Header("WWW-Authenticate").value_or("");
    if (!challenge.starts_with("Digest ")) throw ScenarioError("no Digest challenge: " + challenge);
    call.headers.emplace_back("Authorization", DigestHeader(challenge, call, user, password));
  } else {
    throw ScenarioError("there is no scheme " + scheme);
  }
}

void Interpreter::DoRequest(const Command& command) {
  auto call = MakeCall(command);
  auto arguments = Read(command);
  SignIn(call, arguments);
  pace_ = 0;
  cut_after_.reset();
  Exchange(call);
}

void Interpreter::Exchange(const Call& call) {
  const auto started = std::chrono::steady_clock::now();
  answer_ = {};
  network_error_.clear();
  try {
    answer_ = client().Send(call);
  } catch (const NetworkError& error) {
    network_error_ = error.what();
    client_.reset();
  }
  took_ = std::chrono::steady_clock::now() - started;
  world_.Witness(answer_);
}

/// net slow 2kB | net cut 5kB: of the next request
void Interpreter::DoNet(const Command& command) {
  const auto arguments = Read(command);
  const auto size = ParseSize(arguments.At(1));
  if (arguments.At(0) == "slow") {
    pace_ = size;
  } else {
    cut_after_ = static_cast<std::size_t>(size);
  }
}

/// Bytes as they are on a connection of their own, then one answer.
void Interpreter::DoSend(const Command& command) {
  client_.reset();
  answer_ = {};
  network_error_.clear();
  try {
    client().Push(Read(command, false).Rest(0));
    answer_ = client().Await();
  } catch (const NetworkError& error) {
    network_error_ = error.what();
  }
  client_.reset();
  world_.Witness(answer_);
}

/// loris open N: connections that begin a request and do not go on. loris expect STATUS: each is
/// answered so.
void Interpreter::DoLoris(const Command& command) {
  const auto arguments = Read(command);
  if (arguments.At(0) == "open") {
    const auto count = ParseInt(arguments.At(1)).value_or(0);
    for (std::int64_t i = 0; i < count; ++i) {
      loris_.push_back(std::make_unique<RawClient>(world_.server().origin(), kAnswerTimeMax));
      loris_.back()->Push("POST /a/demo/receiver/ HTTP/1.1\r\nHost: slow\r\nX-Slow: ");
    }
    return;
  }
  for (auto& slow : loris_) {
    const auto status = slow->Await().status;
    if (std::to_string(status) != arguments.At(1)) {
      throw ScenarioError("a slow connection was answered " + std::to_string(status));
    }
  }
  loris_.clear();
}

}  // namespace outpost::tests
