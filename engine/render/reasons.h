// What a "why" is answered with, for people and for programs.
#ifndef ANNALS_ENGINE_RENDER_REASONS_H_
#define ANNALS_ENGINE_RENDER_REASONS_H_

#include <ostream>
#include <string>
#include <vector>

#include "engine/render/table.h"
#include "engine/render/table_text.h"
#include "engine/time/home_zone.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "proto/annals/v1/query.pb.h"

namespace annals {

// "asserter = foro-penal, population = remain", in the order of the names.
std::string KeyInWords(const v1::WhyResult& result);

// For each cell its value in both worlds, then each event behind it: when, by
// whom, where it can be read and what it says there. An event behind both
// values is told once.
void WriteReasonsText(const v1::WhyResult& result, const HomeZone& zone, const TextStyle& style,
                      std::ostream& out);

// A row for each event and world of each cell.
Table ReasonsTable(const google::protobuf::RepeatedPtrField<v1::WhyResult>& results);

}  // namespace annals

#endif  // ANNALS_ENGINE_RENDER_REASONS_H_
