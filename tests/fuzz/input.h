#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

/// What a fuzz target is made of: one function, fed by libFuzzer in the preset `fuzz` and by
/// run_inputs.cc elsewhere. It ends the process where a property does not hold (require.h).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace penstock::fuzz {

/// The bytes of one run. A target takes its options from the front, the rest is the text under
/// test, so an input can be written by hand: digits stand for their own value.
///
///   Input input(data, size);
///   const bool small = input.option(2) == 1;
///   const Cuts cuts(input);
///   parse(input.rest());
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  /// The next byte as a number below `end`; 0 where nothing is left.
  std::size_t option(std::size_t end) noexcept;
  /// What stands before the next LF, which is taken as well.
  std::string_view line() noexcept;
  std::string_view rest() const noexcept { return rest_; }

 private:
  std::string_view rest_;
};

using Pieces = std::vector<std::string_view>;

/// The ways in which a text is cut: one byte each (texts up to 128 bytes), and by the sizes that
/// the input gives. They are its next bytes: how many sizes (up to 7), then each size less one; 0
/// sizes cut nothing.
class Cuts {
 public:
  explicit Cuts(Input& input);
  std::vector<Pieces> of(std::string_view text) const;

 private:
  std::vector<std::size_t> sizes_;  // used in turn
};

/// A copy in memory of exactly its size, so that address sanitizer sees each step beyond its end.
class ExactCopy {
 public:
  explicit ExactCopy(std::string_view text);
  std::string_view text() const noexcept { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

}  // namespace penstock::fuzz
