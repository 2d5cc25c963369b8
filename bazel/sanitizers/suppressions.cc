// What the sanitizers find in Debian's libraries, and nobody here can mend.
#include "absl/base/config.h"

// They are built without the thread sanitizer, which passes over what they do themselves
// (.bazelrc), but not over what they call of a program's own copies of inline functions:
// it doesn't see the counts and locks by which their objects and memory are shared.
#ifdef ABSL_HAVE_THREAD_SANITIZER

extern "C" const char* __tsan_default_suppressions();  // NOLINT: the sanitizer's name.

extern "C" const char* __tsan_default_suppressions() {  // NOLINT: the sanitizer's name.
  return "race:std::char_traits\n"
         "race:absl::debian3::Status::Unref\n";
}

#endif

// gRPC's resolver keeps a few bytes to its end.
#ifdef ABSL_HAVE_ADDRESS_SANITIZER

extern "C" const char* __lsan_default_suppressions();  // NOLINT: the sanitizer's name.

extern "C" const char* __lsan_default_suppressions() {  // NOLINT: the sanitizer's name.
  return "leak:libcares.so\n";
}

#endif
