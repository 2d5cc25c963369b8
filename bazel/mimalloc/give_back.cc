// Memory that is freed goes back to the system at once. mimalloc would wait for 25 ms,
// and then for the thread that freed it to free more: what a thread needs for a task and
// not afterwards, as when an index is built, stayed with the program.
#include <mimalloc.h>

namespace {

[[maybe_unused]] const bool kGivesBack = [] {
  mi_option_set(mi_option_decommit_delay, 0);
  return true;
}();

}  // namespace
