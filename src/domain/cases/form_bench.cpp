// form_bench [FORM.xml]: microseconds per form for what is done outside the writer. Not a test.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

#include "domain/cases/case_block.h"
#include "domain/forms/form_xml.h"

namespace {

using namespace outpost;

constexpr int kRounds = 15;
constexpr int kFormsPerRound = 4'000;

/// A visit with a case block and meta, 1.7 kB, as phones write it.
std::string UsualForm() {
  const std::string user = "de8cc5195f0b4f7d9c3c1a7a9b1e2d3f";
  return R"(<?xml version='1.0' ?><data xmlns:jrm="http://dev.commcarehq.org/jr/xforms" )"
         R"(xmlns="http://openrosa.org/formdesigner/3C9A1E0D-7E4B-4A6F-9F0B-5D7E2A1C8B44" )"
         R"(uiVersion="1" version="182" name="Antenatal visit"><visit_date>2024-05-01</visit_date>)"
         R"(<weight>61.5</weight><blood_pressure><systolic>118</systolic><diastolic>76</diastolic>)"
         R"(</blood_pressure><danger_signs>none</danger_signs><next_visit>2024-06-01</next_visit>)"
         R"(<notes>Mother feels well, ate before the visit. Iron tablets given, to return.</notes>)"
         R"(<n0:case case_id="47035f62-0c1d-4a2e-8d22-1d6a2f3f7a10" )"
         R"(date_modified="2024-05-01T10:04:12.118+03" user_id=")" +
         user +
         R"(" xmlns:n0="http://commcarehq.org/case/transaction/v2"><n0:create>)"
         R"(<n0:case_name>Ann Example</n0:case_name><n0:owner_id>)" +
         user +
         R"(</n0:owner_id><n0:case_type>pregnancy</n0:case_type></n0:create><n0:update>)"
         R"(<n0:visit_date>2024-05-01</n0:visit_date><n0:weight>61.5</n0:weight>)"
         R"(<n0:systolic>118</n0:systolic><n0:diastolic>76</n0:diastolic>)"
         R"(<n0:next_visit>2024-06-01</n0:next_visit></n0:update><n0:index>)"
         R"(<n0:parent case_type="household">9f1c7a0e-4b5d-4c3f-a1b2-c3d4e5f60718</n0:parent>)"
         R"(</n0:index></n0:case><n1:meta xmlns:n1="http://openrosa.org/jr/xforms">)"
         R"(<n1:deviceID>commcare_5d7e2a1c8b44</n1:deviceID>)"
         R"(<n1:timeStart>2024-05-01T10:00:03.221+03</n1:timeStart>)"
         R"(<n1:timeEnd>2024-05-01T10:04:12.118+03</n1:timeEnd>)"
         R"(<n1:username>asha</n1:username><n1:userID>)" +
         user +
         R"(</n1:userID><n1:instanceID>0f8a6e5d-3c4b-4f2a-9e1d-7b6c5a493827</n1:instanceID>)"
         R"(<n2:appVersion xmlns:n2="http://commcarehq.org/xforms">CommCare Android, version )"
         R"("2.53.1"(468543). App v182.</n2:appVersion></n1:meta></data>)";
}

/// Prints the fastest of some rounds: the others were disturbed.
template <class Work>
void Measure(const char* name, const Work& work) {
  double best = std::numeric_limits<double>::infinity();
  for (int round = 0; round < kRounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kFormsPerRound; ++i) work();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    best = std::min(best, took.count() / kFormsPerRound);
  }
  std::printf("%-34s %7.2f us\n", name, best);
}

}  // namespace

int main(int argc, char** argv) {
  std::string text = UsualForm();
  if (argc > 1) {
    std::stringstream read;
    read << std::ifstream(argv[1], std::ios::binary).rdbuf();
    text = read.str();
  }
  std::printf("a form of %zu bytes\n", text.size());
  const auto form = xml::Document::Parse(text);
  Measure("tree", [&] { xml::Document::Parse(text); });
  Measure("identity", [&] { forms::ReadIdentity(form); });
  Measure("case blocks", [&] { cases::FindCaseBlocks(form); });
  Measure("tree, identity and case blocks", [&] {
    const auto parsed = xml::Document::Parse(text);
    forms::ReadIdentity(parsed);
    cases::FindCaseBlocks(parsed);
  });
  Measure("form JSON (when read back)", [&] { forms::RenderFormJson(form); });
  Measure("metadata (when read back)", [&] { forms::ReadMetadata(form, std::nullopt); });
}
