// What the thread sanitizer takes for races in Debian's libraries: they are built
// without it, so it doesn't see the counts by which their objects are shared.
#if defined(__SANITIZE_THREAD__)

extern "C" const char* __tsan_default_suppressions();  // NOLINT: the sanitizer's name.

extern "C" const char* __tsan_default_suppressions() {  // NOLINT: the sanitizer's name.
  return "called_from_lib:libabsl_status.so\n"
         "race:absl::debian3::Status::Unref\n"
         "called_from_lib:librocksdb.so\n"
         "called_from_lib:libprotobuf.so\n"
         "called_from_lib:libgrpc.so\n";
}

#endif
