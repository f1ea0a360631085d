#include "limits/memory_store.h"

#include "limits/table.h"

namespace penstock::limits {

MemoryStore::MemoryStore(const Clock& clock, std::size_t max_meters)
    : table_(std::make_unique<internal::Table>(*this, clock, max_meters)) {}

MemoryStore::~MemoryStore() = default;

std::variant<Reservation, Refusal> MemoryStore::reserve(std::span<const Claim> claims, Care care,
                                                        Deadline) {
  return table_->reserve(claims, care);
}

std::vector<MeterView> MemoryStore::list(const Limit& limit, std::string_view key_prefix,
                                         std::size_t most) {
  return table_->list(limit, key_prefix, most);
}

Standing MemoryStore::look(const Limit& limit, std::string_view key) const {
  return table_->look(limit, key);
}

std::size_t MemoryStore::size() const {
  return table_->size();
}

void MemoryStore::track_changes() {
  table_->track_changes();
}

std::vector<MeterState> MemoryStore::take_changes(std::size_t most) {
  return table_->take_changes(most);
}

void MemoryStore::restore(std::span<const MeterState> states) {
  table_->restore(states);
}

}  // namespace penstock::limits
