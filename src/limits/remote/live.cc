#include "limits/remote/live.h"

namespace penstock::limits::remote {

void Live::add(Node& node, MonotonicTime now) {
  const std::lock_guard lock(mutex_);
  node.due = now + age_;
  nodes_.push_back(node);
}

void Live::remove(Node& node) {
  const std::lock_guard lock(mutex_);
  if (node.is_linked()) nodes_.erase(nodes_.iterator_to(node));
}

std::vector<std::string> Live::take_due(MonotonicTime now, std::size_t most) {
  std::vector<std::string> ids;
  const std::lock_guard lock(mutex_);
  while (!nodes_.empty() && nodes_.front().due <= now && ids.size() < most) {
    Node& node = nodes_.front();
    ids.push_back(node.id);
    node.due = now + age_;
    nodes_.splice(nodes_.end(), nodes_, nodes_.begin());
  }
  return ids;
}

void Live::all_due() {
  const std::lock_guard lock(mutex_);
  for (Node& node : nodes_) node.due = MonotonicTime::min();
}

}  // namespace penstock::limits::remote
