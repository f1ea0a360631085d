#include "conformance/mutations.h"

#include <array>
#include <vector>

namespace penstock::test {

namespace {

using namespace std::string_view_literals;

constexpr auto kBytes =
    "\0\t\n\v\f\r\x1b !\"#%&'()*+,-./019:;<=>?@Xx[\\]_`{|}~\x7f\x80\x85\xa0\xff"sv;
constexpr std::array kTexts = {
    "\r\n"sv, "\r\n "sv,  "\r\n\t"sv,           "\n\r"sv,    "\r\r\n"sv, "\r\n\r\n"sv,    "%2e"sv,
    "%00"sv,  "%0d%0a"sv, "\xc4\x8d\xc4\x8a"sv, "chunked"sv, "0x"sv,     "\xef\xbb\xbf"sv};

std::string edited(std::string_view text, std::size_t at, std::size_t remove,
                   std::string_view insert) {
  std::string out(text.substr(0, at));
  out.append(insert).append(text.substr(at + remove));
  return out;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    lines.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

void mutate_lines(std::string_view text, const std::function<void(const std::string&)>& visit) {
  const auto lines = lines_of(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto at = static_cast<std::ptrdiff_t>(i);
    auto fewer = lines;
    fewer.erase(fewer.begin() + at);
    visit(joined(fewer));
    for (std::size_t to = 0; to <= lines.size(); ++to) {
      auto more = lines;
      more.insert(more.begin() + static_cast<std::ptrdiff_t>(to), lines[i]);
      visit(joined(more));
      if (to >= lines.size()) continue;
      auto swapped = lines;
      std::swap(swapped[i], swapped[to]);
      visit(joined(swapped));
    }
  }
}

}  // namespace

void for_each_mutation(std::string_view text,
                       const std::function<void(const std::string&)>& visit) {
  for (std::size_t at = 0; at <= text.size(); ++at) {
    for (const char& byte : kBytes) {
      visit(edited(text, at, 0, {&byte, 1}));
      if (at < text.size() && text[at] != byte) visit(edited(text, at, 1, {&byte, 1}));
    }
    for (const auto insert : kTexts) visit(edited(text, at, 0, insert));
    if (at == text.size()) break;
    visit(edited(text, at, 1, {}));
    visit(edited(text, at, 0, text.substr(at, 1)));
  }
  mutate_lines(text, visit);
}

}  // namespace penstock::test
