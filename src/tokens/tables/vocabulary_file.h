#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace penstock::tokens::tables {

/// The tokens of an official .tiktoken file by their rank, empty where it skips one. The file has a
/// line for each: the bytes in base64, a space, the rank. Ends the program with a message when the
/// file cannot be read or its SHA-256, in hexadecimal, is another.
std::vector<std::string> read_vocabulary(const std::string& path, std::string_view sha256);

/// Ends the program: what is wrong and where.
[[noreturn]] void fail(const std::string& message);

}  // namespace penstock::tokens::tables
