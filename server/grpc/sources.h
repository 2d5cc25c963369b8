// What the streams of annals.v1.Timelines are made from.
#ifndef ANNALS_SERVER_GRPC_SOURCES_H_
#define ANNALS_SERVER_GRPC_SOURCES_H_

#include <memory>

#include "engine/backup/image_reader.h"
#include "engine/base/clock.h"
#include "engine/feed/subscription.h"
#include "engine/feed/view_changes.h"
#include "engine/log/event_reader.h"
#include "server/grpc/stream_source.h"

namespace annals {

// Events, many to a ReadEventsResponse.
std::unique_ptr<StreamSource> SourceOf(std::unique_ptr<EventReader> reader);

// BackupResponses.
std::unique_ptr<StreamSource> SourceOf(std::unique_ptr<ImageReader> reader);

// SubscribeResponses, whose events go out as they are stored: none is decoded. The clock must
// outlive it.
std::unique_ptr<StreamSource> SourceOf(std::unique_ptr<Subscription> subscription,
                                       const Clock* clock);

// SubscribeViewResponses.
std::unique_ptr<StreamSource> SourceOf(std::unique_ptr<ViewChanges> changes);

}  // namespace annals

#endif  // ANNALS_SERVER_GRPC_SOURCES_H_
