#include "engine/base/giving_back.h"

#include <cstddef>

#include "absl/base/thread_annotations.h"
#include "engine/base/mutex.h"

namespace annals {
namespace {

// Counts those that live. Not atomic: the last one mustn't be overtaken by the next.
void Count(ptrdiff_t change) {
  static auto* const mutex = new Mutex;
  static ptrdiff_t living = 0;
  if (AnnalsGiveBackAtOnce == nullptr) return;
  MutexLock hold(mutex);
  living += change;
  AnnalsGiveBackAtOnce(living > 0);
}

}  // namespace

GivingBack::GivingBack() { Count(1); }
GivingBack::~GivingBack() { Count(-1); }

}  // namespace annals
