// Answers as text, one line for each thing that can differ: the model's and the
// engine's are compared line by line, and a person can read the difference.
#ifndef ANNALS_TESTS_MODEL_ANSWER_TEXT_H_
#define ANNALS_TESTS_MODEL_ANSWER_TEXT_H_

#include <cstddef>
#include <string>

#include "engine/base/key.h"
#include "engine/query/view.h"
#include "proto/annals/v1/query.pb.h"
#include "proto/annals/v1/value.pb.h"
#include "proto/annals/v1/view.pb.h"
#include "tests/model/naive_timeline.h"
#include "tests/model/naive_views.h"

namespace annals::model {

std::string ToText(const v1::Value& value);
std::string ToText(const Key& key);

// A table, with at most `evidence` events a cell and world.
std::string TableText(const NaiveTable& table, const View& view, const NaiveTimeline& timeline,
                      size_t evidence);
std::string TableText(const google::protobuf::RepeatedPtrField<v1::Row>& rows, const View& view);

// What changes from one table to the next, by key, column and world; each line
// begins with `cause`.
std::string ChangesText(const std::string& cause, const NaiveTable& before, const NaiveTable& after,
                        const View& view, const NaiveTimeline& timeline);
std::string ChangesText(const v1::DiffResult& diff, const View& view);

// How much evidence a change is compared by: the engine may list no more.
inline constexpr size_t kComparedEvidence = 1000;

// The first lines that differ, one of each; empty if there are none.
std::string FirstDifference(const std::string& expected, const std::string& actual);

}  // namespace annals::model

#endif  // ANNALS_TESTS_MODEL_ANSWER_TEXT_H_
