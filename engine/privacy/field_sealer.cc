#include "engine/privacy/field_sealer.h"

#include <sodium.h>

#include <array>
#include <optional>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/privacy/sensitive_fields.h"

namespace annals {
namespace {

constexpr absl::string_view kMark = "annals-sealed:";
constexpr absl::string_view kVersion = "1:";
constexpr size_t kIdBytes = 16;
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(SubjectKey::kBytes == crypto_kdf_KEYBYTES);

const uint8_t* ToBytes(absl::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}
uint8_t* ToBytes(std::string* text) { return reinterpret_cast<uint8_t*>(text->data()); }

// A subject's key is never used itself: one that is made of it encrypts, the other
// makes nonces.
class DerivedKey {
 public:
  enum Purpose : uint64_t { kEncryption = 1, kNonce = 2 };
  DerivedKey(const SubjectKey& key, Purpose purpose) {
    constexpr char kContext[crypto_kdf_CONTEXTBYTES + 1] = "annseal1";
    crypto_kdf_derive_from_key(bytes_.data(), bytes_.size(), purpose, kContext, key.bytes());
  }
  ~DerivedKey() { sodium_memzero(bytes_.data(), bytes_.size()); }
  DerivedKey(const DerivedKey&) = delete;
  DerivedKey& operator=(const DerivedKey&) = delete;
  const uint8_t* data() const { return bytes_.data(); }

 private:
  std::array<uint8_t, 32> bytes_;
};

// What a sealed value is bound to.
std::string PlaceOf(absl::string_view event_id, absl::string_view path) {
  std::string place;
  AppendKeyElement(&place, event_id);
  AppendKeyElement(&place, path);
  return place;
}

std::string SealText(const SubjectKey& key, absl::string_view place, absl::string_view plain) {
  const DerivedKey nonce_key(key, DerivedKey::kNonce);
  const std::string named = absl::StrCat(place, plain);
  std::string nonce(kNonceBytes, '\0');
  crypto_generichash(ToBytes(&nonce), nonce.size(), ToBytes(named), named.size(), nonce_key.data(),
                     SubjectKey::kBytes);
  const DerivedKey encryption_key(key, DerivedKey::kEncryption);
  std::string sealed(plain.size() + kTagBytes, '\0');
  crypto_aead_xchacha20poly1305_ietf_encrypt(ToBytes(&sealed), nullptr, ToBytes(plain),
                                             plain.size(), ToBytes(place), place.size(), nullptr,
                                             ToBytes(nonce), encryption_key.data());
  const std::string whole = absl::StrCat(absl::HexStringToBytes(key.id()), nonce, sealed);
  return absl::StrCat(kMark, kVersion, absl::Base64Escape(whole));
}

// The plain text, if there is a key for it.
std::optional<std::string> OpenText(SubjectKeys* keys, absl::string_view place,
                                    absl::string_view text) {
  std::string whole;
  if (!absl::ConsumePrefix(&text, kVersion) || !absl::Base64Unescape(text, &whole) ||
      whole.size() < kIdBytes + kNonceBytes + kTagBytes) {
    return std::nullopt;
  }
  absl::string_view sealed = whole;
  const SubjectKeyPtr key = keys->FindById(absl::BytesToHexString(sealed.substr(0, kIdBytes)));
  if (key == nullptr) return std::nullopt;
  const absl::string_view nonce = sealed.substr(kIdBytes, kNonceBytes);
  sealed.remove_prefix(kIdBytes + kNonceBytes);
  const DerivedKey encryption_key(*key, DerivedKey::kEncryption);
  std::string plain(sealed.size() - kTagBytes, '\0');
  // Fails where the subject has another key by now.
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(ToBytes(&plain), nullptr, nullptr, ToBytes(sealed),
                                                 sealed.size(), ToBytes(place), place.size(),
                                                 ToBytes(nonce), encryption_key.data()) != 0) {
    return std::nullopt;
  }
  return plain;
}

}  // namespace

absl::Status FieldSealer::Seal(const SealingContext& context,
                               google::protobuf::Message* payload) const {
  const std::vector<SensitiveValue> values = FindSensitiveValues(payload);
  if (values.empty()) return absl::OkStatus();
  const std::string named = SubjectOf(*payload);
  const absl::string_view subject = named.empty() ? context.stream : absl::string_view(named);
  ANNALS_ASSIGN_OR_RETURN(const SubjectKeyPtr key, keys_->FindOrMake(context.timeline, subject));
  for (const SensitiveValue& value : values) {
    const std::string plain = value.Get();
    if (absl::StartsWith(plain, kMark)) {
      return absl::InvalidArgumentError(
          absl::StrCat(value.path, ": begins with \"", kMark,
                       "\", as only what the store has sealed does: state the plain text, or load "
                       "the event as a copy, with everything that the store assigned"));
    }
    value.Set(SealText(*key, PlaceOf(context.event_id, value.path), plain));
  }
  return absl::OkStatus();
}

void FieldSealer::Unseal(absl::string_view event_id, google::protobuf::Message* payload) const {
  for (const SensitiveValue& value : FindSensitiveValues(payload)) {
    const std::string stored = value.Get();
    absl::string_view text = stored;
    if (!absl::ConsumePrefix(&text, kMark)) continue;
    const std::optional<std::string> plain = OpenText(keys_, PlaceOf(event_id, value.path), text);
    value.Set(plain.has_value() ? *plain : std::string(kErased));
  }
}

}  // namespace annals
