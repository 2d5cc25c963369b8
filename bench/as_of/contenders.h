// Which contenders there are in a program.
#ifndef ANNALS_BENCH_AS_OF_CONTENDERS_H_
#define ANNALS_BENCH_AS_OF_CONTENDERS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "bench/as_of/contender.h"

namespace annals::bench {

// `at` says where a peer is, `folder` is where it may store; it doesn't exist
// yet. INVALID_ARGUMENT if there is none of that name; the message lists those
// there are.
absl::StatusOr<std::unique_ptr<Contender>> NewContender(const std::string& name,
                                                        const std::string& at,
                                                        const std::string& folder);

}  // namespace annals::bench

#endif  // ANNALS_BENCH_AS_OF_CONTENDERS_H_
