// GivingBack: an eye on memory while much of it is freed for good.
#ifndef ANNALS_ENGINE_BASE_GIVING_BACK_H_
#define ANNALS_ENGINE_BASE_GIVING_BACK_H_

// Has the allocator give freed memory back to the system at once, or when it likes.
// Defined by a program whose allocator can be told (bazel/mimalloc).
extern "C" __attribute__((weak)) void AnnalsGiveBackAtOnce(bool at_once);

namespace annals {

// As long as there is one, what any thread frees goes back to the system at once. Else
// the allocator keeps it for a while, and for the thread that freed it: quicker where
// that one soon asks for more, as whoever appends does; wasted where it doesn't, as when
// a part of an index is done. Does nothing with an allocator that can't be told.
// Thread-safe.
class GivingBack {
 public:
  GivingBack();
  ~GivingBack();
  GivingBack(const GivingBack&) = delete;
  GivingBack& operator=(const GivingBack&) = delete;
};

}  // namespace annals

#endif  // ANNALS_ENGINE_BASE_GIVING_BACK_H_
