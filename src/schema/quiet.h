#pragma once

#include "schema/validator.h"

namespace penstock::schema {

/// Silence while it lives: what does not fit meanwhile may still fit in another way.
class Validator::Quiet {
 public:
  explicit Quiet(Validator& validator) : quiet_(validator.quiet_), before_(quiet_) {
    quiet_ = true;
  }
  ~Quiet() { quiet_ = before_; }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  bool& quiet_;
  bool before_;
};

}  // namespace penstock::schema
