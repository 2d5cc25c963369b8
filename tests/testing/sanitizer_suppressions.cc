// What the sanitizers find in Debian's libraries, and nobody here can mend.
#include "absl/base/config.h"

// They are built without the thread sanitizer, so it doesn't see the counts by which
// their objects are shared, nor the locks that their threads pass memory on by. What
// such a thread calls may be a program's own copy of what strings do.
#ifdef ABSL_HAVE_THREAD_SANITIZER

extern "C" const char* __tsan_default_suppressions();  // NOLINT: the sanitizer's name.

extern "C" const char* __tsan_default_suppressions() {  // NOLINT: the sanitizer's name.
  return "called_from_lib:libabsl_status.so\n"
         "race:absl::debian3::Status::Unref\n"
         "called_from_lib:libstdc++.so\n"
         "race:std::char_traits\n"
         "called_from_lib:librocksdb.so\n"
         "called_from_lib:libprotobuf.so\n"
         "called_from_lib:libgrpc.so\n";
}

#endif

// gRPC's resolver keeps a few bytes to its end.
#ifdef ABSL_HAVE_ADDRESS_SANITIZER

extern "C" const char* __lsan_default_suppressions();  // NOLINT: the sanitizer's name.

extern "C" const char* __lsan_default_suppressions() {  // NOLINT: the sanitizer's name.
  return "leak:libcares.so\n";
}

#endif
