#include "conformance/reference_reader.h"

#include <algorithm>
#include <arpa/inet.h>
#include <optional>

namespace penstock::test {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

bool made_of(std::string_view text, std::string_view bytes) {
  return text.find_first_not_of(bytes) == std::string_view::npos;
}

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_word(std::string_view text, std::string_view marks) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [marks](char c) {
    return is_letter_or_digit(c) || marks.find(c) != std::string_view::npos;
  });
}

bool is_name(std::string_view text) {
  return is_word(text, "!#$%&'*+-.^_`|~");
}

/// What a line may hold: TAB and everything from space on, but not DEL.
bool is_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= ' ' && byte != 0x7f);
  });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::string_view bare(std::string_view text) {
  const std::size_t first = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

std::vector<std::string> split(const std::string& text, char mark) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == mark) {
      parts.emplace_back();
    } else {
      parts.back().push_back(c);
    }
  }
  return parts;
}

/// The front of the text up to the mark, which is taken off as well.
std::optional<std::string_view> take(std::string_view& text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view front = text.substr(0, at);
  text.remove_prefix(at + mark.size());
  return front;
}

std::optional<std::string_view> take_line(std::string_view& text) {
  const auto line = take(text, kLineEnd);
  return line && is_text(*line) ? line : std::nullopt;
}

bool is_host(std::string_view host) {
  const std::size_t bracket = std::min(host.rfind(']'), host.size());
  const std::size_t colon = host.find(':', bracket == host.size() ? 0 : bracket);
  const std::string name(host.substr(0, colon));
  if (colon != std::string_view::npos) {
    const std::string port(host.substr(colon + 1));
    if (port.empty() || !made_of(port, kDigits) || std::stoull(port.substr(0, 15)) > 65535) {
      return false;
    }
  }
  if (name.starts_with('[')) {
    in6_addr address{};
    const bool closed = name.size() > 2 && name.ends_with(']');
    return closed && inet_pton(AF_INET6, name.substr(1, name.size() - 2).c_str(), &address) == 1;
  }
  auto labels = split(name, '.');
  if (labels.size() > 1 && labels.back().empty()) labels.pop_back();
  return name.size() <= 253 && std::all_of(labels.begin(), labels.end(),
                                           [](const auto& label) { return is_word(label, "-_"); });
}

/// Without escapes; nullopt for one that is none or means a byte that no path of ours holds.
std::optional<std::string> without_escapes(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const bool escape = path[0] == '%';
    const std::string digits(escape ? path.substr(1, 2) : "");
    if (escape && (digits.size() != 2 || !made_of(digits, kHexDigits))) return std::nullopt;
    const int byte = escape ? std::stoi(digits, nullptr, 16) : path[0];
    if (escape && (byte < ' ' || byte >= 0x7f || byte == '\\' || byte == '/')) return std::nullopt;
    out.push_back(static_cast<char>(byte));
    path.remove_prefix(escape ? 3 : 1);
    const bool twice =
        escape && byte == '%' && path.size() >= 2 && made_of(path.substr(0, 2), kHexDigits);
    if (twice) return std::nullopt;
  }
  return out;
}

bool is_path(std::string_view path) {
  if (!path.starts_with('/') || !is_word(path, "-._~!$&'()*+,;=:@/%")) return false;
  const auto plain = without_escapes(path);
  if (!plain || *plain == "/") return plain.has_value();
  const auto segments = split(plain->substr(1), '/');
  return std::none_of(segments.begin(), segments.end(), [](const std::string& segment) {
    const std::string name = segment.substr(0, segment.find(';'));
    return segment.empty() || name == "." || name == "..";
  });
}

bool is_target(std::string_view target, const std::string& method, const std::string& host) {
  if (target == "*") return method == "OPTIONS";
  for (const char* scheme : {"http://", "https://"}) {
    const std::string prefix = scheme + lower(host);
    if (host.empty() || !lower(target).starts_with(prefix)) continue;
    target.remove_prefix(prefix.size());
    if (target.empty() || target[0] == '?')
      return is_target("/" + std::string(target), method, host);
    break;
  }
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view query = target.substr(std::min(mark + 1, target.size()));
  return is_path(target.substr(0, mark)) &&
         (query.empty() || is_word(query, "-._~!$&'()*+,;=:@/?%[]{}|^`"));
}

/// One request in front of a text.
class Reader {
 public:
  explicit Reader(std::string_view& text) : text_(text) {}

  bool read(ReadRequest& request) {
    if (text_.starts_with(kLineEnd)) text_.remove_prefix(kLineEnd.size());
    return read_request_line(request) && read_fields(request) && check(request) &&
           (chunked_ ? read_chunks(request) : read_counted(request));
  }
  bool last() const { return close_ || old_; }

 private:
  bool read_request_line(ReadRequest& request) {
    const auto line = take_line(text_);
    const auto words = split(std::string(line.value_or("")), ' ');
    if (words.size() != 3 || !is_name(words[0]) || words[0].size() > 32) return false;
    request.method = words[0];
    request.target = words[1];
    old_ = words[2] == "HTTP/1.0";
    return old_ || words[2] == "HTTP/1.1";
  }

  bool read_fields(ReadRequest& request) {
    while (auto line = take_line(text_)) {
      if (line->empty()) return true;
      const auto name = take(*line, ":");
      if (!name || !is_name(*name) || name->find('_') != std::string_view::npos) return false;
      request.fields.emplace_back(lower(*name), bare(*line));
      if (!see(request.fields.back().first, request.fields.back().second)) return false;
    }
    return false;
  }

  bool see(const std::string& name, const std::string& value) {
    if (name == "host") return std::exchange(host_, value).empty() && is_host(value);
    if (name == "content-length") return !std::exchange(length_, value) && is_length(value);
    if (name == "transfer-encoding") {
      return !std::exchange(chunked_, true) && lower(value) == "chunked" && !old_;
    }
    if (name == "expect") return old_ || lower(value) == "100-continue";
    if (name != "connection") return true;
    const auto options = split(lower(value), ',');
    return std::all_of(options.begin(), options.end(), [this](const std::string& each) {
      const std::string option(bare(each));
      close_ = close_ || option == "close";
      return option.empty() || (is_name(option) && !is_protected(option));
    });
  }

  static bool is_length(const std::string& value) {
    const std::size_t first = std::min(value.find_first_not_of('0'), value.size());
    return !value.empty() && made_of(value, kDigits) && value.size() - first <= 19;
  }
  static bool is_protected(const std::string& option) {
    for (const char* name : {"content-length", "transfer-encoding", "host", "authorization",
                             "proxy-authorization", "x-api-key", "api-key", "content-type"}) {
      if (option == name) return true;
    }
    return false;
  }

  bool check(const ReadRequest& request) const {
    return (old_ || !host_.empty()) && !(chunked_ && length_) &&
           is_target(request.target, request.method, host_);
  }

  bool read_counted(ReadRequest& request) {
    const std::size_t length = std::stoull(length_.value_or("0"));
    if (length > text_.size()) return false;
    request.body = text_.substr(0, length);
    text_.remove_prefix(length);
    return true;
  }

  bool read_chunks(ReadRequest& request) {
    while (true) {
      const auto line = take_line(text_);
      if (!line) return false;
      const std::string size(line->substr(0, line->find(';')));
      if (size.empty() || size.size() > 16 || !made_of(size, kHexDigits)) return false;
      if (!are_extensions(line->substr(size.size()))) return false;
      const std::size_t length = std::stoull(size, nullptr, 16);
      if (length == 0) return read_trailers();
      if (length > text_.size() || !text_.substr(length).starts_with(kLineEnd)) return false;
      request.body.append(text_.substr(0, length));
      text_.remove_prefix(length + kLineEnd.size());
    }
  }

  /// *( ";" name [ "=" ( token / quoted-string ) ] )
  static bool are_extensions(std::string_view text) {
    while (!text.empty()) {
      if (text[0] != ';') return false;
      text.remove_prefix(1);
      if (!take_name(text)) return false;
      if (!text.starts_with('=')) continue;
      text.remove_prefix(1);
      if (!(text.starts_with('"') ? take_quoted(text) : take_name(text))) return false;
    }
    return true;
  }
  static bool take_name(std::string_view& text) {
    std::size_t size = 0;
    while (size < text.size() && is_name(text.substr(size, 1))) ++size;
    text.remove_prefix(size);
    return size > 0;
  }
  static bool take_quoted(std::string_view& text) {
    for (std::size_t at = 1; at < text.size(); ++at) {
      if (text[at] == '\\') {
        ++at;
      } else if (text[at] == '"') {
        text.remove_prefix(at + 1);
        return true;
      }
    }
    return false;
  }

  bool read_trailers() {
    while (auto line = take_line(text_)) {
      if (line->empty()) return true;
      const auto name = take(*line, ":");
      if (!name || !is_name(*name)) return false;
    }
    return false;
  }

  std::string_view& text_;
  std::string host_;
  std::optional<std::string> length_;
  bool chunked_ = false;
  bool close_ = false;
  bool old_ = false;  // HTTP/1.0, where we never keep the connection
};

}  // namespace

std::vector<ReadRequest> read_strictly(std::string_view bytes) {
  std::vector<ReadRequest> requests;
  while (!bytes.empty()) {
    Reader reader(bytes);
    ReadRequest request;
    if (!reader.read(request)) break;
    requests.push_back(std::move(request));
    if (reader.last()) break;
  }
  return requests;
}

}  // namespace penstock::test
