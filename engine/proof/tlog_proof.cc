#include "engine/proof/tlog_proof.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/status.h"
#include "engine/proof/proof_text.h"

namespace annals {
namespace {

constexpr absl::string_view kInclusion = "c2sp.org/tlog-proof@v1";
constexpr absl::string_view kConsistency = "annals/consistency-proof@v1";
// A tree of 2^64 leaves has no longer path; one between two of them twice as many.
constexpr size_t kMaxPath = 128;

absl::Status NoProof(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("it is no proof: ", why));
}

void AppendPath(const TreeHashes& path, std::string* text) {
  for (const TreeHash& hash : path) absl::StrAppend(text, EncodeHash(hash), "\n");
}

// The lines of hashes, and the empty line after them.
absl::StatusOr<TreeHashes> TakePath(absl::string_view* text) {
  TreeHashes path;
  while (true) {
    const std::optional<absl::string_view> line = TakeLine(text);
    if (!line.has_value()) return NoProof("it is cut off before its checkpoint");
    if (line->empty()) return path;
    const std::optional<TreeHash> hash = DecodeHash(*line);
    if (!hash.has_value()) {
      return NoProof(
          absl::StrCat("its hash number ", path.size() + 1, " is none of 32 bytes in base64"));
    }
    if (path.size() == kMaxPath) return NoProof("it has more hashes than any tree needs");
    path.push_back(*hash);
  }
}

absl::Status TakeTitle(absl::string_view title, absl::string_view* text) {
  if (text->size() > kMaxProofBytes) return NoProof("it is too long");
  if (TakeLine(text) == title) return absl::OkStatus();
  return NoProof(absl::StrCat("its first line isn't ", title));
}

// A checkpoint's note: its text has no empty line, and neither have its signatures.
bool LooksLikeNote(absl::string_view note) {
  const size_t end_of_text = note.find("\n\n");
  return end_of_text != absl::string_view::npos && end_of_text > 0 &&
         end_of_text + 2 < note.size() && absl::EndsWith(note, "\n") &&
         !absl::StrContains(note.substr(end_of_text + 2), "\n\n");
}

}  // namespace

ProofKind KindOfProof(absl::string_view text) {
  const std::optional<absl::string_view> title = TakeLine(&text);
  if (title == kInclusion) return ProofKind::kInclusion;
  if (title == kConsistency) return ProofKind::kConsistency;
  return ProofKind::kNeither;
}

std::string FormatTlogProof(const TlogProof& proof) {
  std::string text = absl::StrCat(kInclusion, "\n");
  if (!proof.extra.empty()) absl::StrAppend(&text, "extra ", absl::Base64Escape(proof.extra), "\n");
  absl::StrAppend(&text, "index ", proof.index, "\n");
  AppendPath(proof.path, &text);
  absl::StrAppend(&text, "\n", proof.checkpoint);
  return text;
}

std::string FormatConsistency(const ConsistencyText& proof) {
  std::string text = absl::StrCat(kConsistency, "\n");
  AppendPath(proof.path, &text);
  absl::StrAppend(&text, "\n", proof.old_checkpoint, "\n", proof.new_checkpoint);
  return text;
}

absl::StatusOr<TlogProof> ParseTlogProof(absl::string_view text) {
  ANNALS_RETURN_IF_ERROR(TakeTitle(kInclusion, &text));
  TlogProof proof;
  std::optional<absl::string_view> line = TakeLine(&text);
  if (line.has_value() && absl::ConsumePrefix(&*line, "extra ")) {
    std::optional<std::string> extra = DecodeBase64(*line);
    if (!extra.has_value() || extra->empty()) return NoProof("what follows `extra` isn't base64");
    proof.extra = *std::move(extra);
    line = TakeLine(&text);
  }
  if (!line.has_value() || !absl::ConsumePrefix(&*line, "index ") ||
      !absl::SimpleAtoi(*line, &proof.index) || absl::StrCat(proof.index) != *line) {
    return NoProof("it has no line with `index` and a number");
  }
  ANNALS_ASSIGN_OR_RETURN(proof.path, TakePath(&text));
  if (!LooksLikeNote(text)) return NoProof("it ends with no checkpoint");
  proof.checkpoint = std::string(text);
  return proof;
}

absl::StatusOr<ConsistencyText> ParseConsistency(absl::string_view text) {
  ANNALS_RETURN_IF_ERROR(TakeTitle(kConsistency, &text));
  ConsistencyText proof;
  ANNALS_ASSIGN_OR_RETURN(proof.path, TakePath(&text));
  // The first empty line is between the older note's text and signatures; the second
  // comes after them.
  const size_t end_of_text = text.find("\n\n");
  const size_t end = end_of_text == absl::string_view::npos ? absl::string_view::npos
                                                            : text.find("\n\n", end_of_text + 2);
  if (end == absl::string_view::npos) return NoProof("it has no two checkpoints");
  const absl::string_view older = text.substr(0, end + 1);
  const absl::string_view newer = text.substr(end + 2);
  if (!LooksLikeNote(older) || !LooksLikeNote(newer)) return NoProof("it has no two checkpoints");
  proof.old_checkpoint = std::string(older);
  proof.new_checkpoint = std::string(newer);
  return proof;
}

}  // namespace annals
