#include "engine/access/token_table.h"

#include <sodium.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/random_bytes.h"
#include "engine/base/status.h"
#include "engine/base/timestamp.h"

namespace annals {
namespace {

constexpr auto kFamily = storage::Family::kMeta;
constexpr absl::string_view kKeyPrefix = "token/";
constexpr absl::string_view kSecretPrefix = "annals_";
constexpr size_t kIdBytes = 4;
constexpr size_t kSecretBytes = 32;
constexpr size_t kHashBytes = crypto_generichash_BYTES;
constexpr size_t kMaxNameBytes = 100;
constexpr int kMaxTimelines = 100;
constexpr size_t kMaxTimelineBytes = 200;

std::string KeyOf(absl::string_view id) { return absl::StrCat(kKeyPrefix, id); }

std::string HashOf(absl::string_view secret) {
  std::string hash(kHashBytes, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                     reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), nullptr,
                     0);
  return hash;
}

bool IsText(absl::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return false;
  }
  return true;
}

absl::Status Check(const v1::CreateTokenRequest& request) {
  const std::string& name = request.name();
  if (name.empty() || name.size() > kMaxNameBytes || !IsText(name)) {
    return absl::InvalidArgumentError("name: a token's name is 1 to 100 bytes of text");
  }
  if (request.role() < v1::READER || request.role() > v1::ADMIN) {
    return absl::InvalidArgumentError("role: reader, writer or admin");
  }
  if (request.timelines().empty() || request.timelines_size() > kMaxTimelines) {
    return absl::InvalidArgumentError(absl::StrCat("timelines: 1 to ", kMaxTimelines,
                                                   " of them, or \"", kAllTimelines, "\" for all"));
  }
  for (const std::string& timeline : request.timelines()) {
    if (timeline.empty() || timeline.size() > kMaxTimelineBytes || !IsText(timeline)) {
      return absl::InvalidArgumentError(absl::StrCat("timelines: a timeline's name is 1 to ",
                                                     kMaxTimelineBytes, " bytes of text"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

bool LooksLikeToken(absl::string_view text) {
  constexpr size_t kIdEnd = kSecretPrefix.size() + 2 * kIdBytes;
  return absl::StartsWith(text, kSecretPrefix) && text.size() > kIdEnd + kSecretBytes &&
         text[kIdEnd] == '_';
}

absl::StatusOr<std::unique_ptr<TokenTable>> TokenTable::Open(storage::StoreFolder* folder,
                                                             const Clock* clock) {
  AwaitRandomness();
  std::unique_ptr<TokenTable> table(new TokenTable(folder, clock));
  storage::Cursor rows = folder->database()->Scan(kFamily, kKeyPrefix, PrefixEnd(kKeyPrefix));
  MutexLock lock(&table->mutex_);
  for (rows.SeekToFirst(); rows.Valid(); rows.Next()) {
    v1::TokenRecord record;
    const absl::string_view value = rows.value();
    const bool parsed = record.ParseFromArray(value.data(), static_cast<int>(value.size()));
    if (!parsed || record.hash().size() != kHashBytes || rows.key() != KeyOf(record.token().id())) {
      return absl::DataLossError(
          absl::StrCat("the token at key \"", absl::CHexEscape(rows.key()), "\" is damaged"));
    }
    table->tokens_.emplace(record.token().id(),
                           Entry{std::make_shared<const Principal>(record.token()), record.hash()});
  }
  ANNALS_RETURN_IF_ERROR(rows.status());
  return table;
}

absl::StatusOr<v1::CreateTokenResponse> TokenTable::Create(const v1::CreateTokenRequest& request) {
  ANNALS_RETURN_IF_ERROR(Check(request));
  MutexLock lock(&mutex_);
  if (tokens_.size() >= kMaxTokens) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the store has ", kMaxTokens, " tokens; revoke some that aren't used"));
  }
  v1::TokenRecord record;
  v1::Token& token = *record.mutable_token();
  do {
    token.set_id(absl::BytesToHexString(DrawRandomBytes(kIdBytes)));
  } while (tokens_.contains(token.id()));
  token.set_name(request.name());
  token.set_role(request.role());
  *token.mutable_timelines() = request.timelines();
  *token.mutable_created_at() = ToTimestamp(clock_->Now());
  const std::string secret = absl::StrCat(kSecretPrefix, token.id(), "_",
                                          absl::WebSafeBase64Escape(DrawRandomBytes(kSecretBytes)));
  record.set_hash(HashOf(secret));

  storage::Batch batch;
  batch.Put(kFamily, KeyOf(token.id()), record.SerializeAsString());
  ANNALS_RETURN_IF_ERROR(folder_->CommitAside(std::move(batch)));
  tokens_[token.id()] = {std::make_shared<const Principal>(token), record.hash()};
  v1::CreateTokenResponse response;
  *response.mutable_token() = token;
  response.set_secret(secret);
  return response;
}

v1::ListTokensResponse TokenTable::List() const {
  v1::ListTokensResponse response;
  MutexLock lock(&mutex_);
  for (const auto& [id, entry] : tokens_) *response.add_tokens() = entry.principal->token();
  return response;
}

absl::StatusOr<v1::Token> TokenTable::Revoke(absl::string_view id) {
  MutexLock lock(&mutex_);
  const auto found = tokens_.find(id);
  if (found == tokens_.end()) {
    return absl::NotFoundError(absl::StrCat("there is no token \"", absl::CHexEscape(id), "\""));
  }
  // Nobody is let in with it, even if it can't be deleted.
  const PrincipalPtr principal = found->second.principal;
  principal->Revoke();
  storage::Batch batch;
  batch.Delete(kFamily, KeyOf(id));
  ANNALS_RETURN_IF_ERROR(folder_->CommitAside(std::move(batch)));
  tokens_.erase(found);
  return principal->token();
}

absl::StatusOr<PrincipalPtr> TokenTable::Authenticate(absl::string_view secret) const {
  const absl::Status refusal = absl::UnauthenticatedError("this is not a token of this store");
  const std::string hash = HashOf(secret);
  absl::string_view id = secret;
  const size_t end = kSecretPrefix.size() + 2 * kIdBytes;
  if (!absl::StartsWith(secret, kSecretPrefix) || secret.size() <= end || secret[end] != '_') {
    return refusal;
  }
  id = secret.substr(kSecretPrefix.size(), 2 * kIdBytes);
  MutexLock lock(&mutex_);
  const auto found = tokens_.find(id);
  if (found == tokens_.end() || found->second.principal->is_revoked()) return refusal;
  if (sodium_memcmp(hash.data(), found->second.hash.data(), kHashBytes) != 0) return refusal;
  return found->second.principal;
}

bool TokenTable::empty() const {
  MutexLock lock(&mutex_);
  return tokens_.empty();
}

}  // namespace annals
