#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/prefix_plan.h"
#include "schema/schema.h"
#include "schema/text_reader.h"

namespace penstock::schema {

/// Holds a JSON text that arrives in pieces, cut anywhere, to a schema, and refuses it at the first
/// byte after which it can no longer become valid.
///
/// Never refuses what can still become valid. Refused at once: what is no JSON, wrong types, names
/// that `additionalProperties: false` rules out, values that begin like none of enum or const,
/// texts, arrays and objects that are too long, missing members and too few of anything at their
/// end, numbers out of range and texts against a pattern or format when they are whole; all of that
/// below $ref, allOf, and in every branch of anyOf and oneOf. What needs a whole value (not, if,
/// contains, uniqueItems, propertyNames, dependent*, unevaluated*, $dynamicRef, how many branches
/// of oneOf fit, arrays and objects in enum) is left to Schema::validate of the whole text, and so
/// is what would need more than kMaxWatches schemas at once.
///
/// Takes 10 to 20 ns a byte, does not recurse, does not suspend. Memory in proportion to the depth
/// and to the schemas that apply at one place. Not thread-safe.
class PrefixValidator final : private TextEvents {
 public:
  static constexpr std::size_t kMaxWatches = 2048;

  /// `plan` outlives this.
  explicit PrefixValidator(const PrefixPlan& plan);

  /// More of the text; why it is refused, if it is. It is of no more use then.
  std::optional<Violation> feed(std::string_view piece);
  /// The text ends here; why that is too early, or what is wrong with the number that it ends with.
  std::optional<Violation> finish();

  /// The outermost value is whole: only white space may follow. A number is never whole before
  /// finish().
  bool complete() const noexcept { return reader_.complete(); }
  /// Bytes that were read without fault.
  std::uint64_t offset() const noexcept { return reader_.offset(); }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  /// A schema that applies to a value which is being read.
  struct Watch {
    NodeId node;
    std::uint32_t parent;    // the watch that falls with this one; kNone: the whole text does
    std::uint32_t choice;    // the parent falls with the last branch of it; kNone: with this one
    bool live = true;        // false: it fell, the value does not fit the schema
    std::uint32_t from = 0;  // the words that the string or name may still become
    std::uint32_t to = 0;
    std::size_t seen_at = 0;  // in seen_: which names of the object were there
  };
  /// anyOf or oneOf, at one place.
  struct OpenChoice {
    std::uint32_t live;  // branches
    bool exactly_one;
  };
  /// A value that is being read, with the watches on it.
  struct Frame {
    TypeSet type;
    std::uint32_t first_watch;
    std::uint32_t first_choice;
    std::size_t first_seen;
    std::size_t name_at;      // in names_: that of the open member of this object
    std::uint64_t count = 0;  // whole items or members
  };
  /// What applies to the member whose name was read.
  struct Pending {
    NodeId node;
    std::uint32_t parent;
  };

  // Each of these is false when the text is refused.
  bool begin(TypeSet type) override;
  std::size_t piece(std::string_view text) override;
  bool end() override;
  bool begin_name() override;
  bool end_name() override;
  bool next() override;

  void push(NodeId node, std::uint32_t parent, std::uint32_t choice);
  void push_branches(const Choice& choice, std::uint32_t parent);
  void push_watches_of_item(const Frame& array);
  bool expand(std::uint32_t index, TypeSet type);
  void find_needs(const Frame& frame);

  bool has_room(const Frame& frame);
  bool may_grow(const Frame& frame, std::uint32_t index);
  std::size_t see_name(std::string_view text);
  std::size_t sure_bytes_of_name(std::string_view text) const;
  bool see_byte_of_name(char byte);
  std::size_t see_string(std::string_view text);
  bool see_byte(std::uint32_t index, char byte);
  bool see_boolean(bool value);
  bool narrow(Watch& watch, const SortedWords& words, std::size_t at, char byte) const;
  bool end_name(std::uint32_t index, std::string_view name);
  bool end_pattern_name(std::uint32_t index, std::string_view name, bool known);
  bool end_string(std::uint32_t index);
  bool end_number(const Frame& frame);
  bool end_number(std::uint32_t index, simdjson::dom::element number);
  bool end_array(const Frame& frame, std::uint32_t index);
  bool end_object(const Frame& frame, std::uint32_t index);

  const Node& node_of(std::uint32_t index) const { return plan_.node(watches_[index].node); }
  bool is_seen(const Watch& watch, std::uint32_t place) const;
  bool has_unseen(const Watch& watch, const SortedWords& words) const;
  /// The answer, or true where it would cost too much.
  bool may_match(const Pattern& pattern, std::string_view text);

  /// A value does not fit a schema. True: then the whole text does not fit.
  bool fell(std::uint32_t index);
  /// The text is refused, and why. False.
  bool tell(const Node& node, std::string_view keyword, std::string message);
  bool tell(const Node& node, std::string_view keyword, const std::string& expected,
            const std::string& found);
  bool refuse_size(std::uint32_t index, TypeSet type, const SizeRange& range, std::uint64_t found);
  bool refuse_value(std::uint32_t index, const std::string& found);
  bool refuse_name(std::uint32_t index, std::string_view name);
  Violation violation();
  std::string_view open_name(std::size_t frame) const;

  const PrefixPlan& plan_;
  TextReader reader_;
  std::vector<Frame> frames_;  // outermost first
  std::vector<Watch> watches_;
  std::vector<OpenChoice> choices_;
  static constexpr std::size_t kBits = 64;
  std::vector<std::uint64_t> seen_;  // words of kBits
  std::vector<Pending> pending_;
  std::string names_;      // of the members that are open, one behind the other
  std::string text_;       // of the scalar that is being read, where it is needed
  std::size_t bytes_ = 0;  // of that scalar, or of the name, so far
  std::uint64_t characters_ = 0;
  bool in_name_ = false;
  bool needs_text_ = false;   // of the scalar, at its end
  bool needs_bytes_ = false;  // of the scalar, one by one
  bool counts_characters_ = false;
  bool wants_integer_ = false;         // of a number: that it is a whole one
  bool needs_value_ = false;           // of a number: more than that
  std::uint64_t most_characters_ = 0;  // of the scalar, as the strictest of the watches has it
  bool of_choice_ = false;             // the last branch of a choice fell
  std::uint64_t matching_left_;
  std::optional<Violation> violation_;
};

}  // namespace penstock::schema
