#include "engine/privacy/subject_keys.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "engine/base/key.h"
#include "engine/base/status.h"
#include "engine/storage/posix_file.h"

namespace annals {
namespace {

using storage::PosixFile;

constexpr absl::string_view kNamingKeyName = "names";
constexpr size_t kNameBytes = 16;

std::string Hex(const uint8_t* bytes, size_t size) {
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(bytes), size));
}

const uint8_t* ToBytes(absl::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

bool IsName(absl::string_view id) {
  if (id.size() != 2 * kNameBytes) return false;
  for (const char digit : id) {
    if (!absl::ascii_isdigit(digit) && (digit < 'a' || digit > 'f')) return false;
  }
  return true;
}

absl::Status MakePrivateFolder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0) {
    return storage::SyncFolder(std::filesystem::path(path).parent_path().string());
  }
  if (errno == EEXIST) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, absl::StrCat("can't make the folder ", path));
}

// Whole or not at all, for its owner's eyes.
absl::Status WritePrivateFile(const std::string& folder, const std::string& path,
                              absl::string_view contents) {
  const std::string fresh = path + ".new";
  ::unlink(fresh.c_str());
  ANNALS_RETURN_IF_ERROR(storage::WriteNewFile(fresh, contents, 0600));
  if (std::rename(fresh.c_str(), path.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("can't rename ", fresh));
  }
  return storage::SyncFolder(folder);
}

std::string RandomBytes() {
  std::string bytes(SubjectKey::kBytes, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

}  // namespace

SubjectKey::SubjectKey(std::string id, absl::string_view bytes) : id_(std::move(id)) {
  bytes.copy(reinterpret_cast<char*>(bytes_.data()), kBytes);
}

SubjectKey::~SubjectKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

std::string SubjectKey::Fingerprint() const {
  constexpr absl::string_view kWhat = "annals subject key";
  std::array<uint8_t, kNameBytes> hash;
  crypto_generichash(hash.data(), hash.size(), ToBytes(kWhat), kWhat.size(), bytes_.data(),
                     bytes_.size());
  return Hex(hash.data(), hash.size());
}

std::string SubjectKeys::PathOf(absl::string_view name) const {
  return absl::StrCat(folder_, "/", name);
}

SubjectKeys::SubjectKeys(std::string folder) : folder_(std::move(folder)) {
  // Without randomness there are no keys, and no way to go on.
  if (sodium_init() < 0) std::abort();
}

absl::StatusOr<std::string> SubjectKeys::NameOf(absl::string_view timeline,
                                                absl::string_view subject, bool make) {
  if (naming_key_.empty()) {
    const std::string path = PathOf(kNamingKeyName);
    absl::StatusOr<std::string> bytes = storage::ReadSmallFile(path);
    if (absl::IsNotFound(bytes.status()) && !make) return std::string();
    if (absl::IsNotFound(bytes.status())) {
      ANNALS_RETURN_IF_ERROR(
          MakePrivateFolder(std::filesystem::path(folder_).parent_path().string()));
      ANNALS_RETURN_IF_ERROR(MakePrivateFolder(folder_));
      bytes = RandomBytes();
      ANNALS_RETURN_IF_ERROR(WritePrivateFile(folder_, path, *bytes));
    }
    if (!bytes.ok()) return bytes.status();
    if (bytes->size() != SubjectKey::kBytes) {
      return absl::DataLossError(absl::StrCat(path, ": has ", bytes->size(), " bytes, not ",
                                              SubjectKey::kBytes,
                                              ": restore the key folder from its own copy"));
    }
    naming_key_ = *std::move(bytes);
  }
  std::string named;
  AppendKeyElement(&named, timeline);
  AppendKeyElement(&named, subject);
  std::array<uint8_t, kNameBytes> hash;
  crypto_generichash(hash.data(), hash.size(), ToBytes(named), named.size(), ToBytes(naming_key_),
                     naming_key_.size());
  return Hex(hash.data(), hash.size());
}

absl::StatusOr<SubjectKeyPtr> SubjectKeys::Load(const std::string& id) {
  const auto cached = cached_.find(id);
  if (cached != cached_.end()) return cached->second;
  absl::StatusOr<std::string> bytes = storage::ReadSmallFile(PathOf(id));
  if (absl::IsNotFound(bytes.status())) return SubjectKeyPtr();
  if (!bytes.ok()) return bytes.status();
  if (bytes->size() != SubjectKey::kBytes) {
    return absl::DataLossError(absl::StrCat(PathOf(id), ": has ", bytes->size(), " bytes, not ",
                                            SubjectKey::kBytes,
                                            ": restore the key folder from its own copy"));
  }
  if (cached_.size() >= kKeysCached) cached_.clear();
  auto key = std::make_shared<const SubjectKey>(id, *bytes);
  sodium_memzero(bytes->data(), bytes->size());
  cached_[id] = key;
  return key;
}

absl::StatusOr<SubjectKeyPtr> SubjectKeys::Make(const std::string& id) {
  std::string bytes = RandomBytes();
  ANNALS_RETURN_IF_ERROR(WritePrivateFile(folder_, PathOf(id), bytes));
  sodium_memzero(bytes.data(), bytes.size());
  return Load(id);
}

absl::StatusOr<SubjectKeyPtr> SubjectKeys::FindOrMake(absl::string_view timeline,
                                                      absl::string_view subject) {
  MutexLock hold(&mutex_);
  ANNALS_ASSIGN_OR_RETURN(const std::string id, NameOf(timeline, subject, /*make=*/true));
  ANNALS_ASSIGN_OR_RETURN(SubjectKeyPtr key, Load(id));
  if (key != nullptr) return key;
  return Make(id);
}

absl::StatusOr<SubjectKeyPtr> SubjectKeys::Find(absl::string_view timeline,
                                                absl::string_view subject) {
  MutexLock hold(&mutex_);
  ANNALS_ASSIGN_OR_RETURN(const std::string id, NameOf(timeline, subject, /*make=*/false));
  if (id.empty()) return SubjectKeyPtr();
  return Load(id);
}

SubjectKeyPtr SubjectKeys::FindById(absl::string_view id) {
  if (!IsName(id)) return nullptr;
  MutexLock hold(&mutex_);
  absl::StatusOr<SubjectKeyPtr> key = Load(std::string(id));
  return key.ok() ? *std::move(key) : nullptr;
}

absl::Status SubjectKeys::Destroy(absl::string_view id, absl::string_view fingerprint) {
  if (!IsName(id)) return absl::InvalidArgumentError("that is no key's id");
  MutexLock hold(&mutex_);
  const absl::StatusOr<SubjectKeyPtr> key = Load(std::string(id));
  // A file that is damaged goes too. What an interrupted call has left behind is a
  // key that nothing was ever sealed with.
  if (!key.ok() && !absl::IsDataLoss(key.status())) return key.status();
  if (key.ok() && (*key == nullptr || (*key)->Fingerprint() != fingerprint)) {
    return absl::OkStatus();
  }
  cached_.erase(id);
  const std::string path = PathOf(id);
  ANNALS_ASSIGN_OR_RETURN(PosixFile file, PosixFile::Open(path, O_WRONLY));
  ANNALS_RETURN_IF_ERROR(file.WriteAt(0, RandomBytes()));
  ANNALS_RETURN_IF_ERROR(file.Sync());
  if (::unlink(path.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("can't remove ", path));
  }
  return storage::SyncFolder(folder_);
}

}  // namespace annals
