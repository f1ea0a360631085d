#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::test {

/// An answer of the gateway.
struct Answer {
  int status = 0;
  std::string body;
};

/// What a client received on one connection.
struct Answers {
  std::vector<Answer> list;  // final ones, in order; interim answers are left out
  bool clean = true;         // there is nothing but whole answers with a length
};

/// Reads everything that a connection gave until its end. An answer without the body that its
/// length promises is one to HEAD if the connection ends there or another answer follows.
Answers read_answers(std::string_view bytes);

/// How many final answers with their bodies stand in front of the bytes.
std::size_t whole_answers(std::string_view bytes);

}  // namespace penstock::test
