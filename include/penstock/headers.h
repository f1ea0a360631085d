#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace penstock {

/// The fields of an HTTP message, in order, repeated names kept. Names are stored in lower case.
/// No name that is not a token (RFC 9110 section 5.6.2) and no value with a control byte other than
/// TAB can enter, so nothing in here can forge a line: `add` and `set` answer false and change
/// nothing instead.
///
/// One block of bytes holds all text: views that `get` and `for_each` give are valid until the next
/// change. Not thread-safe.
class Headers {
 public:
  struct Field {
    std::string_view name;
    std::string_view value;
  };

  /// Appends a field; surrounding white space of the value is cut. False: refused, see above.
  bool add(std::string_view name, std::string_view value);
  /// Replaces all fields of that name by one. False: refused, see above.
  bool set(std::string_view name, std::string_view value);
  /// Removes all fields of that name; the number of removed ones.
  std::size_t remove(std::string_view name);
  /// Removes the fields that `is_unwanted(Field)` says yes to.
  template <class Predicate>
  void remove_if(Predicate&& is_unwanted) {
    for (Entry& entry : entries_) {
      if (!entry.removed && is_unwanted(view(entry))) entry.removed = true;
    }
  }
  /// Gives the fields of name `from` the name `to`; false: `to` is no token.
  bool rename(std::string_view from, std::string_view to);

  /// The first value of that name (any case), if there is one.
  std::optional<std::string_view> get(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  std::size_t size() const noexcept;
  bool empty() const noexcept { return size() == 0; }
  /// At least the bytes of all fields as lines of a message, for who makes room for them.
  std::size_t bytes() const noexcept { return bytes_.size() + 4 * entries_.size(); }
  void clear() noexcept;

  /// Calls `fn(Field)` for each field in order.
  template <class Fn>
  void for_each(Fn&& fn) const {
    for (const Entry& entry : entries_) {
      if (!entry.removed) fn(view(entry));
    }
  }

 private:
  struct Entry {
    std::uint32_t name_at;
    std::uint32_t name_size;
    std::uint32_t value_at;
    std::uint32_t value_size;
    bool removed;
  };
  Field view(const Entry& entry) const noexcept {
    return {{bytes_.data() + entry.name_at, entry.name_size},
            {bytes_.data() + entry.value_at, entry.value_size}};
  }
  bool aliases(std::string_view text) const noexcept;
  bool named(const Entry& entry, std::string_view name) const;

  std::string bytes_;
  std::vector<Entry> entries_;
};

/// True for a token of RFC 9110 section 5.6.2.
bool is_token(std::string_view text) noexcept;
/// True when a field value may hold these bytes: no control byte but TAB.
bool is_field_value(std::string_view text) noexcept;
/// Compares ASCII text, ignoring case.
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

}  // namespace penstock
