#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace penstock::test {

/// Calls `visit` with the text after each single edit: every byte that framing hangs on, and some
/// that no grammar wants, put in at each place and in place of each byte; each byte left out; each
/// byte doubled; each line left out, doubled, swapped with the next, and joined with it.
void for_each_mutation(std::string_view text, const std::function<void(const std::string&)>& visit);

}  // namespace penstock::test
