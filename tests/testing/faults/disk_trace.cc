#include "tests/testing/faults/disk_trace.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace annals::testing {
namespace {

namespace fs = std::filesystem;
using Kind = DiskOperation::Kind;

constexpr uint64_t kIsFolder = 0;  // In place of a file's number.

bool ChangesContents(const DiskOperation& operation) {
  return operation.kind == Kind::kWrite || operation.kind == Kind::kResize;
}

bool ChangesEntries(const DiskOperation& operation) {
  return operation.kind == Kind::kMakeFile || operation.kind == Kind::kMakeFolder ||
         operation.kind == Kind::kRename || operation.kind == Kind::kLink ||
         operation.kind == Kind::kRemove;
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

void Write(uint64_t offset, const std::string& bytes, std::string* contents) {
  if (contents->size() < offset + bytes.size()) contents->resize(offset + bytes.size());
  contents->replace(offset, bytes.size(), bytes);
}

void Apply(const DiskOperation& operation, std::string* contents) {
  if (operation.kind == Kind::kResize) {
    contents->resize(operation.offset);
  } else {
    Write(operation.offset, operation.bytes, contents);
  }
}

// Some of the sectors that the write touches. The file's length may be on disk
// without what belongs there.
void ApplySome(const DiskOperation& operation, model::Random* random, std::string* contents) {
  if (operation.kind == Kind::kResize) {
    if (random->Percent(50)) Apply(operation, contents);
    return;
  }
  const uint64_t percent = 25 * random->Between(0, 4);
  for (size_t begin = 0; begin < operation.bytes.size();) {
    const uint64_t offset = operation.offset + begin;
    const size_t size =
        std::min(operation.bytes.size() - begin, kSectorBytes - offset % kSectorBytes);
    if (random->Percent(percent)) Write(offset, operation.bytes.substr(begin, size), contents);
    begin += size;
  }
  const size_t end = operation.offset + operation.bytes.size();
  if (contents->size() < end && random->Percent(25)) contents->resize(end);
}

// What is on a disk for certain, and what is still on its way there.
class Disk {
 public:
  explicit Disk(const DiskImage& base) {
    for (const std::string& folder : base.folders) entries_[folder] = kIsFolder;
    uint64_t file = 0;
    for (const auto& [path, contents] : base.files) {
      entries_[path] = ++file;
      contents_[file] = contents;
    }
  }

  void Do(const DiskOperation& operation) {
    if (ChangesContents(operation) || ChangesEntries(operation)) pending_.push_back({&operation});
    switch (operation.kind) {
      case Kind::kSyncFile:
        Settle([&](const Pending& each) {
          return ChangesContents(*each.operation) && each.operation->file == operation.file &&
                 !each.forgotten;
        });
        break;
      case Kind::kFailedSyncFile:
        for (Pending& each : pending_) {
          if (ChangesContents(*each.operation) && each.operation->file == operation.file) {
            each.forgotten = true;
          }
        }
        break;
      case Kind::kSyncFolder:
        Settle([&](const Pending& each) {
          return ChangesEntries(*each.operation) &&
                 (FolderOf(each.operation->path) == operation.path ||
                  (!each.operation->to.empty() && FolderOf(each.operation->to) == operation.path));
        });
        break;
      default:
        break;
    }
  }

  // Decides what becomes of the rest.
  void Crash(Unsynced unsynced, model::Random* random) {
    if (unsynced == Unsynced::kReordered) {
      Reorder(random);
      return;
    }
    size_t whole = pending_.size();
    if (unsynced == Unsynced::kDropped) whole = 0;
    if (unsynced == Unsynced::kCutOff) whole = random->Below(pending_.size() + 1);
    for (size_t i = 0; i < whole; ++i) CarryOut(*pending_[i].operation);
    if (unsynced == Unsynced::kCutOff && whole < pending_.size()) {
      Tear(*pending_[whole].operation, random);
    }
  }

  DiskImage Image() const {
    DiskImage image;
    for (const auto& [path, file] : entries_) {
      if (!IsReachable(path)) continue;
      if (file == kIsFolder) {
        image.folders.insert(path);
      } else {
        const auto found = contents_.find(file);
        image.files[path] = found == contents_.end() ? "" : found->second;
      }
    }
    return image;
  }

 private:
  struct Pending {
    const DiskOperation* operation;
    bool forgotten = false;
  };

  template <typename Condition>
  void Settle(const Condition& is_settled) {
    std::vector<Pending> rest;
    for (const Pending& each : pending_) {
      if (is_settled(each)) {
        CarryOut(*each.operation);
      } else {
        rest.push_back(each);
      }
    }
    pending_ = std::move(rest);
  }

  void Reorder(model::Random* random) {
    std::map<std::string, uint64_t> entries_left;
    for (const Pending& each : pending_) {
      if (ChangesEntries(*each.operation)) ++entries_left[FolderOf(each.operation->path)];
    }
    for (auto& [folder, count] : entries_left) count = random->Below(count + 1);
    for (const Pending& each : pending_) {
      const DiskOperation& operation = *each.operation;
      if (ChangesContents(operation)) {
        ApplySome(operation, random, &contents_[operation.file]);
      } else if (uint64_t& left = entries_left[FolderOf(operation.path)]; left > 0) {
        --left;
        ChangeEntries(operation);
      }
    }
  }

  void CarryOut(const DiskOperation& operation) {
    if (ChangesContents(operation)) {
      Apply(operation, &contents_[operation.file]);
    } else {
      ChangeEntries(operation);
    }
  }

  void Tear(const DiskOperation& operation, model::Random* random) {
    DiskOperation torn = operation;
    if (torn.kind != Kind::kWrite) return;
    torn.bytes.resize(random->Below(torn.bytes.size() + 1));
    Apply(torn, &contents_[torn.file]);
  }

  // An entry whose maker got lost can't be renamed, linked or removed.
  void ChangeEntries(const DiskOperation& operation) {
    const auto entry = entries_.find(operation.path);
    switch (operation.kind) {
      case Kind::kMakeFile:
        entries_[operation.path] = operation.file;
        break;
      case Kind::kMakeFolder:
        entries_[operation.path] = kIsFolder;
        break;
      case Kind::kRename:
        if (entry == entries_.end()) break;
        entries_[operation.to] = entry->second;
        entries_.erase(operation.path);
        break;
      case Kind::kLink:
        if (entry != entries_.end()) entries_[operation.to] = entry->second;
        break;
      default:
        entries_.erase(operation.path);
    }
  }

  bool IsReachable(const std::string& path) const {
    const std::string folder = FolderOf(path);
    if (folder.empty()) return true;
    const auto found = entries_.find(folder);
    return found != entries_.end() && found->second == kIsFolder && IsReachable(folder);
  }

  std::map<std::string, uint64_t> entries_;
  std::map<uint64_t, std::string> contents_;
  std::vector<Pending> pending_;  // In the order in which they were done.
};

}  // namespace

DiskImage DiskImage::Read(const std::string& folder) {
  DiskImage image;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().lexically_relative(folder).string();
    if (entry.is_directory()) {
      image.folders.insert(path);
    } else if (entry.path().filename().string().substr(0, 3) != "LOG") {
      std::ifstream file(entry.path(), std::ios::binary);
      image.files[path].assign(std::istreambuf_iterator<char>(file), {});
    }
  }
  return image;
}

void DiskImage::WriteTo(const std::string& folder) const {
  fs::remove_all(folder);
  fs::create_directories(folder);
  for (const std::string& path : folders) fs::create_directories(fs::path(folder) / path);
  for (const auto& [path, contents] : files) {
    std::ofstream(fs::path(folder) / path, std::ios::binary) << contents;
  }
}

DiskImage DiskTrace::Crash(size_t count, Unsynced unsynced, model::Random* random) const {
  Disk disk(base_);
  for (size_t i = 0; i < count; ++i) disk.Do(operations_[i]);
  disk.Crash(unsynced, random);
  return disk.Image();
}

}  // namespace annals::testing
