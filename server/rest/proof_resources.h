// Proofs, as the texts that other programs read: …/{timeline}/checkpoint,
// …/proofs/events/{event} and …/proofs/consistency.
#ifndef ANNALS_SERVER_REST_PROOF_RESOURCES_H_
#define ANNALS_SERVER_REST_PROOF_RESOURCES_H_

#include "server/rest/resource.h"

namespace annals::rest {

// The signed note and the proofs of GetCheckpoint, ProveEvent and ProveConsistency, as
// plain text.
void AddProofResources(const ResourceContext& context, http::Router* router);

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_PROOF_RESOURCES_H_
