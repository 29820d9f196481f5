#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "base/seeded_random.h"
#include "fault/options.h"
#include "store/sql/testing/scratch_folder.h"
#include "store/sql/testing/scratch_postgresql.h"
#include "support/admin.h"
#include "support/credentials.h"
#include "support/server_process.h"

/// Restores that are sent while they are made, held between their first byte and the commit of
/// their sync log: nobody ever has a whole document whose token the server does not know.
///   growing_restore_test PROGRAM sqlite|postgresql
namespace outpost::tests {
namespace {

constexpr int kSkipped = 77;
constexpr int kCases = 1'500;
constexpr const char* kEnd = "</OpenRosaResponse>";
constexpr const char* kLastChunk = "\r\n0\r\n\r\n";
constexpr const char* kUser = "asha@demo.commcarehq.org";
/// Nothing more comes while the writer is held.
constexpr int kSilenceMs = 300;
/// On a busy machine.
constexpr int kPatienceMs = 60'000;

void Require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error("this does not hold: " + what);
}

std::string Between(const std::string& text, const std::string& from, const std::string& to) {
  const auto begin = text.find(from);
  if (begin == std::string::npos) return {};
  const auto at = begin + from.size();
  return text.substr(at, text.find(to, at) - at);
}

std::string TokenIn(const std::string& answer) {
  return Between(answer, "<restore_id>", "</restore_id>");
}

int CountOf(const std::string& text, const std::string& what) {
  int count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

/// One request, whose answer is looked at while it comes. It does not say that it knows 202, so
/// that it is not put off on a busy machine.
class Listener {
 public:
  Listener(const std::string& origin, const std::string& target) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(origin.substr(origin.rfind(':') + 1))));
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    Require(::connect(socket_, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0,
            "the server takes a connection");
    const auto request = "GET " + target + " HTTP/1.1\r\nHost: x\r\n" +
                         "Authorization: " + BasicHeader(kUser, "secret") + "\r\n\r\n";
    Require(::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(request.size()),
            "the request is sent");
  }
  ~Listener() { ::close(socket_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// All of it, whole or not.
  const std::string& HearAll() {
    while (!IsWhole() && HearSome(kPatienceMs)) {
    }
    return heard_;
  }
  /// All there is of `cases` cases, and what comes right after.
  const std::string& HearCases(int cases) {
    while (CountOf(heard_, "<case ") < cases && HearSome(kPatienceMs)) {
    }
    while (HearSome(kSilenceMs)) {
    }
    return heard_;
  }
  bool has_ended() const { return has_ended_; }
  bool Contains(const char* text) const { return heard_.find(text) != std::string::npos; }

 private:
  bool IsWhole() const {
    if (heard_.ends_with(kLastChunk)) return true;
    const auto head = heard_.find("\r\n\r\n");
    const auto length = Between(heard_.substr(0, head), "Content-Length: ", "\r\n");
    return !length.empty() && heard_.size() >= head + 4 + std::stoul(length);
  }
  bool HearSome(int silence_ms) {
    std::array<char, 65'536> buffer;
    pollfd waiting{socket_, POLLIN, 0};
    if (has_ended_ || ::poll(&waiting, 1, silence_ms) <= 0) return false;
    const auto got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    has_ended_ = got <= 0;
    if (got > 0) heard_.append(buffer.data(), static_cast<std::size_t>(got));
    return !has_ended_;
  }

  int socket_ = -1;
  std::string heard_;
  bool has_ended_ = false;
};

/// A form with more cases than fit into memory as XML, each with a note that does not pack well.
std::string CasesForm(const std::string& user, int number) {
  SeededRandom random(static_cast<std::uint64_t>(number));
  std::string form = "<data xmlns=\"http://example.org/growing\"><n/>";
  for (int i = 0; i < kCases; ++i) {
    const auto id = "c" + std::to_string(i);
    form += "<case xmlns=\"http://commcarehq.org/case/transaction/v2\" case_id=\"" + id +
            "\" user_id=\"" + user + "\" date_modified=\"2024-03-04T08:00:00.000Z\">";
    if (number == 0) {
      form += "<create><case_type>person</case_type><case_name>" + id + "</case_name><owner_id>" +
              user + "</owner_id></create>";
    }
    form += "<update><note>";
    for (int k = 0; k < 8; ++k) form += std::to_string(random.Below(1'000'000'000));
    form += "</note></update></case>";
  }
  return form + "<meta xmlns=\"http://openrosa.org/jr/xforms\"><instanceID>form-" +
         std::to_string(number) + "</instanceID><userID>" + user + "</userID></meta></data>";
}

class Test {
 public:
  Test(std::string program, std::string database)
      : is_sqlite_(database.empty()),
        server_(ServerPlan{std::move(program), folder_.path(), std::move(database), {}, {}}) {
    server_.Start();
    admin_ = std::make_unique<Admin>(server_.admin_origin());
    admin_->Run("project.create", {{"name", "demo"}});
    const auto made = admin_->Run(
        "user.create", {{"username", "asha"}, {"password", "secret"}, {"project", "demo"}});
    user_ = std::string(made.at("user_id").as_string());
  }

  void Run() {
    Post(0, "");
    const auto token = AWholeRestoreEndsAfterItsLogIsThere();
    ASyncOfManyChangesLikewise(token);
    AKillBeforeTheCommitLeavesAPhoneThatRecovers(token);
    if (is_sqlite_) ACommitThatFailsCutsTheDocumentOff();
    server_.Stop();
  }

 private:
  void Post(int number, const std::string& token) {
    RawClient client(server_.origin());
    Call call;
    call.method = "POST";
    call.target = "/a/demo/receiver/";
    call.headers = {{"Authorization", BasicHeader(kUser, "secret")},
                    {"X-OpenRosa-Version", "3.0"},
                    {"Content-Type", "text/xml"}};
    if (!token.empty()) call.headers.emplace_back("X-CommCareHQ-LastSyncToken", token);
    call.body = CasesForm(user_, number);
    Require(client.Send(call).status == 201, "the form is taken");
  }
  void Hold(bool holds) { admin_->Run("test.hold_writer", {{"hold", holds}}); }
  bool IsKnown(const std::string& token) {
    return admin_->Find("test.sync_log", {{"project", "demo"}, {"token", token}}).has_value();
  }
  std::unique_ptr<Listener> Ask(const std::string& device, const std::string& since = "") {
    return std::make_unique<Listener>(
        server_.origin(), "/a/demo/phone/restore/?version=2.0&items=true&device_id=" + device +
                              (since.empty() ? "" : "&since=" + since));
  }
  /// Asks while nothing is committed, and has all that comes then.
  std::unique_ptr<Listener> AskHeld(const std::string& device, const std::string& since = "") {
    Hold(true);
    auto phone = Ask(device, since);
    const auto& part = phone->HearCases(kCases);
    Require(part.starts_with("HTTP/1.1 200 "), "the answer begins before the commit");
    Require(phone->Contains("Transfer-Encoding: chunked"), "its length is not known");
    Require(CountOf(part, "<case ") == kCases, "all cases are there before the commit");
    Require(!phone->Contains(kEnd) && !phone->Contains(kLastChunk), "its end is not");
    Require(!IsKnown(TokenIn(part)), "its token is not known before the commit");
    return phone;
  }

  std::string AWholeRestoreEndsAfterItsLogIsThere() {
    const auto phone = AskHeld("d");
    const auto joins = Ask("d");
    Require(TokenIn(joins->HearCases(kCases)) == TokenIn(phone->HearCases(kCases)),
            "who asks for the same joins");
    Hold(false);
    const auto& whole = phone->HearAll();
    const auto token = TokenIn(whole);
    Require(IsKnown(token), "the token is known when the document is whole");
    Require(whole.ends_with(kLastChunk) && phone->Contains(kEnd), "the document ends");
    // message, Sync, Registration, the groups, and the cases
    const auto items = std::to_string(4 + kCases);
    Require(Between(whole, "items=\"", "\"") == items, "the count in the head is right");
    Require(joins->HearAll().ends_with(kLastChunk), "who joined has all of it too");
    const auto again = Ask("d");
    Require(TokenIn(again->HearAll()) == token, "it is kept for who asks again");
    Require(again->Contains("Content-Length: "), "and is sent with its length then");
    return token;
  }

  void ASyncOfManyChangesLikewise(const std::string& token) {
    Post(1, "");  // by another device
    const auto phone = AskHeld("d", token);
    Hold(false);
    Require(phone->HearAll().ends_with(kLastChunk), "the sync ends");
    Require(IsKnown(TokenIn(phone->HearAll())), "its token is known then");
    Require(IsKnown(token), "the token before is known until the phone uses the later one");
  }

  void AKillBeforeTheCommitLeavesAPhoneThatRecovers(const std::string& token) {
    const auto first = AskHeld("e");
    const auto lost = TokenIn(first->HearCases(kCases));
    server_.Kill();
    first->HearAll();
    Require(first->has_ended() && !first->Contains(kEnd), "the phone has no whole document");
    server_.Start();
    admin_ = std::make_unique<Admin>(server_.admin_origin());
    Require(!IsKnown(lost), "the log was not written");
    // What no phone does: the token of a document that it must have thrown away.
    Require(Ask("e", lost)->HearAll().starts_with("HTTP/1.1 412 "), "its token is refused");
    const auto again = Ask("e");
    Require(again->HearAll().ends_with(kLastChunk) && again->Contains(kEnd), "it begins anew");
    Require(IsKnown(TokenIn(again->HearAll())), "with a token that counts");
    const auto old = Ask("d", token);
    Require(old->HearAll().ends_with(kLastChunk), "a phone with an older log goes on from there");
  }

  void ACommitThatFailsCutsTheDocumentOff() {
    const auto phone = AskHeld("f");
    admin_->Run("test.fault", {{"rule", "full:1"}});
    Hold(false);
    phone->HearAll();
    Require(phone->has_ended() && !phone->Contains(kEnd), "the answer breaks off");
    Require(!IsKnown(TokenIn(phone->HearAll())), "its token is not known");
    admin_->Run("test.fault", {{"rule", ""}});
    const auto again = Ask("f");
    Require(again->HearAll().ends_with(kLastChunk) && again->Contains(kEnd),
            "the next one is whole");
    Require(IsKnown(TokenIn(again->HearAll())), "and its token known");
    Require(server_.log_text().find("restore.cut_off") != std::string::npos, "the log says why");
  }

  const bool is_sqlite_;
  sql_testing::ScratchFolder folder_;
  ServerProcess server_;
  std::unique_ptr<Admin> admin_;
  std::string user_;
};

int Main(int argc, char** argv) {
  const auto given = ReadOptions(argc, argv);
  if (given.words.size() != 2) {
    std::fputs("usage: growing_restore_test PROGRAM sqlite|postgresql\n", stderr);
    return 2;
  }
  std::string database;
  if (given.words[1] == "postgresql") {
    auto* server = sql_testing::ScratchPostgresql::Shared();
    if (server == nullptr) return kSkipped;
    database = server->NewDatabase();
  }
  Test(given.words[0], database).Run();
  std::puts("no whole document without its log");
  return 0;
}

}  // namespace
}  // namespace outpost::tests

int main(int argc, char** argv) {
  try {
    return outpost::tests::Main(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
