#include "projections/annals/asserter.h"

namespace annals {

std::string AsserterKey(const v1::Event& event) {
  return event.asserter().empty() ? "unattributed" : event.asserter();
}

}  // namespace annals
