#include "engine/query/text_fold.h"

#include <string>

#include "gtest/gtest.h"

namespace annals {
namespace {

TEST(TextFoldTest, DropsCaseAndAccents) {
  EXPECT_EQ(FoldText("MÁRQUEZ"), "marquez");
  EXPECT_EQ(FoldText("El Ñandú"), "el nandu");
  EXPECT_EQ(FoldText("Straße"), "strasse");
  EXPECT_EQ(FoldText("Plain ASCII 12"), "plain ascii 12");
}

TEST(TextFoldTest, ComposedAndDecomposedAccentsAreTheSame) {
  EXPECT_EQ(FoldText("Mari\u0301a"), FoldText("Mar\u00EDa"));
}

TEST(TextFoldTest, EveryKindOfSpaceIsASpace) {
  EXPECT_EQ(FoldText("María\u00A0Corina"), "maria corina");
  EXPECT_EQ(FoldText("a\u202Fb\u2009c\u3000d\u0085e"), "a b c d e");
  EXPECT_EQ(FoldText("a\tb\nc"), "a b c");
  EXPECT_EQ(FoldText("é\tb\nc"), "e b c");
}

TEST(TextFoldTest, CompatibilityFormsAreTheirPlainLetters) {
  EXPECT_EQ(FoldText("\uFB01n \uFF21"), "fin a");
}

TEST(TextFoldTest, LettersOfOtherScriptsStay) { EXPECT_EQ(FoldText("ΑΒΓ Москва"), "αβγ москва"); }

TEST(TextFoldTest, InvalidUtf8BecomesTheReplacementCharacter) {
  EXPECT_EQ(FoldText("a\xFFz"), "a\uFFFDz");
}

TEST(TextFoldTest, FoldingTwiceChangesNothing) {
  for (const char* text : {"MÁRQUEZ\u00A0Ø", "\u0130stanbul", "\u1E9E\u0345", "ﬁ", "Ǆ", "가"}) {
    const std::string once = FoldText(text);
    EXPECT_EQ(FoldText(once), once) << text;
  }
}

}  // namespace
}  // namespace annals
