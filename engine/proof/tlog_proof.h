// Proofs as text, to be kept beside what they prove.
//
//   c2sp.org/tlog-proof@v1        that a record is in a log: C2SP's tlog-proof
//   extra <base64>
//   index <number from 0>
//   <hash in base64>, a line each, from the leaf's sibling up
//
//   <the checkpoint's note>
//
//   annals/consistency-proof@v1   that one checkpoint's log is what another's begins with
//   <hash in base64>, a line each, in the order of RFC 9162
//
//   <the older checkpoint's note>
//
//   <the newer checkpoint's note>
//
// https://c2sp.org/tlog-proof
#ifndef ANNALS_ENGINE_PROOF_TLOG_PROOF_H_
#define ANNALS_ENGINE_PROOF_TLOG_PROOF_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/proof/merkle_tree.h"

namespace annals {

// More than any event, its path and two notes take.
inline constexpr size_t kMaxProofBytes = size_t{8} << 20;

struct TlogProof {
  // Whatever helps whoever checks; nothing vouches for it. Empty: there is none.
  std::string extra;
  uint64_t index = 0;  // The leaf's, from 0.
  TreeHashes path;
  std::string checkpoint;  // The signed note, as it is.

  friend bool operator==(const TlogProof&, const TlogProof&) = default;
};

struct ConsistencyText {
  TreeHashes path;
  std::string old_checkpoint;  // The signed notes, as they are.
  std::string new_checkpoint;

  friend bool operator==(const ConsistencyText&, const ConsistencyText&) = default;
};

// What the text's first line says that it is.
enum class ProofKind { kInclusion, kConsistency, kNeither };
ProofKind KindOfProof(absl::string_view text);

std::string FormatTlogProof(const TlogProof& proof);
std::string FormatConsistency(const ConsistencyText& proof);

// INVALID_ARGUMENT for anything that is written otherwise; the notes themselves aren't
// looked into (engine/proof/signed_note.h).
absl::StatusOr<TlogProof> ParseTlogProof(absl::string_view text);
absl::StatusOr<ConsistencyText> ParseConsistency(absl::string_view text);

}  // namespace annals

#endif  // ANNALS_ENGINE_PROOF_TLOG_PROOF_H_
