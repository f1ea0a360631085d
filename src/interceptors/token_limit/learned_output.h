#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/intrusive/list.hpp>

#include "interceptors/token_limit/output_histogram.h"

namespace penstock::token_limit {

/// How much output to expect where the client declares no cap: what 95 of 100 answers of late did
/// not exceed, for the same key and model; while those are too few, for the model; else 512.
///
///   const std::uint64_t output = learned.p95(principal, model);
///   ...; learned.learn(principal, model, usage.output, clock.recent());
///
/// Bounded: kMostPairs histograms, 3 MB and the names. When they are used up the one is forgotten
/// that learned longest ago, so names that clients invent push out idle pairs, never busy ones, and
/// only by answers that were paid for. Of a name the first kMostNameBytes count.
///
/// Thread-safe: 16 parts with a mutex each. No function suspends; learn and p95 together take
/// 0.2 us, and 0.5 us when all pairs are busy (build/release/learned_output_bench).
class LearnedOutput {
 public:
  static constexpr std::uint64_t kUnknown = 512;  // tokens
  static constexpr std::size_t kMostPairs = 4096;
  static constexpr std::size_t kMostNameBytes = 256;

  /// `who` may be empty: then all of the model's answers count.
  std::uint64_t p95(std::string_view who, std::string_view model) const;
  /// An answer came to its end with so many tokens. Throws std::bad_alloc; then it has not learned.
  void learn(std::string_view who, std::string_view model, std::uint64_t output_tokens,
             MonotonicTime now);
  /// How many pairs are known, models by themselves included.
  std::size_t size() const;

 private:
  static constexpr std::size_t kParts = 16;

  using Name = std::pair<std::string, std::string>;  // who, or nobody, and the model
  using NameView = std::pair<std::string_view, std::string_view>;
  struct Less {
    using is_transparent = void;
    bool operator()(const NameView& a, const NameView& b) const { return a < b; }
  };
  struct Entry : boost::intrusive::list_base_hook<> {
    NameView name;  // of the map
    OutputHistogram histogram;
  };
  struct Part {
    mutable std::mutex mutex;
    // Ordered, because names come from clients and an ordered map cannot be flooded with
    // collisions.
    std::map<Name, Entry, Less> entries;
    boost::intrusive::list<Entry> by_age;  // the one that learned last is the last
  };

  static NameView bounded(std::string_view who, std::string_view model);
  Part& part_of(const NameView& name);
  const Part& part_of(const NameView& name) const;
  std::optional<std::uint64_t> known(const NameView& name) const;
  void add(const NameView& name, std::uint64_t output_tokens, MonotonicTime now);

  std::array<Part, kParts> parts_;
};

}  // namespace penstock::token_limit
