#include "schema/exact_text.h"

#include <bit>
#include <charconv>
#include <cstdlib>
#include <utility>
#include <vector>

#include "json/document.h"
#include "json/padding.h"
#include "json/scan.h"
#include "schema/number.h"

namespace penstock::schema {

namespace {

// How many significant digits every double keeps.
constexpr std::size_t kSafeDigits = 15;
// A double whose first digit is within so many places of the point is a normal one.
constexpr std::int64_t kSafePlaces = 290;
// What the parser reads in place of a number that it cannot hold.
constexpr std::string_view kStandIn = "0.5";

struct Spelling {
  std::size_t at = 0;
  std::size_t size = 0;
};

bool is_number_part(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

// The next run of letters that numbers are made of, outside of strings. In a valid text that is a
// number, or the `e` of true and false, which is passed over.
Spelling next_number(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = json::skip_string(text, at);
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      std::size_t end = at + 1;
      while (end < text.size() && is_number_part(text[end])) ++end;
      return {at, end - at};
    } else {
      ++at;
    }
  }
  return {at, 0};
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at;
}

// RFC 8259 section 6.
bool is_valid_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = skip_digits(text, at);
  if (whole == at || (text[at] == '0' && whole > at + 1)) return false;
  at = whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t decimals = skip_digits(text, at + 1);
    if (decimals == at + 1) return false;
    at = decimals;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t power = skip_digits(text, at);
    if (power == at) return false;
    at = power;
  }
  return at == text.size();
}

template <class Integer>
bool holds(std::string_view spelling) {
  Integer integer{};
  return std::from_chars(spelling.data(), spelling.data() + spelling.size(), integer).ec ==
         std::errc();
}

bool is_whole(std::string_view spelling) {
  return spelling.find_first_of(".eE") == std::string_view::npos;
}

// Whether the parser holds the number as it is spelled, which shows at once for most.
bool is_surely_held(std::string_view spelling) {
  if (!is_whole(spelling)) {
    return spelling.size() <= kSafeDigits && spelling.find_first_of("eE") == std::string_view::npos;
  }
  return holds<std::int64_t>(spelling) || holds<std::uint64_t>(spelling);
}

bool is_held(std::string_view spelling, const Decimal& number) {
  const std::int64_t places = number.exponent + static_cast<std::int64_t>(number.digits.size());
  return !is_whole(spelling) && number.digits.size() <= kSafeDigits &&
         std::llabs(places) <= kSafePlaces;
}

/// The numbers of a text that its parser would round.
class Exceptions {
 public:
  struct Exception {
    std::size_t number;  // its place among all numbers of the text
    const Decimal* value;
  };

  explicit Exceptions(std::deque<Decimal>& values) : values_(values) {}

  /// The text with stand-ins for them, with room for padding.
  Result<std::string> take_from(std::string_view text);
  /// Puts them into what came of that text.
  void put_into(simdjson::dom::document& document) const;

 private:
  std::deque<Decimal>& values_;
  std::vector<Exception> all_;
};

Result<std::string> Exceptions::take_from(std::string_view text) {
  std::string readable;
  readable.reserve(text.size() + json::kPadding);
  std::size_t from = 0;
  std::size_t count = 0;
  for (Spelling at = next_number(text, 0); at.size > 0; at = next_number(text, at.at + at.size)) {
    const std::string_view spelling = text.substr(at.at, at.size);
    const std::size_t place = count++;
    // The parser is to see for itself what is wrong with it.
    if (is_surely_held(spelling) || !is_valid_number(spelling)) continue;
    auto number = Decimal::parse(spelling);
    if (!number) {
      return invalid_request("a number is out of range or has too many digits at byte " +
                             std::to_string(at.at));
    }
    if (is_held(spelling, *number)) continue;
    values_.push_back(std::move(*number));
    all_.push_back({place, &values_.back()});
    readable.append(text, from, at.at - from).append(kStandIn);
    from = at.at + at.size;
  }
  readable.append(text, from);
  json::reserve_padding(readable);
  return readable;
}

void Exceptions::put_into(simdjson::dom::document& document) const {
  // The tape: a word for each value and bracket, and one more behind that of a number. The first
  // is the root and has the place of the last.
  const auto tag_of = [](std::uint64_t word) { return static_cast<char>(word >> 56); };
  const std::uint64_t end = document.tape[0] & ((std::uint64_t{1} << 56) - 1);
  auto next = all_.begin();
  std::size_t count = 0;
  for (std::uint64_t at = 1; at < end && next != all_.end(); ++at) {
    const char tag = tag_of(document.tape[at]);
    if (tag != 'l' && tag != 'u' && tag != 'd') continue;
    ++at;
    if (count++ != next->number) continue;
    document.tape[at] = std::bit_cast<std::uint64_t>(Number::handle(*next->value));
    ++next;
  }
}

}  // namespace

Result<ExactText> ExactText::parse(std::string_view text) {
  ExactText exact;
  Exceptions exceptions(exact.numbers_);
  const std::string readable = TRY(exceptions.take_from(text));
  // Checked with the strict reader, then read into a parser of its own, since that of a Document
  // belongs to its thread.
  if (auto document = json::Document::parse(readable); !document) return document.error();
  exact.parser_ = std::make_unique<simdjson::dom::parser>();
  if (exact.parser_->parse(readable.data(), readable.size(), false).error() != simdjson::SUCCESS) {
    return out_of_memory();
  }
  exceptions.put_into(exact.parser_->doc);
  return exact;
}

simdjson::dom::element ExactText::root() const {
  return parser_->doc.root();
}

}  // namespace penstock::schema
