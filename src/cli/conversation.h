#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "cli/chat_answer.h"
#include "cli/http_call.h"

namespace penstock::cli {

/// A chat with a model behind a gateway: remembers what was said. Used by one thread.
class Conversation {
 public:
  enum class Delivery { kStream, kWhole };
  struct Options {
    std::string model;
    std::string system;  // empty: none
    Delivery delivery = Delivery::kStream;
    ChatAnswer::Form form = ChatAnswer::Form::kText;
  };
  Conversation(Peer peer, Options options);

  /// Says something and prints the answer on stdout as it comes. Blocks, at most ten minutes
  /// without a byte. What went wrong, in a sentence, and then nothing is remembered; empty: all is
  /// well.
  std::string say(const std::string& message);

 private:
  std::string request_body() const;

  Peer peer_;
  Options options_;
  nlohmann::json messages_ = nlohmann::json::array();
};

}  // namespace penstock::cli
