// Tells mimalloc when to give freed memory back to the system (engine/base/giving_back.h).
#include <mimalloc.h>

extern "C" void AnnalsGiveBackAtOnce(bool at_once);

void AnnalsGiveBackAtOnce(bool at_once) {
  // Its own, in milliseconds.
  static const long delay = mi_option_get(mi_option_decommit_delay);
  mi_option_set(mi_option_decommit_delay, at_once ? 0 : delay);
}
