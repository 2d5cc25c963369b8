#include "server/rest/parameters.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status.h"
#include "engine/query/near_names.h"

namespace annals::rest {
namespace {

bool Contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsDigits(absl::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == absl::string_view::npos;
}

}  // namespace

absl::StatusOr<Parameters> Parameters::Read(const http::Request& request,
                                            const std::vector<std::string>& known,
                                            const std::vector<std::string>& repeated) {
  std::vector<std::string> seen;
  for (const http::QueryParameter& parameter : request.query) {
    const std::string& name = parameter.name;
    if (!Contains(known, name) && !Contains(repeated, name)) {
      std::vector<std::string> all = known;
      all.insert(all.end(), repeated.begin(), repeated.end());
      return absl::InvalidArgumentError(absl::StrCat(
          "there is no parameter ", Quoted(name), " here; ",
          all.empty() ? "this takes none" : DescribeChoice("the parameters are", name, all)));
    }
    if (Contains(seen, name) && !Contains(repeated, name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the parameter ", Quoted(name), " is there twice; once is enough"));
    }
    seen.push_back(name);
  }
  return Parameters(&request);
}

std::optional<std::string> Parameters::Text(absl::string_view name) const {
  const std::optional<absl::string_view> value = request_->Query(name);
  if (!value.has_value()) return std::nullopt;
  return std::string(*value);
}

std::vector<std::string> Parameters::Texts(absl::string_view name) const {
  std::vector<std::string> texts;
  for (const http::QueryParameter& parameter : request_->query) {
    if (parameter.name == name) texts.push_back(parameter.value);
  }
  return texts;
}

absl::StatusOr<std::optional<uint64_t>> Parameters::Number(absl::string_view name,
                                                           uint64_t limit) const {
  const std::optional<absl::string_view> text = request_->Query(name);
  if (!text.has_value()) return std::nullopt;
  uint64_t number = 0;
  if (!IsDigits(*text) || !absl::SimpleAtoi(*text, &number) || number > limit) {
    return absl::InvalidArgumentError(
        absl::StrCat("the parameter ", Quoted(name), " is ", Quoted(*text),
                     "; it takes a whole number from 0 to ", limit, ", in digits alone"));
  }
  return number;
}

absl::Status Parameters::ReadQuestion(const CoordinateNames& names,
                                      v1::AsOfQuestion* question) const {
  if (const auto valid = Text(names.valid)) question->set_valid(*valid);
  if (const auto known = Text(names.known)) question->set_known(*known);
  ANNALS_ASSIGN_OR_RETURN(const std::optional<uint64_t> position, Number(names.position));
  if (position.has_value()) question->set_position(*position);
  return absl::OkStatus();
}

bool Parameters::AreDated(const CoordinateNames& names) const {
  const auto is_date = [this](absl::string_view name) {
    const std::string date = TextOr(name);
    return !date.empty() && date != "now";
  };
  return is_date(names.valid) && is_date(names.known);
}

bool Parameters::ArePinned(const CoordinateNames& names) const {
  return AreDated(names) && Text(names.position).has_value();
}

}  // namespace annals::rest
