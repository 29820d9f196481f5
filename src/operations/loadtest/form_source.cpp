#include "operations/loadtest/form_source.h"

#include <array>
#include <charconv>

#include "base/problem.h"
#include "base/text.h"
#include "operations/loadtest/detail/template.h"

namespace outpost::loadtest {
namespace {

using detail::Hole;

constexpr std::array<std::string_view, 24> kFirstNames = {
    "Amina",   "Wanjiru", "Chipo",   "Ngozi",  "Fatou",   "Halima", "Zanele", "Abena",
    "Lakshmi", "Priya",   "Sunita",  "Nurul",  "Thi Mai", "Siti",   "Rina",   "Maya",
    "Rosa",    "Lucia",   "Marisol", "Ximena", "Yolanda", "Inés",   "Carmen", "Beatriz"};
constexpr std::array<std::string_view, 24> kFamilyNames = {
    "Otieno", "Banda",  "Moyo",   "Okafor", "Diallo", "Hassan",  "Dlamini",   "Mensah",
    "Kumar",  "Sharma", "Devi",   "Rahman", "Nguyen", "Wijaya",  "Tamang",    "Shrestha",
    "Quispe", "Flores", "Mamani", "Castro", "Rojas",  "Morales", "Gutiérrez", "Choque"};
constexpr std::array<std::string_view, 12> kVillages = {
    "Kibera East", "Chikwawa", "Mutare North", "Ibadan Road",  "Thiès", "Garissa",
    "Umlazi",      "Tamale",   "Rampur",       "Sylhet Sadar", "Puno",  "Cochabamba Sur"};
constexpr std::array<std::string_view, 16> kWords = {
    "mother", "says",  "child", "sleeps", "better", "since",   "rain",   "clinic",
    "drug",   "given", "twice", "weak",   "eats",   "returns", "market", "tomorrow"};

constexpr std::string_view kBoundary = "5f1c0a7e-8d2b-4b7e-9c55-0d6a8e1f4b32";
constexpr std::string_view kAppId = "9d1f0c6e5b3a4f27a8e4c0b1d2e3f405";
constexpr int kNoteWords = 9;
constexpr std::int64_t kMinuteMicros = 60 * kMicrosPerSecond;

void AppendNumber(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

/// "2024-05-01T09:30:00.123Z", as phones in UTC write it.
std::string MillisecondText(Instant at) {
  auto text = FormatT6(at);
  constexpr std::size_t kUpToMilliseconds = 23;
  text.resize(kUpToMilliseconds);
  return text += 'Z';
}

/// What stays the same for all requests of a user.
struct UserTexts {
  std::string head;  // request line and headers up to the value of the token
  std::string device;
  std::string token;
  std::vector<Uuid> cases;  // created by the user
};

}  // namespace

struct FormSource::Impl {
  explicit Impl(const FormPlan& from)
      : plan(from),
        random(from.seed),
        register_form(detail::Cut(detail::kRegisterForm)),
        follow_up_form(detail::Cut(detail::kFollowUpForm)) {
    OUTPOST_CHECK(!plan.users.empty());
    for (std::size_t i = 0; i < plan.users.size(); ++i) users.push_back(TextsOf(i));
  }

  UserTexts TextsOf(std::size_t index) {
    const auto& user = plan.users[index];
    UserTexts texts;
    texts.device = std::string(kDevicePrefix) + std::to_string(index);
    AppendUuid(texts.token, random.NextUuid());
    std::erase(texts.token, '-');
    texts.head = "POST /a/" + plan.project + "/receiver/secure/" + std::string(kAppId) +
                 "/ HTTP/1.1\r\nHost: " + plan.host + "\r\nAuthorization: Basic " +
                 Base64Of(user.username + ":" + plan.password) +
                 "\r\nX-OpenRosa-Version: 3.0\r\nx-openrosa-deviceid: " + texts.device +
                 "\r\nContent-Type: multipart/form-data; boundary=" + std::string(kBoundary) +
                 "\r\nTransfer-Encoding: chunked\r\nConnection: Keep-Alive"
                 "\r\nAccept-Encoding: gzip\r\nUser-Agent: okhttp/4.11.0"
                 "\r\nX-CommCareHQ-LastSyncToken: ";
    return texts;
  }

  template <std::size_t N>
  std::string_view Any(const std::array<std::string_view, N>& words) {
    return words[random.Below(N)];
  }

  void Fill(Hole hole, const PreparedForm& form, std::size_t user) {
    switch (hole) {
      case Hole::kEnd:
        return;
      case Hole::kFormId:
        return AppendUuid(body, form.form);
      case Hole::kCaseId:
        return AppendUuid(body, form.case_id);
      case Hole::kUserId:
        body += plan.users[user].user_id;
        return;
      case Hole::kUsername:
        body += plan.users[user].username;
        return;
      case Hole::kDevice:
        body += users[user].device;
        return;
      case Hole::kNow:
        body += now_text;
        return;
      case Hole::kStart:
        body += start_text;
        return;
      case Hole::kToday:
        body += std::string_view(now_text).substr(0, 10);
        return;
      default:
        return Answer(hole);
    }
  }

  void Answer(Hole hole) {
    switch (hole) {
      case Hole::kFirstName:
        body += Any(kFirstNames);
        return;
      case Hole::kFamilyName:
        body += Any(kFamilyNames);
        return;
      case Hole::kVillage:
        body += Any(kVillages);
        return;
      case Hole::kAge:
        return AppendNumber(body, 15 + random.Below(60));
      case Hole::kWeight:
        AppendNumber(body, 3 + random.Below(80));
        body += '.';
        return AppendNumber(body, random.Below(10));
      case Hole::kPhone:
        body += "+2547";
        return AppendNumber(body, 10'000'000 + random.Below(90'000'000));
      case Hole::kYesNo:
        body += random.OneIn(2) ? "yes" : "no";
        return;
      case Hole::kNote:
        for (int i = 0; i < kNoteWords; ++i) {
          body += Any(kWords);
          body += i + 1 < kNoteWords ? " " : "";
        }
        return;
      default:
        return AppendNumber(body, 1 + random.Below(250));
    }
  }

  /// Clock texts are made once a millisecond at most: thousands of forms share them.
  void SetNow(Instant now) {
    const auto millisecond = now.micros / 1000;
    if (millisecond == now_millisecond) return;
    now_millisecond = millisecond;
    now_text = MillisecondText(now);
    start_text = MillisecondText(now + -6 * kMinuteMicros);
  }

  void RenderBody(const PreparedForm& form, std::size_t user) {
    body.clear();
    body += "--";
    body += kBoundary;
    body += "\r\nContent-Disposition: form-data; name=\"xml_submission_file\"; filename=\"";
    AppendUuid(body, form.form);
    body += ".xml\"\r\nContent-Type: text/xml\r\nContent-Transfer-Encoding: binary\r\n\r\n";
    xml_at = body.size();
    for (const auto& piece : form.is_create ? register_form : follow_up_form) {
      body += piece.text;
      Fill(piece.hole, form, user);
    }
    xml_length = body.size() - xml_at;
    body += "\r\n--";
    body += kBoundary;
    body += "--\r\n";
  }

  FormPlan plan;
  SeededRandom random;
  std::vector<detail::Piece> register_form, follow_up_form;
  std::vector<UserTexts> users;
  std::vector<Uuid> cases;
  std::string body;
  std::size_t xml_at = 0, xml_length = 0;
  std::int64_t now_millisecond = -1;
  std::string now_text, start_text;
};

FormSource::FormSource(const FormPlan& plan) : impl_(std::make_unique<Impl>(plan)) {}
FormSource::~FormSource() = default;

PreparedForm FormSource::Next(Instant now, std::string& out) {
  return NextOf(static_cast<std::size_t>(impl_->random.Below(impl_->users.size())), now, out);
}

PreparedForm FormSource::NextOf(std::size_t user, Instant now, std::string& out) {
  auto& impl = *impl_;
  impl.SetNow(now);
  const auto& known = impl.plan.own_cases_only ? impl.users[user].cases : impl.cases;
  PreparedForm form;
  form.user = user;
  form.form = impl.random.NextUuid();
  form.is_create = known.empty() || impl.random.OneIn(3);
  form.case_id = form.is_create ? impl.random.NextUuid() : known[impl.random.Below(known.size())];
  impl.RenderBody(form, user);

  std::array<char, 16> length{};
  const auto end =
      std::to_chars(length.data(), length.data() + length.size(), impl.body.size(), 16).ptr;
  out.clear();
  out += impl.users[user].head;
  out += impl.users[user].token;
  out += "\r\n\r\n";
  out.append(length.data(), end);
  out += "\r\n";
  out += impl.body;
  out += "\r\n0\r\n\r\n";
  return form;
}

void FormSource::Created(const PreparedForm& form) {
  if (impl_->plan.own_cases_only) {
    impl_->users[form.user].cases.push_back(form.case_id);
  } else {
    impl_->cases.push_back(form.case_id);
  }
}

void FormSource::SetToken(std::size_t user, std::string token) {
  impl_->users[user].token = std::move(token);
}

std::string_view FormSource::last_xml() const {
  return std::string_view(impl_->body).substr(impl_->xml_at, impl_->xml_length);
}

}  // namespace outpost::loadtest
