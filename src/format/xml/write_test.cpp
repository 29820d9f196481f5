#include "format/xml/write.h"

#include <gtest/gtest.h>

#include "format/xml/xml.h"

namespace outpost::xml {
namespace {

TEST(XmlWrite, EveryCharacterThatXmlCanCarryIsReadBackAsItWas) {
  std::string text = "a & b < c > d \" e ' \t\n\r\u00e9\u0906";
  std::string out = "<r";
  AppendAttribute(out, "a", text);
  out += '>';
  AppendElement(out, "e", text);
  AppendElement(out, "n", "");
  out += "</r>";
  const auto document = Document::Parse(out);
  EXPECT_EQ(document.root().attribute("a"), text);
  EXPECT_EQ(document.root().child("e")->text(), text);
  EXPECT_NE(out.find("<n/>"), std::string::npos);
}

TEST(XmlWrite, WhatXmlCannotCarryIsLeftOut) {
  std::string out;
  AppendText(out, std::string_view("a\0b\x01\x1f"
                                   "c\x7f",
                                   7));
  EXPECT_EQ(out, "abc\x7f");
}

TEST(XmlWrite, NamesOfElementsBeginWithALetterAndHoldNoColon) {
  for (const char* name : {"a", "_", "xml", "a-b.c9", "\u0906"}) EXPECT_TRUE(IsName(name)) << name;
  for (const char* name : {"", "9a", "-a", ".a", "a b", "a:b", "a/b", "<"}) {
    EXPECT_FALSE(IsName(name)) << name;
  }
}

}  // namespace
}  // namespace outpost::xml
