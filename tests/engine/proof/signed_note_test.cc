#include "engine/proof/signed_note.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/status_matchers.h"

namespace annals::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// The example of golang.org/x/mod/sumdb/note.
constexpr char kPrivateKey[] =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
constexpr char kKey[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr char kText[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr char kSignature[] =
    "\u2014 PeterNeumann "
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

std::string Note() { return absl::StrCat(kText, "\n", kSignature); }

TEST(SignedNoteTest, SignsAsOtherProgramsDo) {
  ASSERT_OK_AND_ASSIGN(const NoteSigner signer, NoteSigner::Parse(kPrivateKey));
  EXPECT_EQ(signer.ToString(), kPrivateKey);
  EXPECT_EQ(signer.verifier().ToString(), kKey);
  EXPECT_THAT(signer.Sign(kText), IsOkAndHolds(Note()));
}

TEST(SignedNoteTest, OpensWhatOtherProgramsSigned) {
  ASSERT_OK_AND_ASSIGN(const NoteVerifier verifier, NoteVerifier::Parse(kKey));
  EXPECT_EQ(verifier.ToString(), kKey);
  EXPECT_THAT(verifier.Open(Note()), IsOkAndHolds(std::string(kText)));
}

TEST(SignedNoteTest, ANewKeyOpensWhatItSigned) {
  ASSERT_OK_AND_ASSIGN(const NoteSigner signer, NoteSigner::Generate("annals.example/sea"));
  ASSERT_OK_AND_ASSIGN(const std::string note, signer.Sign("what is said\n"));
  ASSERT_OK_AND_ASSIGN(const NoteVerifier verifier,
                       NoteVerifier::Parse(signer.verifier().ToString()));
  EXPECT_THAT(verifier.Open(note), IsOkAndHolds(std::string("what is said\n")));
  ASSERT_OK_AND_ASSIGN(const NoteSigner other, NoteSigner::Generate("annals.example/sea"));
  EXPECT_NE(other.ToString(), signer.ToString());
  EXPECT_THAT(other.verifier().Open(note),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("annals.example/sea")));
}

TEST(SignedNoteTest, AnotherTextIsNotWhatWasSigned) {
  ASSERT_OK_AND_ASSIGN(const NoteVerifier verifier, NoteVerifier::Parse(kKey));
  for (const auto& [from, to] : {std::pair("don't", "do"), std::pair("is.\n", "is.\nAmen.\n"),
                                 std::pair("x08go/ZJ", "x08go/ZK")}) {
    EXPECT_THAT(verifier.Open(absl::StrReplaceAll(Note(), {{from, to}})),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("PeterNeumann")))
        << from;
  }
}

TEST(SignedNoteTest, OthersMaySignItToo) {
  ASSERT_OK_AND_ASSIGN(const NoteVerifier verifier, NoteVerifier::Parse(kKey));
  ASSERT_OK_AND_ASSIGN(const NoteSigner witness, NoteSigner::Generate("witness"));
  ASSERT_OK_AND_ASSIGN(const std::string signed_too, witness.Sign(kText));
  const std::string line = signed_too.substr(signed_too.find("\u2014"));
  EXPECT_THAT(verifier.Open(absl::StrCat(Note(), line)), IsOkAndHolds(std::string(kText)));
  EXPECT_THAT(verifier.Open(signed_too), StatusIs(absl::StatusCode::kNotFound, HasSubstr("")));
  // The name is right and the key another one.
  EXPECT_THAT(verifier.Open(absl::StrReplaceAll(signed_too, {{"witness", "PeterNeumann"}})),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("")));
}

TEST(SignedNoteTest, RefusesWhatIsNoNote) {
  ASSERT_OK_AND_ASSIGN(const NoteVerifier verifier, NoteVerifier::Parse(kKey));
  for (const std::string& note :
       {std::string(), std::string("text\n"), std::string(kText), absl::StrCat(kText, kSignature),
        absl::StrCat(kText, "\n"), absl::StrCat(kText, "\n", "- PeterNeumann x08g\n"),
        absl::StrCat(kText, "\n", "\u2014 PeterNeumann\n"),
        absl::StrCat(kText, "\n", "\u2014 Peter+Neumann x08go/ZJ\n"),
        Note().substr(0, Note().size() - 1), absl::StrCat(Note(), "more\n"),
        absl::StrCat("\x01", Note()), absl::StrCat("\xff", Note()),
        absl::StrCat(std::string(kMaxNoteBytes, 'x'), Note())}) {
    EXPECT_THAT(verifier.Open(note), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("")))
        << note.substr(0, 200);
  }
}

// A signature has 68 bytes, so that the last letter before the "=" has two bits that
// say nothing (RFC 4648, section 3.5).
TEST(SignedNoteTest, ASignatureIsWrittenInOneWayOnly) {
  absl::StatusOr<NoteSigner> signer = NoteSigner::Generate("x.example");
  ASSERT_OK(signer);
  absl::StatusOr<std::string> note = signer->Sign("text\n");
  ASSERT_OK(note);
  const size_t last = note->size() - 3;
  ASSERT_EQ(note->substr(last + 1), "=\n");
  for (const char letter :
       absl::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \n")) {
    std::string other = *note;
    other[last] = letter;
    EXPECT_EQ(signer->verifier().Open(other).ok(), other == *note) << letter;
  }
  EXPECT_FALSE(
      signer->verifier().Open(absl::StrCat(note->substr(0, last), " ", note->substr(last))).ok());
}

TEST(SignedNoteTest, RefusesWhatIsNoKey) {
  for (const std::string& key :
       {std::string(), std::string("PeterNeumann"), std::string("PeterNeumann+c74f20a3"),
        std::string("PeterNeumann+c74f20a3+AR"), std::string(kKey).substr(1),
        absl::StrReplaceAll(kKey, {{"c74f20a3", "c74f20a4"}}),
        absl::StrReplaceAll(kKey, {{"c74f20a3", "C74F20A3"}}),
        absl::StrReplaceAll(kKey, {{"Peter", "Peter "}}), std::string(kPrivateKey)}) {
    EXPECT_FALSE(NoteVerifier::Parse(key).ok()) << key;
  }
  const absl::Status refusal =
      NoteSigner::Parse(absl::StrReplaceAll(kPrivateKey, {{"c74f20a3", "c74f20a4"}})).status();
  EXPECT_EQ(refusal.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(refusal.message().find("AYEKF"), std::string::npos) << "a secret is not repeated";
  EXPECT_FALSE(NoteSigner::Parse(kKey).ok());
}

TEST(SignedNoteTest, RefusesANameOrATextThatCantBeSigned) {
  for (const char* name : {"", "a b", "a+b", "a\nb", "a\u00a0b"}) {
    EXPECT_FALSE(NoteSigner::Generate(name).ok()) << name;
  }
  ASSERT_OK_AND_ASSIGN(const NoteSigner signer, NoteSigner::Parse(kPrivateKey));
  for (const char* text : {"", "no line feed", "a\tb\n", "a\rb\n", "\xff\n"}) {
    EXPECT_THAT(signer.Sign(text),
                StatusIs(absl::StatusCode::kInvalidArgument, StartsWith("the text of a note")))
        << text;
  }
}

}  // namespace
}  // namespace annals::testing
