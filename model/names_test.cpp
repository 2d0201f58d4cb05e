#include "model/names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace midstride::model {
namespace {

TEST(Names, HaveAForm) {
  const std::pair<std::string, NameForm> table[] = {
      {"a", NameForm::name},
      {"_", NameForm::name},
      {"_a9Z", NameForm::name},
      {"emitted", NameForm::name},
      {std::string(64, 'x'), NameForm::name},
      {"class", NameForm::keyword},
      {"None", NameForm::keyword},
      {"TaskletExit", NameForm::keyword},
      {"kill", NameForm::keyword},
      {"round-robin", NameForm::word},
      {"end-finally", NameForm::word},
      {"no-use-after-free", NameForm::word},
      {"a-1", NameForm::word},
      {"w.2", NameForm::repeat},
      {"w.4294967295", NameForm::repeat},
      {std::string(64, 'x') + ".2", NameForm::repeat},
      {"", NameForm::other},
      {"1a", NameForm::other},
      {"a b", NameForm::other},
      {"a-", NameForm::other},
      {"a--b", NameForm::other},
      {"-a", NameForm::other},
      {"w.", NameForm::other},
      {"w.0", NameForm::other},
      {"w.1", NameForm::other},
      {"w.02", NameForm::other},
      {"w.-2", NameForm::other},
      {"w.2.3", NameForm::other},
      {"w.4294967296", NameForm::other},
      {"class.2", NameForm::other},
      {"a-b.2", NameForm::other},
      {"\xc3\xa9", NameForm::other},
      {std::string("a\0", 2), NameForm::other},
      {std::string(65, 'x'), NameForm::other},
      {std::string(62, 'x') + "-ab", NameForm::other},
  };
  for (const auto& [text, form] : table) EXPECT_EQ(form_of(text), form) << text;
}

TEST(Names, ARepeatHasABase) { EXPECT_EQ(base_of("worker.12"), "worker"); }

TEST(Names, SubjectsAreLettersDigitsAndAFewSigns) {
  EXPECT_TRUE(is_subject("model/in-place+quiescence"));
  EXPECT_TRUE(is_subject("native/dl_2.0"));
  EXPECT_FALSE(is_subject(""));
  EXPECT_FALSE(is_subject("a b"));
  EXPECT_FALSE(is_subject("a\n"));
  EXPECT_FALSE(is_subject(std::string(129, 'a')));
}

TEST(Names, StoriesAreUtf8WithoutControlCharacters) {
  for (const std::string line :
       {"", "a b", " a", "\xc2\xa0", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xef\xbf\xbf",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    EXPECT_EQ(story_fault(line), std::nullopt) << line;
  EXPECT_EQ(story_fault(std::string(1'000, 'a')), std::nullopt);
  const auto fault = [](std::string_view line) { return story_fault(line).value_or("none"); };
  EXPECT_EQ(fault("a "), "a blank at its end");
  EXPECT_EQ(fault("a\tb"), "U+0009 after 'a'");
  EXPECT_EQ(fault("a\n"), "U+000a after 'a'");
  EXPECT_EQ(fault("\x7f"), "U+007f at its start");
  EXPECT_EQ(fault(std::string("\0", 1)), "U+0000 at its start");
  EXPECT_EQ(fault(std::string(1'001, 'a')), "a line of 1001 bytes");
  for (const std::string line :
       {"\x80", "\xc1\x80", "\xc2", "\xc2 ", "\xe0\x9f\x80", "\xe2\x82", "\xed\xa0\x80",
        "\xf0\x8f\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"})
    EXPECT_THAT(fault(line), testing::StartsWith("byte 0x")) << line;
}

TEST(Names, StoriesDoNotSteerTheTerminalThatShowsThem) {
  const auto fault = [](std::string_view line) { return story_fault(line).value_or("none"); };
  EXPECT_EQ(fault("a\xc2\x80"), "U+0080 after 'a'");
  EXPECT_EQ(fault("a\xc2\x9b"), "U+009b after 'a'");
  EXPECT_EQ(fault("\xd8\x9c"), "U+061c at its start");
  EXPECT_EQ(fault("safe \xe2\x80\xae"), "U+202e after 'safe '");
  EXPECT_EQ(fault("\xe2\x80\xa8"), "U+2028 at its start");
  EXPECT_EQ(fault("\xe2\x81\xa9"), "U+2069 at its start");
  EXPECT_EQ(fault("\xe2\x80\xb0"), "none");
}

TEST(Names, AHintIsTheNearestCandidateIfItIsNear) {
  const std::string_view words[] = {"module", "channel", "reload", "do"};
  EXPECT_EQ(hint("modul", words), " (did you mean 'module'?)");
  EXPECT_EQ(hint("chanel", words), " (did you mean 'channel'?)");
  EXPECT_EQ(hint("reaload", words), " (did you mean 'reload'?)");
  EXPECT_EQ(hint("od", words), "");
  EXPECT_EQ(hint("banana", words), "");
  EXPECT_EQ(hint("", words), "");
  EXPECT_EQ(hint(std::string(65, 'a'), words), "");
}

TEST(Names, WhatIsQuotedIsShortAndPrintable) {
  EXPECT_EQ(in_quotes("abc"), "'abc'");
  EXPECT_EQ(in_quotes("a\n\xff"),
            "'a?"
            "?'");
  EXPECT_EQ(in_quotes(std::string(81, 'a')), "'" + std::string(80, 'a') + "...'");
}

}  // namespace
}  // namespace midstride::model
