#include "engine/index/lists/contribution_block.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/base/quantity.h"
#include "engine/index/index_row.h"

namespace annals {
namespace {

using forest::AppendFields;
using forest::AppendVarint;
using forest::BitWidth;
using forest::ByteReader;
using forest::BytesOfBits;
using forest::UnZigZag;
using forest::ZigZag;

constexpr uint8_t kVersion = 1;
constexpr size_t kShapeAt = 1;

// About what a block takes.
constexpr size_t kHeadBytes = 48;
constexpr size_t kUsualBytes = 16;

enum Shape : uint8_t {
  kOrdinals = 1,
  kKnownLatest = 2,
  kOccurredLatest = 4,
  kVariedLengths = 8,
  kDictionary = 16,
  kQuantities = 32,
  kAllShapes = 63,
};

enum Coding : uint8_t { kConstant, kOffsets, kDeltas, kSpecials };

constexpr uint64_t kSpecialFields = 2;

// In microseconds, ascending; each divides the next.
constexpr std::array<uint64_t, 6> kUnits = {1,          1'000,         1'000'000,
                                            60'000'000, 3'600'000'000, 86'400'000'000};

constexpr int kOrdinary = -1;

// A number of a column. The number is right even where it is special as well.
struct Cell {
  uint64_t number = 0;
  int special = kOrdinary;
};

// Most lists get few contributions at a time: their columns need no memory of their own.
constexpr size_t kFewContributions = 16;
using Cells = absl::InlinedVector<Cell, kFewContributions>;
using Numbers = absl::InlinedVector<uint64_t, kFewContributions>;

uint64_t Micros(Instant instant) { return static_cast<uint64_t>(instant.micros); }
Instant ToInstant(uint64_t micros) { return {static_cast<int64_t>(micros)}; }

bool IsSmaller(uint64_t a, uint64_t b) { return static_cast<int64_t>(a) < static_cast<int64_t>(b); }

// The largest unit that divides all `numbers`.
size_t CommonUnit(const Numbers& numbers) {
  size_t unit = kUnits.size() - 1;
  for (const uint64_t number : numbers) {
    while (number % kUnits[unit] != 0) --unit;
  }
  return unit;
}

// The largest unit of a signed number.
size_t UnitOf(uint64_t base) {
  const auto is_whole = [base](uint64_t unit) {
    return static_cast<int64_t>(base) % static_cast<int64_t>(unit) == 0;
  };
  size_t unit = kUnits.size() - 1;
  while (!is_whole(kUnits[unit])) --unit;
  return unit;
}

void AppendColumnHead(Coding coding, size_t unit, uint64_t base, std::string* out) {
  const size_t base_unit = UnitOf(base);
  out->push_back(static_cast<char>(coding + 4 * unit + 32 * base_unit));
  AppendVarint(ZigZag(static_cast<int64_t>(base) / static_cast<int64_t>(kUnits[base_unit])), out);
}

void AppendWidthAndFields(const Numbers& fields, std::string* out) {
  const unsigned width = BitWidth(*std::max_element(fields.begin(), fields.end()));
  out->push_back(static_cast<char>(width));
  AppendFields(
      fields.size(), width, [&](size_t i) { return fields[i]; }, out);
}

// Fields for the steps from each number to the next, and the smallest step.
struct Deltas {
  uint64_t step = 0;
  Numbers fields;
};

Deltas DeltasOf(const Numbers& numbers) {
  Deltas deltas;
  deltas.fields.resize(numbers.size());
  deltas.step = numbers[1] - numbers[0];
  for (size_t i = 1; i < numbers.size(); ++i) {
    deltas.fields[i] = numbers[i] - numbers[i - 1];
    if (IsSmaller(deltas.fields[i], deltas.step)) deltas.step = deltas.fields[i];
  }
  for (size_t i = 1; i < numbers.size(); ++i) deltas.fields[i] -= deltas.step;
  return deltas;
}

unsigned WidthOf(const Numbers& fields) {
  return BitWidth(*std::max_element(fields.begin(), fields.end()));
}

// A column of which no number is special. `offsets` are the numbers less `base`,
// the smallest of them, in `unit`.
void AppendOrdinary(uint64_t base, size_t unit, const Numbers& offsets, std::string* out) {
  const unsigned width = WidthOf(offsets);
  if (width == 0) return AppendColumnHead(kConstant, 0, base, out);
  const Deltas deltas = DeltasOf(offsets);
  if (WidthOf(deltas.fields) < width) {
    AppendColumnHead(kDeltas, unit, base + offsets[0] * kUnits[unit], out);
    AppendVarint(ZigZag(static_cast<int64_t>(deltas.step)), out);
    AppendWidthAndFields(deltas.fields, out);
  } else {
    AppendColumnHead(kOffsets, unit, base, out);
    AppendWidthAndFields(offsets, out);
  }
}

// `numbers` are compared as signed ones.
void AppendColumn(Cells cells, std::string* out) {
  bool has_special = false;
  Numbers offsets;
  uint64_t base = 0;
  for (const Cell& cell : cells) {
    if (cell.special != kOrdinary) {
      has_special = true;
      continue;
    }
    if (offsets.empty() || IsSmaller(cell.number, base)) base = cell.number;
    offsets.push_back(cell.number);
  }
  for (uint64_t& offset : offsets) offset -= base;
  const size_t unit = CommonUnit(offsets);
  for (uint64_t& offset : offsets) offset /= kUnits[unit];
  if (!has_special) return AppendOrdinary(base, unit, offsets, out);

  const uint64_t range = offsets.empty() ? 0 : *std::max_element(offsets.begin(), offsets.end());
  if (range > std::numeric_limits<uint64_t>::max() - kSpecialFields) {
    for (Cell& cell : cells) cell.special = kOrdinary;
    return AppendColumn(std::move(cells), out);
  }
  Numbers fields(cells.size());
  size_t ordinary = 0;
  for (size_t i = 0; i < cells.size(); ++i) {
    fields[i] = cells[i].special == kOrdinary ? kSpecialFields + offsets[ordinary++]
                                              : static_cast<uint64_t>(cells[i].special);
  }
  AppendColumnHead(kSpecials, unit, base, out);
  AppendWidthAndFields(fields, out);
}

Cell EarliestCell(const TimeBounds& bounds) {
  Cell cell = {.number = Micros(bounds.earliest)};
  if (bounds.earliest == Instant::Beginning()) cell.special = 0;
  if (bounds.earliest == Instant::End()) cell.special = 1;
  return cell;
}

Cell LatestCell(const TimeBounds& bounds, Instant other) {
  Cell cell = {.number = Micros(bounds.latest) + 1};
  if (bounds.latest == other) cell.special = 1;
  if (bounds.latest == bounds.earliest) cell.special = 0;
  return cell;
}

// `axis` gives an event's bounds, `other` what else its latest bound may be.
template <typename Axis, typename Other>
void AppendBoundsColumns(absl::Span<const StatedContribution> contributions, bool exact, Axis axis,
                         Other other, std::string* out) {
  Cells earliest;
  earliest.reserve(contributions.size());
  for (const StatedContribution& c : contributions) earliest.push_back(EarliestCell(axis(c)));
  AppendColumn(std::move(earliest), out);
  if (exact) return;
  Cells latest;
  latest.reserve(contributions.size());
  for (const StatedContribution& c : contributions) latest.push_back(LatestCell(axis(c), other(c)));
  AppendColumn(std::move(latest), out);
}

Cells OrdinalsOf(absl::Span<const StatedContribution> contributions) {
  Cells ordinals;
  ordinals.reserve(contributions.size());
  for (const StatedContribution& c : contributions) ordinals.push_back({.number = c.ordinal});
  return ordinals;
}

bool IsExact(const TimeBounds& bounds) { return bounds.earliest == bounds.latest; }

// Texts, as they lie one after the other.
struct Texts {
  Numbers lengths;
  std::string bytes;

  void Add(absl::string_view text) {
    lengths.push_back(text.size());
    bytes.append(text.data(), text.size());
  }
  bool AreVaried() const {
    return std::any_of(lengths.begin(), lengths.end(),
                       [&](uint64_t length) { return length != lengths.front(); });
  }
  size_t StoredBytes(const Numbers& varied_fields) const {
    return bytes.size() +
           (AreVaried() ? BytesOfBits(WidthOf(varied_fields) * varied_fields.size()) : 0);
  }
  void AppendTo(const Numbers& varied_fields, std::string* out) const {
    if (AreVaried()) {
      AppendWidthAndFields(varied_fields, out);
    } else {
      AppendVarint(lengths.front(), out);
    }
    out->append(bytes);
  }
};

// The different contents in order of appearance, and which of them each is.
struct Dictionary {
  Texts entries;
  Numbers ends;  // Of the entries.
  Numbers entry_of_contribution;

  absl::string_view Entry(size_t index) const {
    const uint64_t begin = index == 0 ? 0 : ends[index - 1];
    return absl::string_view(entries.bytes).substr(begin, ends[index] - begin);
  }
  void Add(absl::string_view text) {
    entries.Add(text);
    ends.push_back(entries.bytes.size());
  }
};

// A few are found by looking at each.
void AddFew(absl::Span<const StatedContribution> contributions, Dictionary* dictionary) {
  for (const StatedContribution& contribution : contributions) {
    size_t entry = 0;
    while (entry < dictionary->ends.size() && dictionary->Entry(entry) != contribution.content) {
      ++entry;
    }
    if (entry == dictionary->ends.size()) dictionary->Add(contribution.content);
    dictionary->entry_of_contribution.push_back(entry);
  }
}

void AddMany(absl::Span<const StatedContribution> contributions, Dictionary* dictionary) {
  absl::flat_hash_map<absl::string_view, size_t> entries;
  for (const StatedContribution& contribution : contributions) {
    const auto [found, is_new] = entries.try_emplace(contribution.content, entries.size());
    if (is_new) dictionary->Add(contribution.content);
    dictionary->entry_of_contribution.push_back(found->second);
  }
}

// The contents as numbers, if each is the encoding of an exact quantity.
std::optional<Cells> ExactQuantities(absl::Span<const StatedContribution> contributions) {
  Cells cells;
  cells.reserve(contributions.size());
  for (const StatedContribution& contribution : contributions) {
    const std::optional<int64_t> quantity = ReadExactQuantity(contribution.content);
    if (!quantity) return std::nullopt;
    cells.push_back({.number = static_cast<uint64_t>(*quantity)});
  }
  return cells;
}

uint8_t AppendTexts(absl::Span<const StatedContribution> contributions, std::string* out);

// Appends the contents and returns which shapes they have.
uint8_t AppendContents(absl::Span<const StatedContribution> contributions, std::string* out) {
  std::string texts;
  const uint8_t shape = AppendTexts(contributions, &texts);
  if (std::optional<Cells> cells = ExactQuantities(contributions)) {
    std::string numbers;
    AppendColumn(*std::move(cells), &numbers);
    if (numbers.size() < texts.size()) {
      out->append(numbers);
      return kQuantities;
    }
  }
  out->append(texts);
  return shape;
}

uint8_t AppendTexts(absl::Span<const StatedContribution> contributions, std::string* out) {
  Texts contents;
  for (const StatedContribution& contribution : contributions) contents.Add(contribution.content);
  Dictionary dictionary;
  const bool are_few = contributions.size() <= kFewContributions;
  (are_few ? AddFew : AddMany)(contributions, &dictionary);
  const size_t dictionary_bytes =
      dictionary.entries.StoredBytes(dictionary.ends) +
      BytesOfBits(WidthOf(dictionary.entry_of_contribution) * contributions.size());
  constexpr size_t kDictionaryHeadBytes = 3;
  if (dictionary_bytes + kDictionaryHeadBytes >= contents.StoredBytes(contents.lengths)) {
    contents.AppendTo(contents.lengths, out);
    return contents.AreVaried() ? kVariedLengths : 0;
  }
  AppendVarint(dictionary.ends.size(), out);
  dictionary.entries.AppendTo(dictionary.ends, out);
  AppendWidthAndFields(dictionary.entry_of_contribution, out);
  return kDictionary | (dictionary.entries.AreVaried() ? kVariedLengths : 0);
}

}  // namespace

std::string EncodeContributionBlock(absl::Span<const StatedContribution> contributions) {
  assert(!contributions.empty() && contributions.size() <= kMaxBlockContributions);
  uint8_t shape = 0;
  Cells events;
  events.reserve(contributions.size());
  for (const StatedContribution& contribution : contributions) {
    events.push_back({.number = contribution.event.value});
    if (contribution.ordinal != 0) shape |= kOrdinals;
    if (!IsExact(contribution.times.known)) shape |= kKnownLatest;
    if (!IsExact(contribution.times.occurred)) shape |= kOccurredLatest;
  }
  std::string block = {static_cast<char>(kVersion), 0};
  block.reserve(kHeadBytes + kUsualBytes * contributions.size());
  AppendVarint(contributions.size(), &block);
  AppendColumn(std::move(events), &block);
  if ((shape & kOrdinals) != 0) AppendColumn(OrdinalsOf(contributions), &block);
  AppendBoundsColumns(
      contributions, (shape & kKnownLatest) == 0,
      [](const StatedContribution& c) { return c.times.known; },
      [](const StatedContribution&) { return Instant::End(); }, &block);
  AppendBoundsColumns(
      contributions, (shape & kOccurredLatest) == 0,
      [](const StatedContribution& c) { return c.times.occurred; },
      [](const StatedContribution& c) { return c.times.known.latest; }, &block);
  shape |= AppendContents(contributions, &block);
  block[kShapeAt] = static_cast<char>(shape);
  return block;
}

ContributionBlockReader::Fields ContributionBlockReader::Fields::Read(size_t count,
                                                                      absl::string_view block,
                                                                      ByteReader* in) {
  Fields fields;
  fields.width_ = in->Byte();
  if (fields.width_ > 64) in->Fail();
  fields.data_ = in->Take(BytesOfBits(count * fields.width_));
  fields.block_end_ = block.data() + block.size();
  if (!in->ok()) fields.width_ = 0;
  return fields;
}

inline uint64_t ContributionBlockReader::Fields::At(size_t index) const {
  // What forest::LoadBits may touch.
  constexpr ptrdiff_t kReach = 9;
  if (width_ == 0) return 0;
  const size_t bit = index * width_;
  const char* const first = data_ + bit / 8;
  if (block_end_ - first >= kReach) return forest::LoadBits(data_, bit, width_);
  char last_bytes[kReach] = {};
  std::memcpy(last_bytes, first, block_end_ - first);
  return forest::LoadBits(last_bytes, bit % 8, width_);
}

ContributionBlockReader::Column ContributionBlockReader::Column::Read(size_t count,
                                                                      absl::string_view block,
                                                                      ByteReader* in) {
  Column column;
  const uint8_t form = in->Byte();
  const int coding = form % 4;
  const size_t unit = form / 4 % 8;
  const size_t base_unit = form / 32;
  if (unit >= kUnits.size() || base_unit >= kUnits.size()) {
    in->Fail();
    return column;
  }
  column.unit = kUnits[unit];
  column.anchor = static_cast<uint64_t>(UnZigZag(in->Varint())) * kUnits[base_unit];
  if (coding == kConstant) return column;
  if (coding == kDeltas) {
    column.follows = true;
    column.step = static_cast<uint64_t>(UnZigZag(in->Varint())) * column.unit;
  }
  if (coding == kSpecials) {
    column.specials = kSpecialFields;
    column.anchor -= kSpecialFields * column.unit;
  }
  column.fields = Fields::Read(count, block, in);
  return column;
}

inline uint64_t ContributionBlockReader::Column::Next(uint64_t field) {
  const uint64_t number = anchor + field * unit;
  if (follows) anchor = number + step;
  return number;
}

inline bool ContributionBlockReader::BoundsColumns::Next(size_t row, Instant other,
                                                         TimeBounds* bounds) {
  const uint64_t field = earliest.fields.At(row);
  bounds->earliest = ToInstant(earliest.Next(field));
  if (field < earliest.specials) {
    bounds->earliest = field == 0 ? Instant::Beginning() : Instant::End();
  }
  if (exact) {
    bounds->latest = bounds->earliest;
    return true;
  }
  const uint64_t latest_field = latest.fields.At(row);
  bounds->latest = ToInstant(latest.Next(latest_field) - 1);
  if (latest_field < latest.specials) bounds->latest = latest_field == 0 ? bounds->earliest : other;
  return bounds->earliest <= bounds->latest;
}

ContributionBlockReader::ContributionBlockReader(absl::string_view bytes) { ReadHead(bytes); }

void ContributionBlockReader::ReadHead(absl::string_view bytes) {
  ByteReader in(bytes);
  const uint8_t version = in.Byte();
  const uint8_t shape = in.Byte();
  const uint64_t count = in.Varint();
  if (!in.ok() || version != kVersion || shape > kAllShapes) {
    Fail("has no head that this program knows");
    return;
  }
  if (count == 0 || count > kMaxBlockContributions) {
    Fail("has none or too many contributions");
    return;
  }
  count_ = count;
  has_ordinals_ = (shape & kOrdinals) != 0;
  known_.exact = (shape & kKnownLatest) == 0;
  occurred_.exact = (shape & kOccurredLatest) == 0;
  varied_lengths_ = (shape & kVariedLengths) != 0;
  events_ = Column::Read(count_, bytes, &in);
  if (has_ordinals_) ordinals_ = Column::Read(count_, bytes, &in);
  for (BoundsColumns* axis : {&known_, &occurred_}) {
    axis->earliest = Column::Read(count_, bytes, &in);
    if (!axis->exact) axis->latest = Column::Read(count_, bytes, &in);
  }
  has_quantities_ = (shape & kQuantities) != 0;
  if (has_quantities_ && (shape & (kDictionary | kVariedLengths)) != 0) in.Fail();
  if ((shape & kDictionary) != 0) {
    entries_ = in.Varint();
    if (entries_ == 0 || entries_ > count_) in.Fail();
  }
  if (in.ok()) ReadContents(bytes, &in);
  if (!in.ok() || in.remaining() != 0) Fail("isn't as long as its contributions");
}

void ContributionBlockReader::ReadContents(absl::string_view bytes, ByteReader* in) {
  if (has_quantities_) {
    quantities_ = Column::Read(count_, bytes, in);
    return;
  }
  const size_t texts = entries_ == 0 ? count_ : entries_;
  uint64_t text_bytes = 0;
  if (varied_lengths_) {
    lengths_ = Fields::Read(texts, bytes, in);
    text_bytes = entries_ == 0 ? in->remaining() : lengths_.At(entries_ - 1);
  } else {
    length_ = in->Varint();
    if (length_ > in->remaining()) in->Fail();
    text_bytes = in->ok() ? length_ * texts : 0;
  }
  const char* const text = in->Take(text_bytes);
  if (text == nullptr) return;
  text_ = absl::string_view(text, text_bytes);
  if (entries_ != 0) entry_of_contribution_ = Fields::Read(count_, bytes, in);
}

bool ContributionBlockReader::NextContent() {
  if (has_quantities_) {
    const uint64_t number = quantities_.Next(quantities_.fields.At(row_));
    quantity_ = EncodeQuantity(Quantity::Exactly(static_cast<int64_t>(number)));
    content_ = quantity_;
    return true;
  }
  uint64_t begin = text_used_;
  uint64_t end = 0;
  if (entries_ != 0) {
    const uint64_t entry = entry_of_contribution_.At(row_);
    if (entry >= entries_) return false;
    begin = varied_lengths_ ? (entry == 0 ? 0 : lengths_.At(entry - 1)) : entry * length_;
    end = varied_lengths_ ? lengths_.At(entry) : begin + length_;
  } else {
    const uint64_t length = varied_lengths_ ? lengths_.At(row_) : length_;
    if (length > text_.size() - begin) return false;
    end = begin + length;
    text_used_ = end;
  }
  if (begin > end || end > text_.size()) return false;
  content_ = absl::string_view(text_.data() + begin, end - begin);
  return true;
}

bool ContributionBlockReader::Next() {
  if (row_ == count_) {
    if (status_.ok() && entries_ == 0 && text_used_ != text_.size()) {
      Fail("is longer than its contents");
    }
    return false;
  }
  const Position event = {events_.Next(events_.fields.At(row_))};
  const uint64_t ordinal = has_ordinals_ ? ordinals_.Next(ordinals_.fields.At(row_)) : 0;
  if (event < event_ || event.value == 0 || ordinal > std::numeric_limits<uint32_t>::max() ||
      (event == event_ && ordinal <= ordinal_)) {
    return Fail("has contributions out of order");
  }
  event_ = event;
  ordinal_ = static_cast<uint32_t>(ordinal);
  if (!known_.Next(row_, Instant::End(), &times_.known) ||
      !occurred_.Next(row_, times_.known.latest, &times_.occurred)) {
    return Fail("has bounds that cross");
  }
  if (!NextContent()) return Fail("has a content that isn't in it");
  ++row_;
  return true;
}

bool ContributionBlockReader::Fail(absl::string_view what) {
  status_ = absl::DataLossError(absl::StrCat("a block of contributions ", what));
  count_ = row_ = 0;
  return false;
}

}  // namespace annals
