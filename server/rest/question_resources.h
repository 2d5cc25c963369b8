// Questions: a view as of some date, its history, what changed in it, and why it says
// what it says.
#ifndef ANNALS_SERVER_REST_QUESTION_RESOURCES_H_
#define ANNALS_SERVER_REST_QUESTION_RESOURCES_H_

#include "server/rest/resource.h"

namespace annals::rest {

// Under /v1/timelines/{timeline}: as-of and diff of all views, and below
// views/{view} the view itself, diff, history, why and explain. JSON and CSV as the
// command line prints them.
void AddQuestionResources(const ResourceContext& context, http::Router* router);

}  // namespace annals::rest

#endif  // ANNALS_SERVER_REST_QUESTION_RESOURCES_H_
