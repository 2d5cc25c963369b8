// TokenTable: the tokens that a store gives out.
//
//   ANNALS_ASSIGN_OR_RETURN(const v1::CreateTokenResponse made, tokens->Create(request));
//   ANNALS_ASSIGN_OR_RETURN(const PrincipalPtr principal, tokens->Authenticate(made.secret()));
//   ANNALS_RETURN_IF_ERROR(principal->CheckMay(v1::WRITER, "venezuela-2026"));
#ifndef ANNALS_ENGINE_ACCESS_TOKEN_TABLE_H_
#define ANNALS_ENGINE_ACCESS_TOKEN_TABLE_H_

#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/access/principal.h"
#include "engine/base/clock.h"
#include "engine/base/mutex.h"
#include "engine/storage/store_folder.h"
#include "proto/annals/v1/access.pb.h"

namespace annals {

inline constexpr size_t kMaxTokens = 10'000;

// Whether the text is one that proves a token, of whatever store: it should be shown to
// nobody else.
bool LooksLikeToken(absl::string_view text);

// Rows are in Family::kMeta: "token/" and the id, a v1.TokenRecord. Whoever reads
// the store's files learns no secret from them. Thread-safe. The folder and the
// clock must outlive it.
class TokenTable {
 public:
  // DATA_LOSS if a row is damaged.
  static absl::StatusOr<std::unique_ptr<TokenTable>> Open(storage::StoreFolder* folder,
                                                          const Clock* clock);

  // Synced when it returns. INVALID_ARGUMENT for a name, a role or timelines that
  // are none; RESOURCE_EXHAUSTED if there are kMaxTokens. That a timeline exists is
  // not asked: a token may be there first.
  absl::StatusOr<v1::CreateTokenResponse> Create(const v1::CreateTokenRequest& request);

  v1::ListTokensResponse List() const;

  // From now on nobody is let in with it, and principals that were know it.
  // NOT_FOUND if there is no such token.
  absl::StatusOr<v1::Token> Revoke(absl::string_view id);

  // UNAUTHENTICATED if the text is no token of this store, without a hint whether
  // anything of it is right. Takes as long for one wrong secret as for another.
  absl::StatusOr<PrincipalPtr> Authenticate(absl::string_view secret) const;

  bool empty() const;

 private:
  struct Entry {
    PrincipalPtr principal;
    std::string hash;
  };

  TokenTable(storage::StoreFolder* folder, const Clock* clock) : folder_(folder), clock_(clock) {}

  storage::StoreFolder* const folder_;
  const Clock* const clock_;
  mutable Mutex mutex_;
  std::map<std::string, Entry, std::less<>> tokens_ ABSL_GUARDED_BY(mutex_);  // By id.
};

}  // namespace annals

#endif  // ANNALS_ENGINE_ACCESS_TOKEN_TABLE_H_
